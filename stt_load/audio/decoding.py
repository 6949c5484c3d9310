"""Recordings of a pack as samples: decoded, mixed down to one channel, resampled. Any one of them, in any order."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stt_load.audio.blocks import RUN_UP
from stt_load.audio.manifest import PackError, decoded
from stt_load.audio.pack import Pack

Samples = NDArray[np.int16]


class Decoder:
    """The recordings of `pack` at `rate_hz`, each of as many samples as `pack.lengths` says, whatever was decoded
    before it. For one thread at a time."""

    def __init__(self, pack: Pack, rate_hz: int) -> None:
        self._pack, self._rate_hz = pack, rate_hz
        self._lengths = pack.lengths(rate_hz)
        self._starts = list(accumulate((one.frames for one in pack.recordings), initial=0))
        self._file: Any = None

    def load(self) -> None:
        """Imports what decodes, before there are threads: two that import the same wait for each other, and under
        gevent that is a wait which may have no end (`stt_load.audio.soundfiles`)."""
        import stt_load.audio.soundfiles  # noqa: F401

        rates = {self._pack.rate_hz, *(one.rate_hz for one in self._pack.utterances)}
        if rates != {self._rate_hz}:
            import soxr  # noqa: F401

    def samples(self, number: int) -> Samples:
        """One recording. Raises `PackError` where it can't be read."""
        if self._pack.joined is None:
            utterance = self._pack.utterances[number]
            return _fitted(decoded(utterance), utterance.rate_hz, self._rate_hz, self._lengths[number])
        cut = self._cut(self._starts[number], self._pack.recordings[number].frames)
        if self._rate_hz == self._pack.rate_hz:
            return cut
        return _fitted(
            cut.astype(np.float32) / np.float32(32_768), self._pack.rate_hz, self._rate_hz, self._lengths[number]
        )

    def _cut(self, start: int, frames: int) -> Samples:
        """So many samples of the joined file. It stays open, and where one recording follows the other nothing is
        decoded twice."""
        from stt_load.audio.soundfiles import SoundFileError, opened, why

        try:
            if self._file is None:
                assert self._pack.joined is not None
                self._file = opened(self._pack.joined)
            if self._file.tell() != start:
                self._file.seek(max(0, start - RUN_UP))
                self._file.read(min(start, RUN_UP), dtype="int16")
            cut: Samples = self._file.read(frames, dtype="int16")
        except (OSError, SoundFileError) as error:
            raise PackError(f"{self._pack.joined} can't be decoded: {why(error)}") from None
        if len(cut) != frames:
            raise PackError(f"{self._pack.joined} is shorter than its recordings are together")
        return cut


def _fitted(samples: NDArray[np.float32], from_hz: int, to_hz: int, length: int) -> Samples:
    """`samples` (full scale is 1) at another rate, exactly `length` of them: resampling may give one more or less."""
    if from_hz != to_hz:
        import soxr

        samples = soxr.resample(samples, from_hz, to_hz)
    whole = np.zeros(length, np.int16)
    some = samples[:length]
    whole[: len(some)] = np.clip(np.rint(some * 32_768), -32_768, 32_767)
    return whole

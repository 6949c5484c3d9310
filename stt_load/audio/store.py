"""Recordings as the samples that are sent: decoded when somebody asks for one, and kept as far as there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stt_load.audio.blocks import Mono, blocks
from stt_load.audio.corpus import CorpusError, Recording
from stt_load.audio.locks import system_lock
from stt_load.audio.pack import rescaled
from stt_load.audio.soundfiles import SoundFileError, why


class Store:
    """`recordings` at `rate_hz`: mono samples of 16 bits, little-endian, as bytes.

    most_bytes: kept of them; who was asked for longest ago goes first. What is longer than that is decoded each time.
    Beside those kept there are only those that somebody holds. For any number of threads: two that ask for the same
    at once may both decode it.
    """

    def __init__(self, recordings: Sequence[Recording], rate_hz: int, most_bytes: int) -> None:
        self._recordings, self._rate_hz, self._most_bytes = recordings, rate_hz, most_bytes
        self._kept: OrderedDict[int, memoryview] = OrderedDict()
        self._bytes = 0
        self._lock = system_lock()
        if any(one.rate_hz != rate_hz for one in recordings):
            # Here, before there are threads: see `stt_load.audio.decoding.Decoder.load`.
            import soxr  # noqa: F401

    def samples(self, number: int) -> memoryview:
        """One recording. Raises `CorpusError` where it can't be read any more."""
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        made = decoded(self._recordings[number], self._rate_hz).data.cast("B").toreadonly()
        with self._lock:
            self._keep(number, made)
        return made

    def _keep(self, number: int, made: memoryview) -> None:
        if number in self._kept or made.nbytes > self._most_bytes:
            return
        self._kept[number] = made
        self._bytes += made.nbytes
        while self._bytes > self._most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.nbytes


def decoded(recording: Recording, rate_hz: int) -> NDArray[np.int16]:
    """A recording at another rate, exactly as many samples as it ought to have; block by block, so that there is no
    second copy of it. Raises `CorpusError`."""
    whole = np.zeros(rescaled(recording.frames, recording.rate_hz, rate_hz), "<i2")
    at = frames = 0
    try:
        for block, read in _resampled(recording, rate_hz):
            frames += read
            some = block[: len(whole) - at]  # resampling may give one more
            whole[at : at + len(some)] = np.clip(np.rint(some * np.float32(32_768)), -32_768, 32_767)
            at += len(some)
    except (OSError, SoundFileError) as error:
        raise CorpusError(f"{recording.name} can't be decoded any more: {why(error)}") from None
    if frames != recording.frames:
        raise CorpusError(f"{recording.name} has changed: {frames} samples of it are there, of {recording.frames}")
    return whole


def _resampled(recording: Recording, rate_hz: int) -> Iterator[tuple[Mono, int]]:
    """Blocks at `rate_hz`, and how many samples of the file each was made of."""
    source = blocks(recording.file, recording.offset, recording.frames)
    if recording.rate_hz == rate_hz:
        yield from ((block, len(block)) for block in source)
        return
    import soxr

    stream = soxr.ResampleStream(recording.rate_hz, rate_hz, 1, dtype="float32")
    for block in source:
        yield stream.resample_chunk(np.ascontiguousarray(block)), len(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True), 0

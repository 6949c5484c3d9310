"""All recordings of a pack at one rate, as the samples that are sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, pairwise
from pathlib import Path

import numpy as np

from stt_load.audio import cache
from stt_load.audio.decoding import Decoder
from stt_load.audio.locks import system_lock
from stt_load.audio.manifest import PackError, decoded
from stt_load.audio.names import SAMPLE_BYTES
from stt_load.audio.pack import Pack


class Pool:
    """The recordings of `pack` at `rate_hz`: mono samples of 16 bits, little-endian.

    They are in the cache, where a former run has left them, and mapped from there; or each is decoded when somebody
    asks for it, or by `load`, whichever comes first. Both may happen at once in two threads, without a lock: each has
    a decoder of its own, and what they write is the same. Of those who ask one decodes at a time.

    folder: of the cache; None for none.
    """

    def __init__(self, pack: Pack, rate_hz: int, folder: Path | None) -> None:
        self._pack, self._rate_hz = pack, rate_hz
        ends = list(accumulate((one * SAMPLE_BYTES for one in pack.lengths(rate_hz)), initial=0))
        self._spans = list(pairwise(ends))
        self._file = None if folder is None else _kept_in(folder, pack, rate_hz)
        self._size = ends[-1]
        found = None if self._file is None else cache.mapped(self._file, self._size)
        # The kernel gives memory to zeros when they are written to: what is not decoded costs none.
        self._samples = np.zeros(self._size, "u1").data if found is None else found
        self._views: list[memoryview | None] = [None] * len(self._spans)
        self._decoder = Decoder(pack, rate_hz)
        self._asking = system_lock()
        if found is not None:
            self._hand_out(found)
        else:
            self._decoder.load()

    def recording(self, number: int) -> memoryview:
        """The samples of one recording, as bytes: a view, no copy. Raises `PackError` where it can't be read."""
        if (view := self._views[number]) is not None:
            return view
        with self._asking:
            return self._views[number] or self._decode(number, self._decoder)

    def load(self, first: Iterable[int] = ()) -> None:
        """All that is not there yet, those of `first` in their order, then the others; and keeps them for the next
        time. From then on it is the kept ones that are handed out. Raises `PackError`."""
        if None not in self._views:
            return
        decoder = Decoder(self._pack, self._rate_hz)
        for number in chain(first, range(len(self._spans))):
            if self._views[number] is None:
                self._decode(number, decoder)
        found = None if self._file is None else cache.kept(self._file, self._samples)
        if found is not None:
            self._samples = found
            self._hand_out(found)

    def _hand_out(self, samples: memoryview) -> None:
        self._views = [samples[first:end] for first, end in self._spans]

    def _decode(self, number: int, decoder: Decoder) -> memoryview:
        first, end = self._spans[number]
        view = self._samples[first:end]
        if not view.readonly:  # else the other thread has meanwhile put all of them there
            view[:] = decoder.samples(number).astype("<i2", copy=False).data.cast("B")
            self._views[number] = view
        return view


def undecodable(pack: Pack, rate_hz: int) -> Iterator[str]:
    """What is wrong with recordings of the user's own that only decoding shows, a sentence each.

    Where the cache has all samples at `rate_hz`, nothing is, and nothing is decoded.
    """
    folder = cache.folder()
    if folder is not None and _kept_in(folder, pack, rate_hz).exists():
        return
    for utterance in pack.utterances:
        try:
            decoded(utterance)
        except PackError as error:
            yield str(error)


def _kept_in(folder: Path, pack: Pack, rate_hz: int) -> Path:
    """Where the samples are, once all of them could be decoded."""
    return folder / f"{pack.digest[:32]}-{rate_hz}.pcm"

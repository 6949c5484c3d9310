"""Clips in which nobody speaks and hardly anything sounds: zeros, behind half a millisecond that tells them apart."""

from __future__ import annotations

from stt_load.audio.clip import Clip, head_of
from stt_load.audio.lengths import Lengths
from stt_load.audio.names import HEADER_BYTES, SAMPLE_BYTES
from stt_load.audio.nonce import NONCE_BYTES, faint, word_of


class SilenceSource:
    """WAV clips, each a function of (seed, seq, attempt): the same on any worker. seed: 0 to 2^64 - 1.

    Every clip differs from every other of the run: its first eight samples are the bytes of `word_of`, which is one
    to one. All others are 0.
    """

    takes_time = False

    def __init__(self, seed: int, lengths: Lengths) -> None:
        self._seed, self._frames, self._rate_hz = seed, lengths.frames, lengths.rate_hz
        self._same = None if lengths.same is None else head_of(lengths.same, lengths.rate_hz)
        self._zeros = memoryview(bytes(lengths.longest * SAMPLE_BYTES - NONCE_BYTES))

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration, in two parts: header with nonce, and the zeros."""
        header, kind = self._same or head_of(self._frames(seq), self._rate_hz)
        zeros = self._zeros if self._same else self._zeros[: kind[0] - HEADER_BYTES - NONCE_BYTES]
        return Clip((header + faint(word_of(self._seed, seq, attempt)), zeros), *kind)

    def load(self) -> None:
        """Nothing is left to be done."""

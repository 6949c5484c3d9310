"""Clips in which nobody speaks and hardly anything sounds: zeros, behind half a millisecond that tells them apart."""

from __future__ import annotations

from stt_load.audio.clip import Clip, wav_header
from stt_load.audio.names import FEWEST_SAMPLES, HEADER_BYTES, SAMPLE_BYTES
from stt_load.audio.nonce import NONCE_BYTES, faint, word_of


class SilenceSource:
    """WAV clips of one length, each a function of (seed, seq, attempt): the same on any worker.

    seed: 0 to 2^64 - 1. frames: samples in each clip, at least FEWEST_SAMPLES. rate_hz: sample rate.

    Every clip differs from every other of the run: its first eight samples are the bytes of `word_of`, which is one
    to one. All others are 0.
    """

    def __init__(self, seed: int, frames: int, rate_hz: int) -> None:
        if frames < FEWEST_SAMPLES:
            raise ValueError(f"a clip of {frames} samples: at least {FEWEST_SAMPLES} are needed to make it unique")
        self._seed = seed
        self._kind = HEADER_BYTES + frames * SAMPLE_BYTES, frames / rate_hz, rate_hz
        self._header = wav_header(frames, rate_hz)
        self._zeros = memoryview(bytes(frames * SAMPLE_BYTES - NONCE_BYTES))

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration, in two parts: header with nonce, and the zeros."""
        return Clip((self._header + faint(word_of(self._seed, seq, attempt)), self._zeros), *self._kind)

    def load(self) -> None:
        """Nothing is left to be done."""

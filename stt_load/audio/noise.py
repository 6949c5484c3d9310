"""Random clips that no cache has seen: a nonce of its own for each, then a view into shared noise.

Noise is not speech. Whisper-type models hallucinate or stop early on it and a voice activity detector drops it, so
latency on noise is not latency on speech.
"""

from __future__ import annotations

import numpy as np

from stt_load.audio.clip import Clip, head_of
from stt_load.audio.lengths import Lengths
from stt_load.audio.names import FEWEST_SAMPLES, HEADER_BYTES, SAMPLE_BYTES
from stt_load.audio.nonce import NONCE_BYTES, WORD, scramble, word_of

# Peak of the noise, about -18 dB below full scale: the level of speech, not of a jet engine.
PEAK = 4_095

# How far into the noise a clip may start. Two clips share a start only by chance, 1 in 2^20, and even then differ in
# their nonces.
STARTS = 1 << 20

# Bytes of a clip before its noise.
_BEFORE = HEADER_BYTES + NONCE_BYTES


class NoiseSource:
    """WAV clips, each a function of (seed, seq, attempt): the same on any worker. seed: 0 to 2^64 - 1.

    Every clip differs from every other of the run, by construction: its first eight samples carry eight bytes, the
    image of the word seq * 2^16 + attempt under a map of 64-bit words that is one to one (`scramble`), so two clips
    are equal there only if seq and attempt are (seq below 2^48, attempt below 2^16).

    The noise is drawn once. A clip costs one small bytes object and no copy of its audio, whatever its length.
    """

    takes_time = False

    def __init__(self, seed: int, lengths: Lengths) -> None:
        self._seed = seed & WORD
        self._frames, self._rate_hz = lengths.frames, lengths.rate_hz
        self._same = None if lengths.same is None else head_of(lengths.same, lengths.rate_hz)
        noise = np.random.Generator(np.random.PCG64(seed)).integers(
            -PEAK, PEAK + 1, STARTS + lengths.longest - FEWEST_SAMPLES, dtype="<i2"
        )
        self._noise = memoryview(noise.tobytes())

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration, in two parts: header with nonce, and the noise."""
        word = word_of(self._seed, seq, attempt)
        start = (scramble(word) % STARTS) * SAMPLE_BYTES
        nonce = b"".join(map(_NONCE_SAMPLE.__getitem__, word.to_bytes(8, "little")))
        header, kind = self._same or head_of(self._frames(seq), self._rate_hz)
        return Clip((header + nonce, self._noise[start : start + kind[0] - _BEFORE]), *kind)

    def load(self) -> None:
        """Nothing is left to be done."""


# One byte as one sample: spread over the noise's own range, in steps of 32.
_NONCE_SAMPLE = [((byte - 128) * 32 if byte else -PEAK).to_bytes(2, "little", signed=True) for byte in range(256)]

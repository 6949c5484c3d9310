"""What is done to the samples of a varied clip (`stt_load.audio.vary`), each by a chance that is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST_MS: Final = 1
MOST_MS: Final = 8
"""By how much a clip is moved: nobody hears it, and it is less than the 10 ms in which recognisers look at sound."""
MOST_DB: Final = 1.0
"""By how much a clip is made louder or quieter: about the least difference that people notice."""
LOUDEST: Final = 32_766
"""Of a varied clip, before its least bits are drawn: no sample is cut off."""
ROOM_RMS: Final = 33.0
"""Of the noise where a moved clip has nothing of its own: 60 dB below full scale, as the pauses of speech have it."""
FRAME_S: Final = 0.01
"""How long a piece is whose loudness is looked at."""
ACTIVE_DB: Final = 30.0
"""So far below the loudest piece, and further, is a pause. Speech is measured without its pauses, or those who make
long ones would get less noise. (So does ITU-T P.56, by another method.)"""
BLOCK: Final = 1 << 15
"""Samples that are worked on at a time: a processor's cache holds them, and of a clip of an hour there is no second
copy of wider numbers."""
STARTS: Final = 1 << 16
"""How far into what was drawn a block may begin."""
NONCE_BITS: Final = 64
_PLACE, _SPREAD = (1 << 32) - 1, 0x9E3779B1
"""Where the next block begins: as the pauses of `stt_load.audio.speech`."""

Samples = NDArray[np.int16]


class Levels(NamedTuple):
    """Factors: of a clip, and of noise whose root mean square is 1."""

    clip: float
    noise: float


class Noise:
    """Drawn once, from `seed`: white noise, and least bits of -1, 0 and 1."""

    def __init__(self, seed: int) -> None:
        chance = np.random.Generator(np.random.PCG64(seed))
        self._white = chance.standard_normal(STARTS + BLOCK, np.float32)
        self._least = chance.integers(-1, 2, STARTS + BLOCK, np.int8).astype(np.float32)

    def room(self, samples: int, chance: int) -> bytes:
        """The noise of a quiet room."""
        at = chance % STARTS
        return (self._white[at : at + samples] * np.float32(ROOM_RMS)).astype("<i2").tobytes()

    def levels(self, samples: Samples, rate_hz: int, snr_db: float, chance: int) -> Levels:
        """With which speech is `snr_db` louder than noise: 1 for the clip, less where their sum would be cut off."""
        power = sum(float(np.dot(white, white)) for _, white in _blocks(self._white, samples.size, chance))
        noise = speech_rms(samples, rate_hz) * 10 ** (-snr_db / 20) / (power / samples.size) ** 0.5
        peak = max(
            float(np.abs(samples[part] + white * np.float32(noise)).max())
            for part, white in _blocks(self._white, samples.size, chance)
        )
        clip = min(1.0, LOUDEST / max(peak, 1.0))
        return Levels(clip, clip * noise)

    def mix(self, samples: Samples, levels: Levels, chance: int, word: int) -> None:
        """Puts `samples` and the noise that `chance` tells at their levels, with the least bits that `word` tells."""
        noise = _blocks(self._white, samples.size, chance)
        for (part, white), (_, least) in zip(noise, _blocks(self._least, samples.size, word), strict=True):
            wide = samples[part] * np.float32(levels.clip)
            if levels.noise:
                wide += white * np.float32(levels.noise)
            np.rint(wide, out=wide)
            wide += least
            np.clip(wide, -32_768, 32_767, out=wide)
            samples[part] = wide


def most_moved(rate_hz: int) -> int:
    """Samples by which a clip is moved at most."""
    return max(1, rate_hz * MOST_MS // 1_000)


def moved_by(samples: Samples, rate_hz: int, chance: int) -> int:
    """How many samples later a clip begins; below 0 where it is earlier.

    Of its two ends the quieter one is dropped: a pause, if there is one.
    """
    least = max(1, rate_hz * LEAST_MS // 1_000)
    by = min(least + chance % (most_moved(rate_hz) - least + 1), samples.size)
    return by if _power(samples[-by:]) <= _power(samples[:by]) else -by


def gain(samples: Samples, chance: int) -> float:
    """A factor within MOST_DB, drawn by 32 bits, with which no sample is above LOUDEST."""
    peak = max(int(samples.max()), -int(samples.min()), 1)
    least = 10 ** (-MOST_DB / 20)
    share = (chance & 0xFFFFFFFF) / 0xFFFFFFFF
    return float(least * (min(1 / least, LOUDEST / peak) / least) ** share)


def speech_rms(samples: Samples, rate_hz: int) -> float:
    """Root mean square of what is spoken, without the pauses. 0 where nothing sounds."""
    frame = max(1, min(round(FRAME_S * rate_hz), samples.size))
    whole, some = samples.size // frame * frame, BLOCK // frame * frame or frame
    powers = np.concatenate([_powers(samples[at : min(at + some, whole)], frame) for at in range(0, whole, some)])
    return float(powers[powers >= powers.max() * 10 ** (-ACTIVE_DB / 10)].mean() ** 0.5)


def mark(samples: Samples, word: int) -> None:
    """Puts the 64 bits of `word` into the least bits of the first 64 samples, or the least few of all."""
    width = -(-NONCE_BITS // min(NONCE_BITS, samples.size))
    some = (1 << width) - 1
    bits = np.array([word >> at & some for at in range(0, NONCE_BITS, width)], "<i2")
    samples[: bits.size] = samples[: bits.size] & ~some | bits


def _blocks(drawn: NDArray[np.float32], samples: int, chance: int) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Each block of a clip, and what was drawn for it."""
    place = chance & _PLACE
    for first in range(0, samples, BLOCK):
        size = min(BLOCK, samples - first)
        at = place * STARTS >> 32
        yield slice(first, first + size), drawn[at : at + size]
        place = (place + 1) * _SPREAD & _PLACE


def _powers(samples: Samples, frame: int) -> NDArray[np.float32]:
    """Mean square of each piece of `frame` samples."""
    wide = samples.reshape(-1, frame).astype(np.float32)
    powers: NDArray[np.float32] = np.einsum("ij,ij->i", wide, wide) / np.float32(frame)
    return powers


def _power(samples: Samples) -> float:
    wide = samples.astype(np.float32)
    return float(np.dot(wide, wide))

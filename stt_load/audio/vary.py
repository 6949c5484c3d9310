"""Clips that no cache has seen, of sound that was sent before: moved a little, a little louder or quieter, with other
least bits; or with noise, which makes them hard to understand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from stt_load.audio.clip import Clip, Said, Sentence, Source, Word
from stt_load.audio.names import HEADER_BYTES, REPEAT, SAMPLE_BYTES
from stt_load.audio.nonce import WORD, scramble, word_of
from stt_load.audio.perturbation import Levels, Noise, Samples, gain, mark, most_moved, moved_by

MOST_SNR_DB: Final = 100.0
"""The most, and its negative the least: beyond, 16 bits have nothing of the noise, or nothing of the speech."""


@dataclass(frozen=True, slots=True)
class Vary:
    """What is done to clips. shifts: they are moved, and set to another level. snr_db: of the noise that is added to
    them; None for none. Neither: they stay as they are."""

    shifts: bool = False
    snr_db: float | None = None

    @property
    def is_none(self) -> bool:
        return not self.shifts and self.snr_db is None


def vary_of(plain: object, source: str) -> Vary:
    """What a configuration or a result means by `plain` (None, "shift", "none", {"snr_db": NUMBER}), for clips of
    `source`. Raises ValueError."""
    if plain is None:
        return Vary(shifts=source == "files")
    if plain in ("shift", "none"):
        return Vary(shifts=plain == "shift")
    if isinstance(plain, Mapping) and list(plain) == ["snr_db"]:
        snr_db = plain["snr_db"]
        if type(snr_db) in (int, float) and abs(snr_db) <= MOST_SNR_DB:
            return Vary(snr_db=float(snr_db))
    raise ValueError(f"shift, none, or snr_db with a number of decibels up to {MOST_SNR_DB:.0f}, not {plain!r}")


class VariedSource:
    """The clips of `source`, varied: each a function of (seed, seq, attempt), the same on any worker; as long as it
    was, and mono WAV of 16 bits as before.

    seed: 0 to 2^64 - 1.

    Attempts from REPEAT on are repetitions of attempt 0: varied alike, but with least bits of their own.

    Every varied clip, and every repetition, differs from every other of the run, by construction: the least bits of
    its first 64 samples are the bits of its word (`word_of`), which is one to one. (Of a clip of fewer samples, the
    least few bits of each.) What is not varied has the nonce that `source` gives it, or none.

    A varied clip costs a copy, and a few passes over it: half a millisecond for 10 s at 16 kHz.
    """

    def __init__(self, source: Source, vary: Vary, seed: int) -> None:
        self._source, self._vary, self._seed = source, vary, seed & WORD
        self.takes_time = source.takes_time or not vary.is_none
        self._noise: Noise | None = None

    def clip(self, seq: int, attempt: int) -> Clip:
        """The clip of an iteration."""
        if attempt < REPEAT:
            clip = self._source.clip(seq, attempt)
            return clip if self._vary.is_none else self._varied(clip, seq, attempt, attempt)
        return self._varied(self._source.clip(seq, 0), seq, 0, attempt)

    def load(self) -> None:
        """What `source` needs, and the noise."""
        if not self._vary.is_none:
            self._drawn()
        self._source.load()

    def _drawn(self) -> Noise:
        # Two threads may both draw it: it comes out the same.
        if self._noise is None:
            self._noise = Noise(self._seed)
        return self._noise

    def _varied(self, clip: Clip, seq: int, as_attempt: int, attempt: int) -> Clip:
        """`clip`, varied as `as_attempt` is, with the least bits of `attempt`."""
        chance, word = scramble(word_of(self._seed, seq, as_attempt)), word_of(self._seed, seq, attempt)
        noise, levels, said, by = self._drawn(), Levels(1.0, 0.0), clip.said, 0
        # Noise on both sides, of which a moved clip takes the one or the other.
        room = noise.room(most_moved(clip.rate_hz), chance) if self._vary.shifts else b""
        first, *others = clip.parts
        whole = bytearray().join((room, memoryview(first)[HEADER_BYTES:], *others, room))
        samples: Samples = np.frombuffer(whole, "<i2", (clip.bytes - HEADER_BYTES) // SAMPLE_BYTES, len(room))
        if self._vary.shifts:
            by = moved_by(samples, clip.rate_hz, chance)
            samples = np.frombuffer(whole, "<i2", samples.size, len(room) - by * SAMPLE_BYTES)
            levels = Levels(gain(samples, chance >> 32), 0.0)
            said = said and MovedWords(said, by / clip.rate_hz, clip.duration_s)
        elif self._vary.snr_db is not None:
            levels = noise.levels(samples, clip.rate_hz, self._vary.snr_db, chance)
        noise.mix(samples, levels, chance, word)
        mark(samples, word)
        start = len(room) - by * SAMPLE_BYTES
        body = memoryview(whole)[start : start + samples.nbytes].toreadonly()
        return Clip([bytes(first[:HEADER_BYTES]), body], clip.bytes, clip.duration_s, clip.rate_hz, said)


class MovedWords:
    """What a moved clip says: what `said` has, `by_s` later. Nothing is before the clip's beginning, or after its
    end."""

    __slots__ = ("_by_s", "_duration_s", "_said")

    def __init__(self, said: Said, by_s: float, duration_s: float) -> None:
        self._said, self._by_s, self._duration_s = said, by_s, duration_s

    def text(self) -> str:
        return self._said.text()

    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(
            tuple(Word(word.text, self._at(word.from_s), self._at(word.to_s)) for word in sentence)
            for sentence in self._said.sentences()
        )

    def speech_s(self) -> tuple[float, float]:
        first_s, last_s = self._said.speech_s()
        return self._at(first_s), self._at(last_s)

    def _at(self, instant_s: float) -> float:
        return min(max(instant_s + self._by_s, 0.0), self._duration_s)

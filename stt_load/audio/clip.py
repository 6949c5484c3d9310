"""What one request says: the bytes to be sent, and what is known of the speech in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Word(NamedTuple):
    """One word, and where it is spoken: in seconds from the clip's beginning."""

    text: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Clip:
    """A WAV file in parts, to be sent one after the other and never joined; each ends with a whole sample.

    bytes: of all parts together. duration_s, rate_hz: of the audio. sentences: what is said, in its order; none where
    nobody speaks. speech_from_s, speech_to_s: where the first word begins and the last one ends; None without words.
    """

    parts: Sequence[bytes | memoryview]
    bytes: int
    duration_s: float
    rate_hz: int
    sentences: tuple[tuple[Word, ...], ...] = ()
    speech_from_s: float | None = None
    speech_to_s: float | None = None

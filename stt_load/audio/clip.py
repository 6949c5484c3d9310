"""What one request says: the bytes to be sent, what is known of the speech in them, and what makes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from stt_load.audio.names import HEADER_BYTES, SAMPLE_BYTES


class Word(NamedTuple):
    """One word, and where it is spoken: in seconds from the clip's beginning."""

    text: str
    from_s: float
    to_s: float


Sentence = tuple[Word, ...]


class Said(Protocol):
    """What is said in a clip, worked out when somebody asks."""

    def sentences(self) -> tuple[Sentence, ...]: ...

    def text(self) -> str: ...

    def speech_s(self) -> tuple[float, float]:
        """Where the first word begins and the last one ends."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A file of audio in parts, to be sent one after the other and never joined.

    bytes: of all parts together. duration_s, rate_hz: of the audio. said: None where nobody speaks.
    """

    parts: Sequence[bytes | memoryview]
    bytes: int
    duration_s: float
    rate_hz: int
    said: Said | None = None

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What is said, in its order; none where nobody speaks. Made anew each time."""
        return () if self.said is None else self.said.sentences()

    @property
    def text(self) -> str:
        """The sentences with a blank between them; nothing where nobody speaks."""
        return "" if self.said is None else self.said.text()

    @property
    def speech_from_s(self) -> float | None:
        """Where the first word begins, in seconds from the clip's beginning; None without words."""
        return None if self.said is None else self.said.speech_s()[0]

    @property
    def speech_to_s(self) -> float | None:
        """Where the last word ends, in seconds from the clip's beginning; None without words."""
        return None if self.said is None else self.said.speech_s()[1]


class Source(Protocol):
    """Clips, each a function of the seed and of (seq, attempt): the same on any worker."""

    takes_time: bool
    """`clip` decodes, or copies: not for a loop that others wait for."""

    def clip(self, seq: int, attempt: int) -> Clip: ...

    def load(self) -> None:
        """Makes ready what clips will need; where they take time, what the next ones will. Takes its time, from any
        thread, while clips are drawn; or is not called at all: then they take their time."""


def head_of(frames: int, rate_hz: int) -> tuple[bytes, tuple[int, float, int]]:
    """What all WAV clips of so many samples share: their header, and their `bytes`, `duration_s`, `rate_hz`."""
    return wav_header(frames, rate_hz), (HEADER_BYTES + frames * SAMPLE_BYTES, frames / rate_hz, rate_hz)


def wav_header(frames: int, rate_hz: int) -> bytes:
    """The 44 bytes of a WAV file before `frames` mono samples of 16 bits at `rate_hz`.

    Layout: RIFF chunk, "fmt " chunk of 16 bytes (PCM = 1), "data" chunk; all integers little-endian
    (Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991).
    """
    data_bytes = frames * SAMPLE_BYTES
    form = (16, 1, 1, rate_hz, rate_hz * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    riff, data = (b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE"), (b"data", data_bytes)
    return struct.pack("<4sI4s4sIHHIIHH4sI", *riff, b"fmt ", *form, *data)

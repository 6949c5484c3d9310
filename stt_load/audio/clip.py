"""What one request says: the bytes to be sent, and what is known of the speech in them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stt_load.audio.names import HEADER_BYTES, SAMPLE_BYTES


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


def wav_header(frames: int, rate_hz: int) -> bytes:
    """The 44 bytes of a WAV file before `frames` mono samples of 16 bits at `rate_hz`.

    Layout: RIFF chunk, "fmt " chunk of 16 bytes (PCM = 1), "data" chunk; all integers little-endian
    (Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991).
    """
    data_bytes = frames * SAMPLE_BYTES
    form = (16, 1, 1, rate_hz, rate_hz * SAMPLE_BYTES, SAMPLE_BYTES, 8 * SAMPLE_BYTES)
    riff, data = (b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE"), (b"data", data_bytes)
    return struct.pack("<4sI4s4sIHHIIHH4sI", *riff, b"fmt ", *form, *data)

"""The transcript of a clip; where nobody knows what is said, made up, but always the same for the same samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

from stt_load.server.wav import Clip

MODEL = "whisper-1"
"""Which one it is where a client names none."""
WORDS_PER_S = 2.5
WORDS_PER_SEGMENT = 8


@dataclass(frozen=True, slots=True)
class Segment:
    """Some words and where they are in the clip, in seconds. timed: each of them, where their places are known."""

    start_s: float
    end_s: float
    text: str
    timed: tuple[Segment, ...] = ()

    def words(self) -> Iterator[Segment]:
        """One by one, where nothing is known of their places all of the same length."""
        if self.timed:
            yield from self.timed
            return
        spoken = self.text.split()
        word_s = (self.end_s - self.start_s) / max(1, len(spoken))
        for number, word in enumerate(spoken):
            yield Segment(self.start_s + number * word_s, self.start_s + (number + 1) * word_s, word)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said; `task` is transcribe or translate."""

    segments: tuple[Segment, ...]
    task: str
    language: str
    duration_s: float

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    def words(self) -> Iterator[Segment]:
        """All words in their places."""
        return (word for segment in self.segments for word in segment.words())

    def turns(self) -> list[dict[str, Any]]:
        """Who said what, as OpenAI's diarized_json has it: two speakers take turns here."""
        return [
            {
                "type": "transcript.text.segment",
                "id": f"seg_{number}",
                "speaker": "AB"[number % 2],
                "start": round(segment.start_s, 3),
                "end": round(segment.end_s, 3),
                "text": segment.text,
            }
            for number, segment in enumerate(self.segments)
        ]


@dataclass(frozen=True, slots=True)
class Extras:
    """What an answer may say beside the text. words: each with its place in the clip. segments: in formats that have
    them on request. logprobs: of each word. diarized: who says what. usage: of a stream, where it is given on request
    only. model, language: as the client named them. audio_sha256: of the body, where that is the audio."""

    words: bool = False
    segments: bool = False
    logprobs: bool = False
    diarized: bool = False
    usage: bool = False
    model: str = MODEL
    language: str | None = None
    audio_sha256: str = ""


NO_EXTRAS = Extras()


def words(transcript: Transcript) -> Iterator[str]:
    """The words one by one, each but the first with the space before it."""
    for number, word in enumerate(transcript.text.split()):
        yield f" {word}" if number else word


def hear(clip: Clip) -> tuple[Segment, ...]:
    """Words picked by a checksum of the samples, at least one unless there are no samples at all."""
    if not clip.frames:
        return ()
    count = max(1, round(WORDS_PER_S * clip.duration_s))
    words = Random(crc32(clip.pcm)).choices(WORDS, k=count)
    word_s = clip.duration_s / count
    return tuple(
        Segment(
            first * word_s,
            min(first + WORDS_PER_SEGMENT, count) * word_s,
            " ".join(words[first : first + WORDS_PER_SEGMENT]),
        )
        for first in range(0, count, WORDS_PER_SEGMENT)
    )


# fmt: off
WORDS = (
    "the", "a", "one", "some", "river", "stone", "paper", "morning", "evening", "window", "garden", "letter",
    "train", "winter", "summer", "bridge", "market", "harbour", "teacher", "doctor", "sailor", "farmer", "baker",
    "neighbour", "small", "quiet", "yellow", "heavy", "gentle", "early", "late", "bright", "cold", "warm", "opens",
    "closes", "carries", "follows", "remembers", "answers", "counts", "paints", "repairs", "visits", "slowly",
    "quickly", "often", "never", "always", "today", "tomorrow", "under", "over", "behind", "between", "and", "but",
    "because", "until", "while", "with", "without", "seven", "twelve", "forty",
)
# fmt: on

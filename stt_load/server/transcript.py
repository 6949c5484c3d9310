"""The transcript of a clip, made up but always the same for the same samples, in each of OpenAI's formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

from stt_load.server.wav import Clip

WORDS_PER_S = 2.5
WORDS_PER_SEGMENT = 8


@dataclass(frozen=True, slots=True)
class Segment:
    """Some words and where they are in the clip, in seconds."""

    start_s: float
    end_s: float
    text: str


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


def hear(clip: Clip) -> tuple[Segment, ...]:
    """Words picked by a checksum of the samples, at least one unless there are no samples at all."""
    if not clip.frames:
        return ()
    count = max(1, round(WORDS_PER_S * clip.duration_s))
    words = Random(crc32(clip.pcm)).choices(_WORDS, k=count)
    word_s = clip.duration_s / count
    return tuple(
        Segment(
            first * word_s,
            min(first + WORDS_PER_SEGMENT, count) * word_s,
            " ".join(words[first : first + WORDS_PER_SEGMENT]),
        )
        for first in range(0, count, WORDS_PER_SEGMENT)
    )


def render(transcript: Transcript, response_format: str) -> tuple[bytes, str]:
    """(body, Content-Type) in one of FORMATS."""
    renderer, content_type = _RENDERERS[response_format]
    return renderer(transcript).encode(), content_type


def _json(transcript: Transcript) -> str:
    return json.dumps({"text": transcript.text})


def _verbose_json(transcript: Transcript) -> str:
    return json.dumps(
        {
            "task": transcript.task,
            "language": transcript.language,
            "duration": transcript.duration_s,
            "text": transcript.text,
            "segments": [_segment(number, segment) for number, segment in enumerate(transcript.segments)],
        }
    )


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    """A segment with all the keys that typed clients expect; a model's confidences are neutral ones."""
    return {
        "id": number,
        "seek": 0,
        "start": round(segment.start_s, 3),
        "end": round(segment.end_s, 3),
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


def _listen(transcript: Transcript) -> str:
    """As Deepgram's pre-recorded API nests it (https://developers.deepgram.com/reference/speech-to-text)."""
    alternative = {"transcript": transcript.text, "confidence": 1.0, "words": []}
    document = {
        "metadata": {"duration": transcript.duration_s, "channels": 1},
        "results": {"channels": [{"alternatives": [alternative]}]},
    }
    return json.dumps(document)


def _text(transcript: Transcript) -> str:
    return transcript.text + "\n"


def _srt(transcript: Transcript) -> str:
    cues = (
        f"{number}\n{_clock(segment.start_s, ',')} --> {_clock(segment.end_s, ',')}\n{segment.text}\n\n"
        for number, segment in enumerate(transcript.segments, start=1)
    )
    return "".join(cues)


def _vtt(transcript: Transcript) -> str:
    cues = (
        f"{_clock(segment.start_s, '.')} --> {_clock(segment.end_s, '.')}\n{segment.text}\n\n"
        for segment in transcript.segments
    )
    return "WEBVTT\n\n" + "".join(cues)


def _clock(seconds: float, point: str) -> str:
    """HH:MM:SS and milliseconds after `point`."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{milliseconds:03}"


_RENDERERS: dict[str, tuple[Callable[[Transcript], str], str]] = {
    "json": (_json, "application/json"),
    "text": (_text, "text/plain; charset=utf-8"),
    "srt": (_srt, "text/plain; charset=utf-8"),
    "verbose_json": (_verbose_json, "application/json"),
    "vtt": (_vtt, "text/vtt; charset=utf-8"),
}
FORMATS = tuple(_RENDERERS)
"""What a client of the OpenAI API may ask for."""
_RENDERERS |= {"listen": (_listen, "application/json")}
# fmt: off
_WORDS = (
    "the", "a", "one", "some", "river", "stone", "paper", "morning", "evening", "window", "garden", "letter",
    "train", "winter", "summer", "bridge", "market", "harbour", "teacher", "doctor", "sailor", "farmer", "baker",
    "neighbour", "small", "quiet", "yellow", "heavy", "gentle", "early", "late", "bright", "cold", "warm", "opens",
    "closes", "carries", "follows", "remembers", "answers", "counts", "paints", "repairs", "visits", "slowly",
    "quickly", "often", "never", "always", "today", "tomorrow", "under", "over", "behind", "between", "and", "but",
    "because", "until", "while", "with", "without", "seven", "twelve", "forty",
)
# fmt: on

"""The transcript of a clip, made up but always the same for the same samples, in each of OpenAI's formats."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
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
    """What a client may want beside the text. words: each with its place in the clip. logprobs: of each word.
    diarized: who says what. usage: of a stream, where it is given on request only."""

    words: bool = False
    logprobs: bool = False
    diarized: bool = False
    usage: bool = False


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


def render(transcript: Transcript, response_format: str, extras: Extras = NO_EXTRAS) -> tuple[bytes, str]:
    """(body, Content-Type) in one of FORMATS."""
    renderer, content_type = _RENDERERS[response_format]
    return renderer(transcript, extras).encode(), content_type


def _json(transcript: Transcript, extras: Extras) -> str:
    """With the usage of models that are billed by the second."""
    usage = {"type": "duration", "seconds": math.ceil(transcript.duration_s)}
    logprobs = [{"token": word, "bytes": list(word.encode()), "logprob": 0.0} for word in words(transcript)]
    return json.dumps({"text": transcript.text, "usage": usage} | ({"logprobs": logprobs} if extras.logprobs else {}))


def _verbose_json(transcript: Transcript, extras: Extras) -> str:
    document = {
        "task": transcript.task,
        "language": transcript.language,
        "duration": transcript.duration_s,
        "text": transcript.text,
        "segments": [_segment(number, segment) for number, segment in enumerate(transcript.segments)],
    }
    return json.dumps(document | ({"words": _words_in_time(transcript)} if extras.words else {}))


def _words_in_time(transcript: Transcript) -> list[dict[str, Any]]:
    spoken = transcript.text.split()
    word_s = transcript.duration_s / max(1, len(spoken))
    return [
        {"word": word, "start": round(number * word_s, 3), "end": round((number + 1) * word_s, 3)}
        for number, word in enumerate(spoken)
    ]


def _diarized_json(transcript: Transcript, _: Extras) -> str:
    document = {"task": transcript.task, "duration": transcript.duration_s, "text": transcript.text}
    return json.dumps(document | {"segments": transcript.turns()})


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


def _listen(transcript: Transcript, _: Extras) -> str:
    """As Deepgram's pre-recorded API nests it (https://developers.deepgram.com/reference/speech-to-text)."""
    alternative = {"transcript": transcript.text, "confidence": 1.0, "words": []}
    document = {
        "metadata": {"duration": transcript.duration_s, "channels": 1},
        "results": {"channels": [{"alternatives": [alternative]}]},
    }
    return json.dumps(document)


def _srt(transcript: Transcript, _: Extras) -> str:
    return "".join(f"{number}\n{cue}" for number, cue in enumerate(_cues(transcript, ","), start=1))


def _vtt(transcript: Transcript, _: Extras) -> str:
    return "WEBVTT\n\n" + "".join(_cues(transcript, "."))


def _cues(transcript: Transcript, point: str) -> Iterator[str]:
    for segment in transcript.segments:
        yield f"{_clock(segment.start_s, point)} --> {_clock(segment.end_s, point)}\n{segment.text}\n\n"


def _clock(seconds: float, point: str) -> str:
    """HH:MM:SS and milliseconds after `point`."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{milliseconds:03}"


_RENDERERS: dict[str, tuple[Callable[[Transcript, Extras], str], str]] = {
    "json": (_json, "application/json"),
    "text": (lambda transcript, _: transcript.text + "\n", "text/plain; charset=utf-8"),
    "srt": (_srt, "text/plain; charset=utf-8"),
    "verbose_json": (_verbose_json, "application/json"),
    "vtt": (_vtt, "text/vtt; charset=utf-8"),
    "diarized_json": (_diarized_json, "application/json"),
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

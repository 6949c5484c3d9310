"""The transcript in an answer, whatever the format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stt_load.sample import ErrorKind
from stt_load.wire.numbers import number, usage_of
from stt_load.wire.places import look, parsed
from stt_load.wire.verdict import Answer, Failure, Transcript, excerpt, heard

Read = Callable[[Answer], Transcript | Failure]


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand in a JSON answer: JMESPath expressions (https://jmespath.org/specification.html).

    duration, processing_time: as the service says; None where it is not looked for. Their units, in seconds.
    """

    text: str = "text"
    duration: str | None = None
    duration_unit_s: float = 1.0
    processing_time: str | None = None
    processing_time_unit_s: float = 1.0


def reader(response_format: str, places: Places = Places()) -> Read:
    """What finds the transcript in a 2xx answer of `response_format`; an empty transcript is one, too."""
    if response_format in JSON_FORMATS:
        return _JsonReader(places)
    return _READERS[response_format]


class _JsonReader:
    def __init__(self, places: Places) -> None:
        self._place = places.text
        self._text = look(places.text)
        self._duration = _Quantity(places.duration, places.duration_unit_s)
        self._processing_time = _Quantity(places.processing_time, places.processing_time_unit_s)

    def __call__(self, answer: Answer) -> Transcript | Failure:
        try:
            document = parsed(answer.body)
        except ValueError:
            return Failure(ErrorKind.BAD_JSON, f"HTTP {answer.status}, not JSON: {excerpt(answer.body)}")
        text = self._text(document)
        if not isinstance(text, str):
            missing = f"HTTP {answer.status}, JSON without a text at `{self._place}`"
            return Failure(ErrorKind.NO_TEXT, f"{missing}: {excerpt(answer.body)}")
        audio_s, tokens = usage_of(document)
        duration_s = self._duration.seconds(document)
        return heard(
            text, audio_s if duration_s is None else duration_s, self._processing_time.seconds(document), tokens
        )


class _Quantity:
    """A number somewhere in a document, or nothing."""

    def __init__(self, expression: str | None, unit_s: float) -> None:
        self._look = None if expression is None else look(expression)
        self._unit_s = unit_s

    def seconds(self, document: Any) -> float | None:
        if self._look is None:
            return None
        value = number(self._look(document))
        return None if value is None else value * self._unit_s


def _plain(answer: Answer) -> str | Failure:
    """The body as text, unless it is an HTML page, which no transcription is."""
    try:
        text = answer.body.decode()
    except UnicodeDecodeError:
        return Failure(ErrorKind.NO_TEXT, f"HTTP {answer.status}, not UTF-8 text: {excerpt(answer.body)}")
    if "html" in answer.content_type or _HTML.match(text):
        return Failure(ErrorKind.NO_TEXT, f"HTTP {answer.status}, an HTML page: {excerpt(answer.body)}")
    return text


def _from_text(answer: Answer) -> Transcript | Failure:
    text = _plain(answer)
    return text if isinstance(text, Failure) else Transcript(text.strip())


def _from_srt(answer: Answer) -> Transcript | Failure:
    text = _plain(answer)
    if isinstance(text, Failure):
        return text
    if text.strip() and not _CUE.search(text):
        return Failure(ErrorKind.NO_TEXT, f"HTTP {answer.status}, no SRT cue in it: {excerpt(answer.body)}")
    return Transcript(_spoken(text))


def _from_vtt(answer: Answer) -> Transcript | Failure:
    text = _plain(answer)
    if isinstance(text, Failure):
        return text
    if not text.removeprefix("\ufeff").startswith("WEBVTT"):
        return Failure(ErrorKind.NO_TEXT, f"HTTP {answer.status}, does not begin with WEBVTT: {excerpt(answer.body)}")
    return Transcript(_spoken(text))


def _spoken(subtitles: str) -> str:
    """What the cues of SRT or WebVTT say: in each block, the lines after the one with the times."""
    said = []
    for block in re.split(r"\r?\n\r?\n", subtitles):
        lines = block.splitlines()
        for place, line in enumerate(lines):
            if _CUE.match(line):
                said += [spoken.strip() for spoken in lines[place + 1 :]]
                break
    return " ".join(filter(None, said))


_HTML = re.compile(r"\s*<(!doctype html|html)", re.IGNORECASE)
# On one line: with blanks that may be line ends, a body of nothing but these takes the square of its length.
_CUE = re.compile(r"^[ \t]*[\d:.,]+[ \t]+-->[ \t]+[\d:.,]+", re.MULTILINE)
JSON_FORMATS = frozenset({"json", "verbose_json", "diarized_json"})
_READERS: dict[str, Read] = {
    "text": _from_text,
    "srt": _from_srt,
    "vtt": _from_vtt,
}

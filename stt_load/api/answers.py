"""The transcript in an answer, whatever the format."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from stt_load.api.errors import begins_an_error, error_in
from stt_load.api.names import JSON_FORMATS, ResponseFormat
from stt_load.api.numbers import number, usage_of
from stt_load.api.places import NO_JSON, json_in, look, parsed
from stt_load.api.verdict import Answer, Failure, Transcript, excerpt, transcript_of
from stt_load.api.words import begins_markup, is_like_json, is_markup
from stt_load.samples.sample import ErrorKind

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


def reader(response_format: ResponseFormat, places: Places = Places()) -> Read:
    """What finds the transcript in a 2xx answer of `response_format`; an empty transcript is one, too."""
    if response_format in JSON_FORMATS:
        return _JsonReader(places)
    return _TextReader(places) if response_format == "text" else _SUBTITLES[response_format]


def told_error(answer: Answer, document: Any) -> str | None:
    """What an answer says went wrong, for a message; None where it says nothing of the kind. document: its JSON."""
    if not isinstance(document, dict):
        return None
    error = error_in(document, "")
    if error is None:
        return None
    told = excerpt(error.encode(errors="replace") or answer.body)
    return f"HTTP {answer.status}, an error in the answer: {told}"


class _JsonReader:
    def __init__(self, places: Places) -> None:
        self._place = places.text
        self._text = look(places.text)
        self._duration_s = _quantity(places.duration, places.duration_unit_s)
        self._processing_s = _quantity(places.processing_time, places.processing_time_unit_s)

    def __call__(self, answer: Answer) -> Transcript | Failure:
        try:
            document = parsed(answer.body)
        except ValueError:
            return Failure(ErrorKind.BAD_JSON, f"HTTP {answer.status}, not JSON: {excerpt(answer.body)}")
        return self.judge(document, answer)

    def judge(self, document: Any, answer: Answer) -> Transcript | Failure:
        """What the document comes down to that the answer is. An error in it is one, whatever else there is."""
        error = told_error(answer, document)
        if error is not None:
            return Failure(ErrorKind.NO_TEXT, error)
        text = self._text(document)
        if not isinstance(text, str):
            return _no_text(answer, f"JSON without a text at `{self._place}`")
        if _EVENTS.match(text):  # LiteLLM's proxy wraps the stream of the service behind it so
            return _no_text(answer, f"a stream of events as the text at `{self._place}`")
        audio_s, tokens = usage_of(document)
        duration_s = self._duration_s(document)
        return transcript_of(
            text, audio_s if duration_s is None else duration_s, self._processing_s(document), tokens
        )


def _quantity(expression: str | None, unit_s: float) -> Callable[[Any], float | None]:
    """What finds a number in a document, in seconds, or nothing."""
    if expression is None:
        return lambda _: None
    found = look(expression)

    def seconds(document: Any) -> float | None:
        value = number(found(document))
        return None if value is None else value * unit_s

    return seconds


class _TextReader:
    """Of plain text; of JSON, too, where a service answers with that (vLLM, LiteLLM), which is no transcript."""

    def __init__(self, places: Places) -> None:
        self._json = _JsonReader(places)

    def __call__(self, answer: Answer) -> Transcript | Failure:
        text = _plain(answer)
        if isinstance(text, Failure):
            return text
        found: Any = json_in(text)
        if found is NO_JSON and begins_an_error(text):
            return _no_text(answer, AN_ERROR)
        in_json = found is not NO_JSON
        for _ in range(MOST_QUOTES):
            if not isinstance(found, str):
                break
            text = found.strip()
            found = json_in(text)
        verdict = _words(text, answer) if found is NO_JSON else self._json.judge(found, answer)
        if isinstance(verdict, Failure) or not in_json:
            return verdict
        return replace(verdict, text=verdict.text.strip(), json_for_text=True)


def _words(text: str, answer: Answer) -> Transcript | Failure:
    """The transcript that a text is which is no JSON, unless it is no words either."""
    if is_markup(text):
        return _no_text(answer, A_PAGE)
    if is_like_json(text):
        return Failure(ErrorKind.BAD_JSON, f"HTTP {answer.status}, JSON that is broken: {excerpt(answer.body)}")
    return transcript_of(text)


def _plain(answer: Answer) -> str | Failure:
    """The body as text without blanks around it, unless it is a page or a stream: those are no transcript.

    What the Content-Type says does not count: whisper.cpp calls plain text text/html (examples/server/server.cpp).
    """
    try:
        text = answer.body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return _no_text(answer, "not UTF-8 text")
    if begins_markup(text, answer.content_type):
        return _no_text(answer, A_PAGE)
    if _EVENTS.match(text) or (_SAYS_EVENTS.match(answer.content_type) and _FIELD.match(text)):
        return _no_text(answer, "a stream of events, which was not asked for")
    return text


def _no_text(answer: Answer, what: str) -> Failure:
    """what: the answer is, or has instead."""
    return Failure(ErrorKind.NO_TEXT, f"HTTP {answer.status}, {what}: {excerpt(answer.body)}")


def _subtitles_reader(is_one: Callable[[str], object], lacks: str) -> Read:
    """Of subtitles, which `is_one` knows. lacks: what is said of those that it does not, and that are no error in
    JSON."""

    def read(answer: Answer) -> Transcript | Failure:
        text = _plain(answer)
        if isinstance(text, Failure):
            return text
        if text.startswith("{"):
            document = json_in(text)
            if document is NO_JSON and begins_an_error(text):
                return _no_text(answer, AN_ERROR)
            error = told_error(answer, document)
            if error is not None:
                return Failure(ErrorKind.NO_TEXT, error)
        return transcript_of(_spoken(text)) if not text or is_one(text) else _no_text(answer, lacks)

    return read


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


_NO_DATA = r"(?:event|id|retry)?:[^\r\n]*+[\r\n]++"
_EVENTS = re.compile(
    rf"(?:{_NO_DATA}){{1,99}}+(?:data:|{_NO_DATA})|data:(\s*+[{{[]|[^\r\n]*+(\r\n\r\n|\n\n|\r\r)data:)"
)
"""How server-sent events begin that hold JSON, have a name, or are more than one. Somebody may say `data:`. After a
hundred lines without any it is clear what it is: of millions each takes time and memory."""
_FIELD = re.compile(r"(data|event|id|retry)?:")
_SAYS_EVENTS = re.compile(r"\s*text/event-stream\b", re.IGNORECASE)
_CUE = re.compile(r"^[ \t]*[\d:.,]+[ \t]+-->[ \t]+[\d:.,]+", re.MULTILINE)
AN_ERROR, A_PAGE = "an error in the answer", "an HTML page or XML"
MOST_QUOTES = 3
"""How often a text may be a JSON string."""
_SUBTITLES: dict[ResponseFormat, Read] = {
    "srt": _subtitles_reader(_CUE.search, "no SRT cue in it"),
    "vtt": _subtitles_reader(re.compile("WEBVTT").match, "does not begin with WEBVTT"),
}

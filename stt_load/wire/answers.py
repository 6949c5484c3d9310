"""The transcript in an answer, whatever the format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from stt_load.sample import ErrorKind
from stt_load.wire.verdict import Answer, Failure, Transcript, excerpt

Read = Callable[[Answer], Transcript | Failure]


def reader(response_format: str, expression: str = "text") -> Read:
    """What finds the transcript in a 2xx answer of `response_format`; an empty transcript is one, too.

    expression: JMESPath (https://jmespath.org/specification.html), where it stands in the JSON formats. Raises
    ValueError when it is none.
    """
    if response_format in JSON_FORMATS:
        compiled = jmespath.compile(expression)
        return lambda answer: _from_json(answer, compiled)
    return _READERS[response_format]


def _from_json(answer: Answer, expression: ParsedResult) -> Transcript | Failure:
    try:
        document = json.loads(answer.body)
    except ValueError:
        return Failure(ErrorKind.BAD_JSON, f"HTTP {answer.status}, not JSON: {excerpt(answer.body)}")
    try:
        text = expression.search(document)
    except JMESPathError:  # a function that was given what it does not take
        text = None
    if not isinstance(text, str):
        missing = f"HTTP {answer.status}, JSON without a text at `{expression.expression}`"
        return Failure(ErrorKind.NO_TEXT, f"{missing}: {excerpt(answer.body)}")
    return Transcript(text)


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
        for number, line in enumerate(lines):
            if _CUE.match(line):
                said += [spoken.strip() for spoken in lines[number + 1 :]]
                break
    return " ".join(filter(None, said))


_HTML = re.compile(r"\s*<(!doctype html|html)", re.IGNORECASE)
_CUE = re.compile(r"^\s*[\d:.,]+\s+-->\s+[\d:.,]+", re.MULTILINE)
JSON_FORMATS = frozenset({"json", "verbose_json"})
_READERS: dict[str, Read] = {
    "text": _from_text,
    "srt": _from_srt,
    "vtt": _from_vtt,
}

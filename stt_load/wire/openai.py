"""The OpenAI transcription API: the form's fields, and the text in an answer.

Contract: https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from stt_load.sample import ErrorKind
from stt_load.wire.verdict import Answer, Failure, Transcript, excerpt


def fields(
    model: str,
    response_format: str,
    language: str | None = None,
    prompt: str | None = None,
    temperature: float | None = None,
    extra: Sequence[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """The text fields of the form, without those that are None; `extra` ones come last."""
    own: list[tuple[str, Any]] = [
        ("model", model),
        ("language", language),
        ("prompt", prompt),
        ("response_format", response_format),
        ("temperature", temperature),
    ]
    return [(name, str(value)) for name, value in own if value is not None] + list(extra)


def read_text(answer: Answer, response_format: str) -> Transcript | Failure:
    """The transcript in a 2xx answer of the asked `response_format`; an empty transcript is one, too."""
    return _READERS[response_format](answer)


def _from_json(answer: Answer) -> Transcript | Failure:
    try:
        document = json.loads(answer.body)
    except ValueError:
        return Failure(ErrorKind.BAD_JSON, f"HTTP {answer.status}, not JSON: {excerpt(answer.body)}")
    text = document.get("text") if isinstance(document, dict) else None
    if not isinstance(text, str):
        return Failure(ErrorKind.NO_TEXT, f'HTTP {answer.status}, JSON without a "text": {excerpt(answer.body)}')
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
_READERS: dict[str, Callable[[Answer], Transcript | Failure]] = {
    "json": _from_json,
    "verbose_json": _from_json,
    "text": _from_text,
    "srt": _from_srt,
    "vtt": _from_vtt,
}

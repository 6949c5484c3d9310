"""What somebody can do whose first request was answered with 2xx, and no transcript was found in that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.api.answers import A_PAGE, told_error
from stt_load.api.job_path import NOT_HERE
from stt_load.api.words import is_markup
from stt_load.cli.found_texts import as_yaml, texts_in
from stt_load.cli.tried import Advise, Tried, cut, other_endpoints
from stt_load.samples.sample import ErrorKind

MOST_TEXTS = 5

_PLACES = {
    "upload": ("uploaded", "where the clip is"),
    "submit": ("id", "the job's id"),
    "poll": ("status", "the job's state"),
}
"""Of each step of a job, the key of api.job that says where the next one's information stands, and what that is."""

_NO_TEXT_AT_ALL = (
    "no text stands in the answer: some services leave it out where they hear no words; or it is another answer "
    "than a transcript"
)


def _no_text(tried: Tried) -> Iterator[str]:
    answer = tried.answer
    if answer is None:
        return
    document = tried.document
    if A_PAGE in tried.failure.message or (document is None and is_markup(answer.body.decode(errors="replace"))):
        yield from _a_page(tried)
    elif told_error(answer, document) is None:
        found = texts_in(document, MOST_TEXTS)
        yield "texts do stand in the answer; if one is the transcript, name it:" if found else _NO_TEXT_AT_ALL
        for place, text in found:
            yield f"  api: {{response: {{text: {as_yaml(place)}}}}}   # {cut(text)}"


def _a_page(tried: Tried) -> Iterator[str]:
    yield f"a page for people is at {tried.url}: a web UI's, or the login or error page of a proxy before the service"
    yield from other_endpoints(tried)


def _no_json(tried: Tried) -> Iterator[str]:
    said = tried.said.lstrip("\ufeff \t\r\n")
    if is_markup(said):
        yield from _a_page(tried)
    elif said.startswith(("data:", "event:")):
        yield "the answer is a stream of events: `--stream true`"
    elif said.startswith("webvtt") or "-->" in said:
        yield f"the answer is subtitles: `--response-format {'vtt' if said.startswith('webvtt') else 'srt'}`"
    elif said.strip() and "".join(said.split()).isprintable():
        yield "if the answer is the transcript itself, as plain text: `--response-format text`"


def _odd_stream(tried: Tried) -> Iterator[str]:
    yield f"api.stream_dialect is {tried.api.stream_dialect or 'null: the first event tells'}"
    yield "an answer that comes as a whole can be asked for, too: `--stream false`"


def _no_job(tried: Tried) -> Iterator[str]:
    """Where the next step's information may stand, if nothing stood where it was looked for."""
    if tried.answer is None or tried.answer.step not in _PLACES:
        return
    if NOT_HERE in tried.failure.message:
        yield (
            "if that is the same service by another name, ask for it by that (-H), or by a path of your own, such as "
            "`api: {job: {poll: /jobs/{id}}}`"
        )
        return
    key, what = _PLACES[tried.answer.step]
    if f"nothing at `{getattr(tried.api.job, key)}`" not in tried.failure.message:
        return  # something else is missing, which the message says
    for place, text in texts_in(_numbers_as_texts(tried.document), MOST_TEXTS):
        yield f"if this is {what}: `api: {{job: {{{key}: {as_yaml(place)}}}}}`   # {cut(text)}"


def _numbers_as_texts(document: Any) -> Any:
    """The members of an object that can be ids, which may be numbers."""
    if not isinstance(document, dict):
        return document
    return {name: str(one) if type(one) in (int, float) else one for name, one in document.items()}


BY_KIND: Mapping[ErrorKind, Advise] = {
    ErrorKind.NO_TEXT: _no_text,
    ErrorKind.BAD_JSON: _no_json,
    ErrorKind.BAD_STREAM: _odd_stream,
    ErrorKind.POLL_FAILED: _no_job,
}

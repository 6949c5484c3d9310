"""An answer, and what it comes down to: a transcript, or a failure with its kind and a message."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Literal, Protocol

from stt_load.api.numbers import bounded, number
from stt_load.api.retry_after import LONGEST_WAIT_S, retry_after_s
from stt_load.api.words import is_blank
from stt_load.samples.fields import TOLD
from stt_load.samples.sample import ErrorKind

Step = Literal["request", "upload", "submit", "poll", "result"]
"""Of a request that is all there is, or of one of a job's (`stt_load.api.batch`)."""

EXCERPT_CHARACTERS = 500
LONGEST_CHARACTERS = 2_000
"""Of a message that is kept with a request."""
LONGEST_HEADER = 1_000
"""Of a captured header."""
LONGEST_LOCATION = 1_900
"""Of a Location in a message, whose end is to be read, too."""


class Followed(Protocol):
    """What has followed an answer as it came in: a `stt_load.api.stream.Stream`."""

    def read(self, answer: Answer) -> Transcript | Failure: ...

    def again(self, answer: Answer) -> Transcript | Failure: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came in, content coding undone; a whole one, or a refusal whose body broke off.

    stream: what has followed it as it came, None where that is of no interest. step: what it is the answer to.
    retry_after, retry_after_ms: the headers of these names. flaw: how the body broke off, None where it did not.
    header: gives any header by its name in lower case, None where there is none.
    """

    status: int
    content_type: str
    location: str | None
    body: bytes
    retry_after: str | None = None
    stream: Followed | None = None
    step: Step = "request"
    retry_after_ms: str | None = None
    flaw: str | None = None
    header: Callable[[str], str | None] = field(default=lambda _: None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Transcript:
    """The text of an answer. audio_s, processing_s, tokens: the clip's length, the time spent on it and the tokens
    used, as the service says; None where it says nothing. out_of_range: fields of a sample for which it said what no
    row can hold (`stt_load.samples.fields`). json_for_text: plain text was asked for, and this stood in JSON.
    """

    text: str
    audio_s: float | None = None
    processing_s: float | None = None
    tokens: int | None = None
    out_of_range: tuple[str, ...] = ()
    json_for_text: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """wait_s: for how long the service asks to be left alone."""

    kind: ErrorKind
    message: str
    wait_s: float = 0.0


def transcript_of(
    text: str, audio_s: float | None = None, processing_s: float | None = None, tokens: float | None = None
) -> Transcript:
    """The transcript of an answer that says this: only what a row can hold is kept. What nobody sees is empty.

    `\\ud83d` and the like, which JSON can say and no text can hold, become what they are in pairs, else U+FFFD.
    """
    if is_blank(text):
        text = ""
    elif not text.isascii() and _HALF.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if audio_s is None and processing_s is None and tokens is None:
        return Transcript(text)
    held, beyond = bounded({"server_audio_s": audio_s, "processing_s": processing_s, "tokens": tokens})
    counted = held["tokens"]
    return Transcript(
        text, held["server_audio_s"], held["processing_s"], None if counted is None else int(counted), beyond
    )


def with_processing(said: Transcript, header: str | None, unit_s: float) -> Transcript:
    """`said`, with the time that a header tells the service has spent on it; as it is where that tells none."""
    spent = number(header)
    if spent is None:
        return said
    held, beyond = bounded({"processing_s": spent * unit_s})
    return replace(said, processing_s=held["processing_s"], out_of_range=(*said.out_of_range, *beyond))


def checked(verdict: Any) -> Transcript | Failure:
    """What a `read_answer` of the user's own has returned, if it can be used, else a `hook_error` that says why not.

    A number that no row can hold is left out and named, as in any answer.
    """
    if isinstance(verdict, Transcript):
        return _checked_transcript(verdict)
    if isinstance(verdict, Failure):
        return _checked_failure(verdict)
    return _unusable("None" if verdict is None else f"a {type(verdict).__name__}")


def _checked_transcript(given: Transcript) -> Transcript | Failure:
    if not isinstance(given.text, str):
        return _unusable(f"a Transcript whose text is {_kind(given.text)}")
    numbers = (given.audio_s, given.processing_s, given.tokens)
    is_plain = given.text.isascii() and not is_blank(given.text)
    if numbers == _NOTHING_TOLD and given.out_of_range == () and is_plain and given.json_for_text is False:
        return given
    told = [number(value) for value in numbers]
    for name, value, found in zip(("audio_s", "processing_s", "tokens"), numbers, told, strict=True):
        if value is not None and found is None:
            return _unusable(f"a Transcript whose {name} is {_kind(value)}")
    verdict = transcript_of(given.text, *told)
    named = given.out_of_range if isinstance(given.out_of_range, tuple) else ()
    beyond = tuple(one for one in TOLD if one in (*named, *verdict.out_of_range))
    in_json = given.json_for_text is True
    return Transcript(verdict.text, verdict.audio_s, verdict.processing_s, verdict.tokens, beyond, in_json)


def _checked_failure(given: Failure) -> Failure:
    try:
        kind = ErrorKind(given.kind)
    except ValueError:
        return _unusable(f"a Failure whose kind is {_kind(given.kind)}, not an ErrorKind")
    if kind in _OF_NO_ANSWER:
        return _unusable(f"a Failure whose kind is {kind}, which no answer can be")
    if not isinstance(given.message, str):
        return _unusable(f"a Failure whose message is {_kind(given.message)}")
    wait_s = number(given.wait_s) or 0.0
    return Failure(kind, given.message, min(LONGEST_WAIT_S, max(0.0, wait_s)) if wait_s == wait_s else 0.0)


def _unusable(what: str) -> Failure:
    needed = "a Transcript with a text, or a Failure, is needed"
    return Failure(ErrorKind.HOOK_ERROR, f"read_answer returned {what}: {needed}")


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def storable(text: str, longest: int = LONGEST_CHARACTERS) -> str:
    """`text` for a row and a screen: control characters, those that turn the direction of a line, and what is no
    character become U+FFFD, and it ends where nobody would read on."""
    text = _UNFIT.sub("\ufffd", text)
    return text if len(text) <= longest else text[:longest] + "..."


def described(error: BaseException) -> str:
    """An exception's type and text; the type alone of one that can't be shown."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


def excerpt(body: bytes) -> str:
    """The first part of a body on one line, for a message."""
    text = " ".join(body[: 4 * EXCERPT_CHARACTERS].decode(errors="replace").split())
    if not text:
        return "(empty body)"
    return text if len(text) <= EXCERPT_CHARACTERS else text[:EXCERPT_CHARACTERS] + "..."


def of_status(answer: Answer) -> Failure | None:
    """The failure that the status alone says, None for 2xx."""
    status = answer.status
    if 200 <= status < 300:
        return None
    cut = "" if answer.flaw is None else f" (its body is not whole: {answer.flaw})"
    if 300 <= status < 400:
        return Failure(ErrorKind.REDIRECT, f"{_named(status)} to {_place(answer.location)}: not followed{cut}")
    kind = _KINDS.get(status)
    if kind is None:
        kind = ErrorKind.HTTP_5XX if status >= 500 else ErrorKind.HTTP_4XX
    wait_s = 0.0
    if kind is ErrorKind.SHED:
        wait_s = retry_after_s(answer.retry_after, time.time(), answer.retry_after_ms)
    return Failure(kind, f"{_named(status)}: {excerpt(answer.body)}{cut}", wait_s)


def _place(location: str | None) -> str:
    if not location:
        return "nowhere"
    return location if len(location) <= LONGEST_LOCATION else location[:LONGEST_LOCATION] + "..."


def _named(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


_OF_NO_ANSWER = frozenset({ErrorKind.CANCELLED, ErrorKind.LOST, ErrorKind.DROPPED, ErrorKind.LOCAL_LIMIT})
_NOTHING_TOLD = (None, None, None)
_HALF = re.compile("[\ud800-\udfff]")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_KINDS = {
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    413: ErrorKind.TOO_LARGE,
    415: ErrorKind.UNSUPPORTED,
    429: ErrorKind.SHED,
    503: ErrorKind.SHED,
}

"""An answer, and what it comes down to: a transcript, or a failure with its kind and a message."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from stt_load.sample import ErrorKind

if TYPE_CHECKING:
    from stt_load.wire.stream import Stream

Step = Literal["request", "upload", "submit", "poll"]
"""Of a request that is all there is, or of one of a job's (see `stt_load.wire.job`)."""

EXCERPT_CHARACTERS = 200
LONGEST_WAIT_S = 60.0
"""A service that wants to be left alone for an hour would end the run with it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer as read from the wire, content coding undone.

    stream: what has followed it as it came, None where that is of no interest. step: what it is the answer to.
    """

    status: int
    content_type: str
    location: str | None
    body: bytes
    retry_after: str | None = None
    stream: Stream | None = None
    step: Step = "request"


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard. audio_s, processing_s, tokens: the clip's length, the time spent on it and the tokens used, as
    the service says; None where it says nothing.
    """

    text: str
    audio_s: float | None = None
    processing_s: float | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """wait_s: for how long the service asks to be left alone."""

    kind: ErrorKind
    message: str
    wait_s: float = 0.0


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
    if 300 <= status < 400:
        return Failure(ErrorKind.REDIRECT, f"{_named(status)} to {answer.location or 'nowhere'}: not followed")
    kind = _KINDS.get(status)
    if kind is None:
        kind = ErrorKind.HTTP_5XX if status >= 500 else ErrorKind.HTTP_4XX
    wait_s = retry_after_s(answer.retry_after, time.time()) if kind is ErrorKind.SHED else 0.0
    return Failure(kind, f"{_named(status)}: {excerpt(answer.body)}", wait_s)


def retry_after_s(value: str | None, now_s: float) -> float:
    """The seconds that a Retry-After header asks for, LONGEST_WAIT_S at most; 0 without one that can be understood.

    value: a whole number of seconds or an HTTP date (RFC 9110, section 10.2.3). now_s: since the epoch.
    """
    if value is None:
        return 0.0
    if re.fullmatch(r"\d{1,9}", value.strip()):
        wait_s = float(value)
    else:
        try:
            wait_s = parsedate_to_datetime(value).timestamp() - now_s
        except (ValueError, OverflowError):
            return 0.0
    return min(LONGEST_WAIT_S, max(0.0, wait_s))


def _named(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


_KINDS = {
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    413: ErrorKind.TOO_LARGE,
    415: ErrorKind.UNSUPPORTED,
    429: ErrorKind.SHED,
    503: ErrorKind.SHED,
}

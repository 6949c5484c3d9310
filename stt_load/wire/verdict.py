"""An answer, and what it comes down to: a transcript, or a failure with its kind and a message."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from http import HTTPStatus

from stt_load.sample import ErrorKind

EXCERPT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer as read from the wire, content coding undone. Header values are lower case."""

    status: int
    content_type: str
    location: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    kind: ErrorKind
    message: str


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
    return Failure(kind, f"{_named(status)}: {excerpt(answer.body)}")


def decoded(body: bytes, coding: str | None, limit: int) -> bytes:
    """`body` with its Content-Encoding undone, for a server that compresses though it was asked not to.

    Raises `ValueError` for an unknown coding, broken data, or more than `limit` bytes.
    """
    if not coding or coding == "identity":
        return body
    if coding not in ("gzip", "deflate"):
        raise ValueError(f"content coding {coding!r} was not asked for")
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32 if coding == "gzip" else zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(body, limit)
    except zlib.error as error:
        raise ValueError(f"broken {coding} data") from error
    if inflater.unconsumed_tail:
        raise ValueError(f"more than {limit} bytes after {coding}")
    return plain


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

"""The header section of an HTTP/1.1 or HTTP/1.0 answer (RFC 9112, sections 4 and 5; RFC 9110, section 5).

What browsers and curl take, and what can be read in one way only, is taken. What two readers could read in two ways
is refused, because figures are of no use when it is not clear which answer they are of.

| what comes | |
| --- | --- |
| lines that end with LF only, or with CRLF and LF mixed | taken (9112, 2.2) |
| one empty line before the status line | passed over; a second one is refused |
| no reason phrase, with the blank before it or without; any bytes in it but NUL and CR | taken |
| another version than 1.0 and 1.1, a status that is not three digits from 100 to 999, no status line | refused |
| blanks around a value, an empty value, bytes beyond ASCII in it (read as Latin-1), control characters | taken |
| a folded line (9112, 5.2) | joined with a blank |
| NUL, or CR without LF, anywhere | refused (9110, 5.5) |
| no colon; a name that is empty or has a blank in it, behind it or before it, or what is no token | refused |
| a name several times | the first counts; `JOINED` are joined with commas |
"""

from __future__ import annotations

import re
from dataclasses import dataclass

JOINED = frozenset(
    {"connection", "content-encoding", "content-length", "retry-after", "retry-after-ms", "transfer-encoding"}
)
"""Lists that are told in several lines, or whose second line must not be overlooked."""
MAX_HEAD_BYTES = 64 * 1024
MAX_HEAD_LINES = 256
EXCERPT_BYTES = 60

_STATUS = re.compile(rb"(?:\r?\n)?HTTP/1\.([01]) ([1-9][0-9]{2})(?=[ \r\n])")
_LONGEST_STATUS = 15
_FOLD = re.compile(r"\n[ \t]+")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch


class BadHttp(ValueError):  # noqa: N818 - as BadStatusLine, h11's, llhttp's: the bytes are bad
    """Bytes that are no HTTP answer, or one that can be read in more than one way. The message is for people."""


@dataclass(slots=True)
class Head:
    """status: 100 to 999. minor: of the version, 0 or 1. fields: values by name in lower case."""

    status: int
    minor: int
    fields: dict[str, str]

    def header(self, name: str) -> str | None:
        """The value of the field of that name, in lower case; None where there is none."""
        return self.fields.get(name)


def check_start(data: bytes | bytearray) -> None:
    """Raises `BadHttp` as soon as `data`, from an answer's beginning on, can't be the beginning of one.

    So a peer that speaks something else is told at once, not when a time limit is over.
    """
    start = bytes(data[:_LONGEST_STATUS])
    if len(start) < _LONGEST_STATUS:
        line = start.removeprefix(b"\r").removeprefix(b"\n")
        if b"HTTP/1.".startswith(line[:7]):
            return
    elif _STATUS.match(start):
        return
    raise BadHttp(_no_answer(bytes(data[: EXCERPT_BYTES + 1])))


def head_of(section: bytes) -> Head:
    """section: from the status line to the empty line that ends it, which is in it. Raises `BadHttp`."""
    start = _STATUS.match(section)
    if start is None:
        raise BadHttp(_no_answer(section))
    if len(section) > MAX_HEAD_BYTES:
        raise BadHttp(f"the header section has more than {MAX_HEAD_BYTES} bytes")
    text = _checked(section[start.end() :])
    if text.count("\n") > MAX_HEAD_LINES + 2:  # the status line and the empty one
        raise BadHttp(f"the header section has more than {MAX_HEAD_LINES} lines")
    return Head(int(start[2]), int(start[1]), _fields(text[text.index("\n") + 1 : -1]))


def check_trailers(section: bytes) -> None:
    """section: field lines with their ends. Raises `BadHttp` where they are none; what they say is of no interest."""
    _fields(_checked(section))


def excerpt(data: bytes) -> str:
    """The beginning of `data` for a message, on one line and in ASCII."""
    return repr(data[:EXCERPT_BYTES])[1:] + ("..." if len(data) > EXCERPT_BYTES else "")


def _checked(section: bytes) -> str:
    """The lines, each ended with LF."""
    text = section.decode("latin-1").replace("\r\n", "\n")
    for character, name in (("\0", "NUL"), ("\r", "CR without LF")):
        if character in text:
            line = next(line for line in text.split("\n") if character in line)
            raise BadHttp(f"{name} in the header line {excerpt(line.encode('latin-1'))}")
    return text


def _fields(text: str) -> dict[str, str]:
    """text: lines that end with LF; the empty one is not among them."""
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    fields: dict[str, str] = {}
    for line in text.split("\n")[:-1]:
        name, colon, value = line.partition(":")
        if not colon or _NAME(name) is None:
            wrong = "has no colon" if not colon else "does not begin with the name of a field and a colon"
            raise BadHttp(f"the header line {excerpt(line.encode('latin-1'))} {wrong}")
        name, value = name.lower(), value.strip(" \t")
        if name not in fields:
            fields[name] = value
        elif name in JOINED:
            fields[name] += ", " + value
    return fields


def _no_answer(data: bytes) -> str:
    """What it is instead, where that can be known."""
    if data[:1] in (b"\x15", b"\x16") and data[1:2] in (b"", b"\x03"):
        return "the peer speaks TLS, not plain HTTP: is it https?"
    if data.startswith((b"HTTP/2", b"PRI * HTTP/2", b"\x00\x00")):
        return f"the peer speaks HTTP/2, which was not asked for: {excerpt(data)}"
    return f"no HTTP/1.1 answer: it begins with {excerpt(data)}"

"""Split a multipart/form-data body into its parts without copying them.

Grammar: RFC 7578, on top of RFC 2046 section 5.1.1 and RFC 2183.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

MAX_HEADER_BYTES = 8_192
MAX_PARTS = 1_000
MAX_ALL_HEADER_BYTES = 262_144
MAX_TEXT_BYTES = 65_536
MAX_FALSE_DELIMITERS = 1_000
"""Lines of the content that begin as the delimiter does: an audio file has none."""


class FormError(ValueError):
    """The body is not the form that its Content-Type promises."""


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the form; `filename` is None for a plain text field. `content` is a view into the body."""

    name: str
    filename: str | None
    content: memoryview

    def text(self) -> str:
        """The content of a text field; FormError when it isn't UTF-8, or much longer than any prompt."""
        if len(self.content) > MAX_TEXT_BYTES:
            raise FormError(f"the field {self.name[:60]!r} is longer than {MAX_TEXT_BYTES} bytes")
        try:
            return str(self.content, "utf-8")
        except UnicodeDecodeError:
            raise FormError(f"the field {self.name[:60]!r} is not UTF-8 text") from None


def boundary_of(content_type: str) -> bytes:
    """The boundary that a Content-Type header announces; FormError if it isn't that of a form."""
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() != "multipart/form-data":
        raise FormError(f"Content-Type is {kind.strip() or 'missing'}, not multipart/form-data")
    boundary = _parameters(";" + parameters).get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise FormError("Content-Type multipart/form-data has no valid boundary")
    return boundary.encode("ascii")


def split(body: bytes, boundary: bytes) -> list[Part]:
    """The parts of `body` in their order; FormError when it is malformed or cut short."""
    view = memoryview(body)
    parts: list[Part] = []
    header_bytes = 0
    for start, end in _between_delimiters(body, b"--" + boundary):
        if len(parts) == MAX_PARTS:
            raise FormError(f"more than {MAX_PARTS} parts")
        # The blank line may follow the delimiter at once: a part without any header.
        head_end = body.find(b"\r\n\r\n", start - 2, min(end, start + MAX_HEADER_BYTES))
        if head_end < 0:
            raise FormError("a part whose header does not end")
        header_bytes += head_end - start
        if header_bytes > MAX_ALL_HEADER_BYTES:
            raise FormError(f"more than {MAX_ALL_HEADER_BYTES} bytes of part headers")
        name, filename = _disposition(body[start:head_end])
        parts.append(Part(name, filename, view[head_end + 4 : end]))
    return parts


def _between_delimiters(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of each part, header included."""
    delimiters = _delimiters(body, delimiter)
    current = next(delimiters, None)
    while current and not current.last:
        following = next(delimiters, None)
        if following:
            yield current.end, max(current.end, following.start)
        current = following
    if not current:
        raise FormError("the form is cut short, or its boundary is not the announced one")


class _Delimiter(NamedTuple):
    """Where a delimiter starts, with the line break before it; where it ends; whether no part follows it."""

    start: int
    end: int
    last: bool


def _delimiters(body: bytes, delimiter: bytes) -> Iterator[_Delimiter]:
    """Those in `body`, in their order. One shares its line end with the next where nothing is between them."""
    if body.startswith(delimiter) and (first := _delimiter_at(body, delimiter, 0)):
        yield first
        position = first.end - 2
    else:
        position = 0
    false = 0
    while (position := body.find(b"\r\n" + delimiter, position)) >= 0:
        if found := _delimiter_at(body, b"\r\n" + delimiter, position):
            yield found
            position = found.end - 2
        else:
            false += 1
            if false > MAX_FALSE_DELIMITERS:
                raise FormError(f"more than {MAX_FALSE_DELIMITERS} lines that begin as the delimiter does")
            position += 2


def _delimiter_at(body: bytes, delimiter: bytes, start: int) -> _Delimiter | None:
    """None when the line goes on after the delimiter, as another, longer boundary would."""
    rest = _AFTER_DELIMITER.match(body, start + len(delimiter))
    return _Delimiter(start, rest.end(), rest[0] == b"--") if rest else None


def _disposition(head: bytes) -> tuple[str, str | None]:
    """Name and filename from the header lines of a part."""
    for line in head.split(b"\r\n"):
        field, _, value = line.partition(b":")
        if field.strip().lower() == b"content-disposition":
            break
    else:
        raise FormError("a part without Content-Disposition")
    try:
        kind, _, parameters = value.decode("utf-8").partition(";")
    except UnicodeDecodeError:
        raise FormError("a Content-Disposition that is not UTF-8") from None
    values = _parameters(";" + parameters)
    if kind.strip().lower() != "form-data" or "name" not in values:
        raise FormError("a Content-Disposition that is not form-data with a name")
    return values["name"], values.get("filename")


def _parameters(text: str) -> dict[str, str]:
    """`; name=value` pairs. A `name*=utf-8''value` of RFC 5987 counts as `name`."""
    values = {}
    for match in _PARAMETER.finditer(text):
        key, quoted, token = match["key"].lower(), match["quoted"], match["token"]
        if quoted is not None:
            values[key] = _unquote(quoted)
        elif key.endswith("*"):
            values[key[:-1]] = unquote(token.rpartition("'")[2])
        else:
            values[key] = token
    return values


def _unquote(text: str) -> str:
    """Undo what clients do inside quotes: %22, %0D and %0A (browsers, urllib3), backslashes (httpx, aiohttp).

    A backslash before a letter stays: browsers don't escape those of a path.
    """
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[0].upper(), match[0][1:]), text)


_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_AFTER_DELIMITER = re.compile(rb"--|[ \t]{0,100}\r\n")
_PARAMETER = re.compile(
    r';\s*(?P<key>[^\s;="]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^\s;"]*))', re.DOTALL
)
_ESCAPE = re.compile(r'%22|%0[AaDd]|\\["\\\s]')
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}

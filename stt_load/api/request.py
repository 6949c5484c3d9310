"""What goes out: a body in parts, and the method and path it goes with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Part = bytes | memoryview

_NEVER_AS_IT_IS = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")
"""In a path and a query (RFC 3986, 3.3 and 3.4); a percent sign where no two hexadecimal digits follow."""


class Body:
    """A request body in parts, sent one after the other and never joined.

    size: in bytes; None counts it. content_type: of the whole; None sends none. `len` is the size, as HTTP clients
    expect it of an iterable body with a known length. So it is no hint of the number of parts: who unpacks a body, or
    makes a list of it, first gets room for that many items. Take `parts`.
    """

    __slots__ = ("_size", "content_type", "parts")

    def __init__(self, parts: Sequence[Part], size: int | None = None, content_type: str | None = None) -> None:
        self.parts = parts
        self.content_type = content_type
        self._size = sum(memoryview(part).nbytes for part in parts) if size is None else size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)


@dataclass(frozen=True, slots=True)
class Request:
    """method: of HTTP. path: with its query, as it goes into the request line (see `encoded_path`)."""

    method: str
    path: str
    body: Body


def encoded_path(path: str) -> str:
    """A path and its query with what neither may have percent-encoded; what is encoded already stays so.

    Servers differ in what they make of the raw characters: Tomcat answers 400 to `|`, `[` or `"`. A fragment is the
    client's own and left out (RFC 9110, 4.2.5).
    """
    return _NEVER_AS_IT_IS.sub(_encoded, path.partition("#")[0])


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace"))

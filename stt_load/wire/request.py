"""What goes out: a body in parts, and the method and path it goes with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Part = bytes | memoryview


class Body:
    """A request body in parts, sent one after the other and never joined.

    content_type: of the whole; None sends none. `len` is the body's size in bytes, as HTTP clients expect it of an
    iterable body with a known length. So it is no hint of the number of parts: who unpacks a body, or makes a list of
    it, first gets room for that many items. Take `parts`.
    """

    __slots__ = ("_size", "content_type", "parts")

    def __init__(self, parts: Sequence[Part], size: int, content_type: str | None = None) -> None:
        self.parts = parts
        self.content_type = content_type
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)


@dataclass(frozen=True, slots=True)
class Request:
    """method: of HTTP. path: with its query, as it goes into the request line."""

    method: str
    path: str
    body: Body

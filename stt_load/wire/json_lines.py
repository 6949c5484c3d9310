"""JSON lines as a stream: one object on each line, with no field in front.

https://jsonlines.org, also known as NDJSON.
"""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.wire.places import NO_JSON, json_in
from stt_load.wire.sse import BOM, MESSAGE, Event, NotUtf8

KINDS = (
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonl",
    "application/jsonlines",
    "application/x-jsonlines",
    "application/json-lines",
    "application/stream+json",
)
"""Content types of such streams."""


class NotLines(ValueError):  # noqa: N818
    """The first line is no JSON object by itself: this is one document, or something else altogether."""


class Decoder:
    """Takes bytes in pieces, gives a nameless event for each line in them. How the bytes are cut changes nothing.

    count: lines that were not blank so far.
    """

    __slots__ = ("_line", "count")

    def __init__(self) -> None:
        self._line = bytearray()  # of a line that has not ended yet
        self.count = 0

    def feed(self, part: bytes) -> Iterator[Event]:
        """The lines that `part` ends. To be used up before the next part. Raises NotLines, NotUtf8."""
        lines, ended, rest = part.rpartition(b"\n")
        if not ended:
            self._line += rest
            return
        if self._line:
            lines = bytes(self._line) + lines
            self._line.clear()
        self._line += rest
        for line in lines.split(b"\n"):
            yield from self._take(line)

    def finish(self) -> Event | None:
        """The last line, when it has no end. Raises NotLines, NotUtf8."""
        line = bytes(self._line)
        self._line.clear()
        return next(self._take(line), None)

    def _take(self, line: bytes) -> Iterator[Event]:
        try:
            text = line.removeprefix(BOM).decode().strip()
        except UnicodeDecodeError as error:
            raise NotUtf8(line, error) from error
        if not text:
            return
        if not self.count and (json_in(text) is NO_JSON or not text.startswith("{")):
            raise NotLines
        self.count += 1
        yield Event(MESSAGE, text)


def begin(head: bytes) -> bool:
    """Whether a body that begins with `head` may be such a stream: an object is the first that stands in it."""
    return head.removeprefix(BOM).lstrip(b"\r\n").startswith(b"{")

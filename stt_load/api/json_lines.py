"""JSON lines as a stream: one object on each line, with no field in front.

https://jsonlines.org, also known as NDJSON.
"""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.api.places import NO_JSON, json_in
from stt_load.api.sse import BOM, MAX_EVENT_BYTES, MESSAGE, STRAY, Event, NotUtf8, TooLong

KINDS = (
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonl",
    "application/jsonlines",
    "application/x-jsonlines",
    "application/json-lines",
    "application/stream+json",
    "application/json-seq",
)
"""Content types of such streams."""


class NotLines(ValueError):  # noqa: N818
    """The first line is no JSON object by itself, or a very long one: this is one document, or something else
    altogether."""


class Decoder:
    """Takes bytes in pieces, gives a nameless event for each line in them. How the bytes are cut changes nothing.

    Lines may end by CR, too, or have a record separator before them (RFC 7464). Words between them are no
    event, and named `STRAY`. is_sure: that these are lines has been said, so that noise may come first. count: lines
    that were not blank so far.
    """

    __slots__ = ("_is_sure", "_line", "count")

    def __init__(self, is_sure: bool = False) -> None:
        self._is_sure = is_sure
        self._line = bytearray()  # of a line that has not ended yet
        self.count = 0

    def feed(self, part: bytes) -> Iterator[Event]:
        """The lines that `part` ends. To be used up before the next part. Raises NotLines, NotUtf8, TooLong."""
        lines, ended, rest = part.translate(_ENDS).rpartition(b"\n")
        if ended:
            if self._line:
                lines = bytes(self._line) + lines
                self._line.clear()
            for line in lines.split(b"\n"):
                yield from self._take(line)
        self._line += rest
        self._check(self._line)

    def finish(self) -> Event | None:
        """The last line, when it has no end. Raises NotLines, NotUtf8."""
        line = bytes(self._line)
        self._line.clear()
        return next(self._take(line), None)

    def _check(self, line: bytes | bytearray) -> None:
        if len(line) > MAX_EVENT_BYTES:
            raise TooLong(line) if self.count else NotLines

    def _take(self, line: bytes) -> Iterator[Event]:
        self._check(line)
        try:
            text = line.removeprefix(BOM).decode().strip()
        except UnicodeDecodeError as error:
            raise NotUtf8(line, error) from error
        if not text:
            return
        if not self.count:
            is_json = text.startswith("{") and json_in(text) is not NO_JSON
            if not is_json and (text.startswith("{") or not self._is_sure):
                raise NotLines
        self.count += 1
        yield Event(MESSAGE if text.startswith(_SAID) or text == "null" else STRAY, text)


def begin(head: bytes) -> bool:
    """Whether a body that begins with `head` may be such a stream: an object is the first that stands in it."""
    return head.removeprefix(BOM).lstrip(b" \t\r\n\x1e").startswith(b"{")


_ENDS = bytes.maketrans(b"\r\x1e", b"\n\n")
_SAID = ("{", "[", '"', "data:", ":")
"""How lines begin that are an event, one that is wrapped, or a comment."""

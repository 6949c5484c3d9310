"""Server-sent events out of bytes, as they come in.

Standard: WHATWG HTML, sections 9.2.5 and 9.2.6,
https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"
_OPENINGS = (b"data:", b"event:", b"id:", b"retry:", b":")


class Event(NamedTuple):
    """name: "message" unless the server names it. data: its data lines, joined by line feeds."""

    name: str
    data: str


class NotUtf8(ValueError):  # noqa: N818
    """A line that is not UTF-8. cut: its last character lacks bytes, all before it is sound."""

    def __init__(self, line: bytes, error: UnicodeDecodeError) -> None:
        super().__init__("not UTF-8")
        self.line = line
        self.cut = error.reason == "unexpected end of data"


class Decoder:
    """Takes bytes in pieces, gives the events in them. How the bytes are cut changes nothing.

    `id` and `retry` are for clients that connect again, which none of ours does: ignored.
    """

    __slots__ = ("_after_cr", "_begun", "_data", "_line", "_name")

    def __init__(self) -> None:
        self._line = bytearray()  # of a line that has not ended yet
        self._after_cr = False
        self._begun = False
        self._name = ""
        self._data: list[str] = []

    def feed(self, part: bytes) -> Iterator[Event]:
        """The events that `part` ends. To be used up before the next part.

        Raises NotUtf8, after the events before that line; the decoder is of no use from then on.
        """
        if not part:
            return
        if self._after_cr:
            part = part.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in part:
            self._after_cr = part.endswith(b"\r")
            part = part.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = part.split(b"\n")
        rest = lines.pop()
        for line in lines:
            if self._line:
                self._line += line
                line = bytes(self._line)
                self._line.clear()
            event = self._take(line)
            if event is not None:
                yield event
        self._line += rest

    def finish(self) -> Event | None:
        """The event that the stream ends in without a blank line, if there is one.

        The standard drops it. Servers forget that line, though, and their clients don't mind. Raises NotUtf8.
        """
        line = bytes(self._line)
        self._line.clear()
        if line:
            self._take(line)
        return self._dispatch()

    def _take(self, line: bytes) -> Event | None:
        """The event that `line` ends, when it is a blank one."""
        if not self._begun:
            self._begun = True
            line = line.removeprefix(BOM)
        if not line:
            return self._dispatch()
        try:
            field, _, value = line.decode().partition(":")
        except UnicodeDecodeError as error:
            raise NotUtf8(line, error) from error
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif field == "event":
            self._name = value.removeprefix(" ")
        return None

    def _dispatch(self) -> Event | None:
        if not self._data:
            self._name = ""
            return None
        event = Event(self._name or "message", "\n".join(self._data))
        self._name = ""
        self._data = []
        return event


class Opening:
    """Tells from its first line whether a body is an event stream, whatever its Content-Type says."""

    __slots__ = ("head",)

    def __init__(self) -> None:
        self.head = b""
        """What has come in so far, leading blank lines made one."""

    def feed(self, part: bytes) -> bool | None:
        """Whether it is; None while too little of the first line that is not empty is there to say."""
        self.head += part
        line = self.head.removeprefix(BOM).lstrip(b"\r\n")
        if len(line) < len(self.head):
            self.head = b"\n" + line  # not nothing: a byte order mark after a blank line is none
        if line.startswith(_OPENINGS):
            return True
        begun = any(opening.startswith(line) for opening in _OPENINGS) or BOM.startswith(self.head)
        return None if begun else False

"""Server-sent events out of bytes, as they come in.

Standard: WHATWG HTML, sections 9.2.5 and 9.2.6,
https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

BOM = b"\xef\xbb\xbf"
MESSAGE = "message"
"""The name of an event that the server gives none."""
MAX_EVENT_BYTES = 1024 * 1024
"""Of an event's data, and of a line: it is understood in one go, in which all other users stand still."""
STRAY = ""
"""The name that a line is handed on by which is no field, as no event can have it."""
_BLANK = b" \t\r\n\x1e"
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


class TooLong(ValueError):  # noqa: N818
    """An event or a line of more than `MAX_EVENT_BYTES`. line: its beginning."""

    def __init__(self, line: bytes | bytearray) -> None:
        super().__init__(f"an event of more than {MAX_EVENT_BYTES} bytes")
        self.line = bytes(line[:_SHOWN_BYTES])


class Decoder:
    """Takes bytes in pieces, gives the events in them. How the bytes are cut changes nothing.

    `id` and `retry` are for clients that connect again, which none of ours does: ignored. A line of no field is, too,
    says the standard, but it may be a server's last word: it is handed on at once, under the name `STRAY`.
    """

    __slots__ = ("_after_cr", "_begun", "_data", "_line", "_name", "_size")

    def __init__(self) -> None:
        self._line = bytearray()  # of a line that has not ended yet
        self._after_cr = False
        self._begun = False
        self._name = ""
        self._data: list[str] = []
        self._size = 0  # of those, with their line ends

    def feed(self, part: bytes) -> Iterator[Event]:
        """The events that `part` ends. To be used up before the next part.

        Raises NotUtf8, TooLong, after the events before that line; the decoder is of no use from then on.
        """
        if not part:
            return
        if self._after_cr:
            part = part.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in part:
            self._after_cr = part.endswith(b"\r")
            part = part.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines, ended, rest = part.rpartition(b"\n")
        if ended:
            if self._line:
                lines = bytes(self._line) + lines
                self._line.clear()
            if not self._begun:
                self._begun = True
                lines = lines.removeprefix(BOM)
            yield from self._events(lines)
        self._line += rest
        if len(self._line) > MAX_EVENT_BYTES:
            raise TooLong(self._line)

    def finish(self) -> Event | None:
        """The stray line, then the event that the stream ends in without a blank line; None where there is no more.

        The standard drops it. Servers forget that line, though, and their clients don't mind. Raises NotUtf8,
        TooLong.
        """
        line = bytes(self._line)
        self._line.clear()
        if line:
            lines = line if self._begun else line.removeprefix(BOM)
            self._begun = True
            for text in _decoded(lines):
                if not self._take(text):
                    return Event(STRAY, text)
        if self._data:
            return _checked(self._dispatch())
        self._name = ""
        return None

    def _events(self, lines: bytes) -> Iterator[Event]:
        """The events of whole lines. Written for streams of millions of small events: what is usual comes first."""
        data = self._data
        counted = len(data)
        try:
            is_long = len(lines) > MAX_EVENT_BYTES
            texts: Iterable[str] = _decoded(lines) if is_long else lines.decode().split("\n")
        except UnicodeDecodeError:
            texts = _decoded(lines)
        for line in texts:
            if line.startswith("data:"):
                data.append(line[6:] if line.startswith("data: ") else line[5:])
            elif line:
                if not self._take(line):
                    yield Event(STRAY, line)
            elif data:
                event = self._dispatch()
                yield _checked(event) if is_long or counted else event
                counted = 0
            else:
                self._name = ""
        if data:
            self._count(counted)

    def _count(self, counted: int) -> None:
        """Of the lines of the event that goes on, so many have been counted."""
        fresh = sum(len(line.encode()) + 1 for line in self._data[counted:])
        self._size = fresh + (self._size if counted else 0)
        if self._size > MAX_EVENT_BYTES:
            raise TooLong(self._data[0].encode())

    def _take(self, line: str) -> bool:
        """Whether a line that is not empty is a field, a comment, or blank."""
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif field == "event":
            self._name = value.removeprefix(" ")
        elif field not in ("", "id", "retry"):
            return not line.strip()
        return True

    def _dispatch(self) -> Event:
        data = self._data
        event = Event(self._name or MESSAGE, data[0] if len(data) == 1 else "\n".join(data))
        self._name = ""
        data.clear()
        return event


def _checked(event: Event) -> Event:
    """Raises TooLong."""
    if len(event.data) >= MAX_EVENT_BYTES // _UTF8_BYTES:
        data = event.data.encode()
        if len(data) >= MAX_EVENT_BYTES:
            raise TooLong(data)
    return event


def _decoded(lines: bytes) -> Iterator[str]:
    """Line by line. Raises NotUtf8, TooLong at the first one that is."""
    for line in lines.split(b"\n"):
        if len(line) > MAX_EVENT_BYTES:
            raise TooLong(line)
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            raise NotUtf8(line, error) from error


_SHOWN_BYTES = 1_000
_UTF8_BYTES = 4
"""Of a character, at the most."""


class Opening:
    """Tells from its first line whether a body is an event stream, whatever its Content-Type says."""

    __slots__ = ("head",)

    def __init__(self) -> None:
        self.head = b""
        """What has come in so far, blank lines before it made one."""

    def feed(self, part: bytes) -> bool | None:
        """Whether it is; None while too little of the first line that is not empty is there to say."""
        self.head += part
        line = self.head.removeprefix(BOM)
        blank = line[: len(line) - len(line.lstrip(_BLANK))]
        line = line[max(blank.rfind(b"\n"), blank.rfind(b"\r")) + 1 :]
        if not line.strip(_BLANK):
            line = line[:1]
        if len(line) < len(self.head):
            self.head = b"\n" + line  # not nothing: a byte order mark after a blank line is none
        if not line.strip(_BLANK):
            return None
        if line.startswith(_OPENINGS):
            return True
        begun = any(opening.startswith(line) for opening in _OPENINGS) or BOM.startswith(self.head)
        return None if begun else False

"""One answer of HTTP/1.1 or HTTP/1.0 read from the bytes of a connection, as they come (RFC 9112; RFC 9110).

Pure: no sockets, no clock. Both user classes read with this, so the same bytes give the same verdict. What stands in
a header section is decided in `stt_load.client.http_head`; how long the content is, here (RFC 9112, 6.3):

| what comes | |
| --- | --- |
| 1xx before the answer | passed over, at most `MAX_INTERIM` of them; 101 is refused: nobody asked for it |
| 204, 304; 2xx to CONNECT | no content, whatever its headers say |
| Content-Length several times with one value, in lines or with commas | that value (9110, 8.6) |
| Content-Length with several values; empty, a sign, a fraction, hexadecimal, more than 18 digits | refused |
| Content-Length beside Transfer-Encoding | refused (an error by 9112, 6.3) |
| Transfer-Encoding `chunked`, in any case, HTTP/1.0 included | chunks; with HTTP/1.0 the connection ends after it |
| Transfer-Encoding `identity`; an empty member of its list (9110, 5.6.1) | stands for nothing |
| another Transfer-Encoding, `chunked` twice, none at all | refused: no other was asked for |
| none of them | all until the connection is closed |
| the end before the end; a chunked answer without the last empty line included | `Incomplete` |
| bytes behind the end | not read; the connection is of no more use |
"""

from __future__ import annotations

from collections.abc import Callable

from stt_load.client.chunks import EMPTY_LINE, Chunks
from stt_load.client.http_head import MAX_HEAD_BYTES, BadHttp, Head, check_start, excerpt, head_of

__all__ = ["AnswerReader", "BadHttp", "Head", "Incomplete"]

MAX_INTERIM = 16
MAX_LENGTH_DIGITS = 18


class Incomplete(BadHttp):
    """The connection was closed before the answer was whole. begun: whether anything of the final one had come."""

    def __init__(self, begun: bool) -> None:
        super().__init__("the connection was closed before the answer was whole")
        self.begun = begun


class AnswerReader:
    """Reads one answer to a request of `method`.

    head: of the final answer, None until its header section is whole. done: the answer is whole, its trailers
    included. interim: how many interim answers were passed over. After `BadHttp` it is of no more use.
    """

    __slots__ = (
        "_bytes_behind",
        "_chunks",
        "_content",
        "_keeps_alive",
        "_left",
        "_method",
        "_pending",
        "_read",
        "_searched",
        "done",
        "head",
        "interim",
    )

    def __init__(self, method: str = "POST") -> None:
        self.head: Head | None = None
        self.done = False
        self.interim = 0
        self._method = method
        self._read: Callable[[bytes], bytes] = self._read_head
        self._pending = bytearray()
        self._searched = 0
        self._content: list[bytes] = []
        self._left = 0
        self._keeps_alive = False
        self._bytes_behind = False

    @property
    def reusable(self) -> bool:
        """Whether another request may follow on the connection; only to be asked once the answer is `done`."""
        return self.done and self._keeps_alive and not self._bytes_behind

    def feed(self, data: bytes) -> None:
        """Takes in the next bytes of the peer. Raises `BadHttp`."""
        while data:
            if self.done:
                self._bytes_behind = True
                return
            data = self._read(data)

    def end(self) -> None:
        """The peer sends no more. Raises `Incomplete` where that is too early."""
        self._keeps_alive = False
        if self.done:
            return
        if self._read != self._read_until_end:
            raise Incomplete(self.head is not None or bool(self._pending.strip(b"\r\n")))
        self.done = True

    def take(self) -> bytes:
        """The content that came since the last take: transfer coding undone, content coding not."""
        content = self._content
        if not content:
            return b""
        self._content = []
        return content[0] if len(content) == 1 else b"".join(content)

    def _read_head(self, data: bytes) -> bytes:
        """All `_read` functions take what is theirs and return what follows it; bytes that say nothing yet wait in
        `_pending`."""
        pending = self._pending
        if pending:
            pending += data
            found = EMPTY_LINE.search(pending, max(0, self._searched - 2))
        else:
            found = EMPTY_LINE.search(data)
        if found is None:
            if not pending:
                pending += data
            self._searched = len(pending)
            check_start(pending)
            if len(pending) > MAX_HEAD_BYTES:
                raise BadHttp(f"the header section has more than {MAX_HEAD_BYTES} bytes")
            return b""
        if pending:
            data = bytes(pending)
            pending.clear()
        self._take_head(head_of(data[: found.end()]))
        return data[found.end() :]

    def _take_head(self, head: Head) -> None:
        if head.status >= 200:
            self._frame(head)
            self.head = head
            return
        if head.status == 101:
            raise BadHttp("status 101: the peer changes to another protocol, which was not asked for")
        self.interim += 1
        if self.interim > MAX_INTERIM:
            raise BadHttp(f"more than {MAX_INTERIM} interim answers (1xx) before the answer")

    def _frame(self, head: Head) -> None:
        """How long the content is, and whether the connection goes on after it."""
        length, coding = head.header("content-length"), head.header("transfer-encoding")
        if self._method == "CONNECT" and 200 <= head.status < 300:
            self.done = self._keeps_alive = True  # what follows is a tunnel
            return
        self._keeps_alive = _keeps_alive(head)
        if head.status in (204, 304):
            self.done = True
            self._keeps_alive = self._keeps_alive and coding is None and length in (None, "0")
            return
        if length is not None and coding is not None:
            raise BadHttp("both Content-Length and Transfer-Encoding: where the answer ends is not clear")
        if length is not None:
            self._left = _length(length)
            self.done = self._left == 0
            self._read = self._read_counted
        elif coding is not None and _is_chunked(coding):
            self._keeps_alive = self._keeps_alive and head.minor > 0
            self._chunks = Chunks()
            self._read = self._read_chunks
        else:
            self._keeps_alive = False
            self._read = self._read_until_end

    def _read_until_end(self, data: bytes) -> bytes:
        self._content.append(data)
        return b""

    def _read_counted(self, data: bytes) -> bytes:
        if len(data) > self._left:
            data, behind = data[: self._left], data[self._left :]
        else:
            behind = b""
        self._left -= len(data)
        self._content.append(data)
        self.done = self._left == 0
        return behind

    def _read_chunks(self, data: bytes) -> bytes:
        behind = self._chunks.feed(data, self._content)
        self.done = self._chunks.done
        return behind


def _keeps_alive(head: Head) -> bool:
    """RFC 9112, 9.3."""
    told = head.header("connection")
    if told is None:
        return head.minor > 0
    options = {option.strip(" \t").lower() for option in told.split(",")}
    return "close" not in options and (head.minor > 0 or "keep-alive" in options)


def _is_chunked(coding: str) -> bool:
    """coding: the Transfer-Encoding. False where it stands for nothing. Raises `BadHttp` for any other one."""
    named = [name for name in (name.strip(" \t").lower() for name in coding.split(",")) if name]
    codings = [name for name in named if name != "identity"]
    if not named or codings not in ([], ["chunked"]):
        raise BadHttp(f"Transfer-Encoding {excerpt(coding.encode('latin-1'))} is none that was asked for")
    return bool(codings)


def _length(told: str) -> int:
    """told: the Content-Length, of all lines. Raises `BadHttp`."""
    if told.isascii() and told.isdigit() and len(told) <= MAX_LENGTH_DIGITS:
        return int(told)
    shown = excerpt(told.encode("latin-1"))
    lengths = set()
    for value in told.split(","):
        digits = value.strip(" \t")
        if not (digits.isascii() and digits.isdigit()):
            raise BadHttp(f"Content-Length {shown} is no number of bytes")
        digits = digits.lstrip("0")
        if len(digits) > MAX_LENGTH_DIGITS:
            raise BadHttp(f"Content-Length {shown} has more than {MAX_LENGTH_DIGITS} digits")
        lengths.add(int(digits or "0"))
    if len(lengths) > 1:
        raise BadHttp(f"Content-Length {shown}: which of them counts is not clear")
    return lengths.pop()

"""The chunked transfer coding undone as it comes (RFC 9112, 7.1).

| what comes | |
| --- | --- |
| blanks behind a size; extensions; lines that end with LF only | taken |
| a size that is empty, signed, no hexadecimal number or has more than 16 digits | refused |
| a chunk that does not end where its size says, or with another kind of line end than its size line | refused |
| trailers | lines as in a header section, and not kept |
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stt_load.client.http_head import BadHttp, check_trailers, excerpt

MAX_TRAILER_BYTES = 16 * 1024
MAX_EXTENSION_BYTES = 16 * 1024
"""Of all chunks of an answer, with the blanks before them."""
MAX_SIZE_DIGITS = 16

EMPTY_LINE = re.compile(rb"\n\r?\n")
_SIZE = rb"([0-9A-Fa-f]{1,16}+)([ \t]++(?:;[^\r\n\0]*+)?|;[^\r\n\0]*+)?\r?\n"
_FIRST_SIZE = re.compile(_SIZE).match
_SIZE_AFTER_CRLF = re.compile(rb"\r\n" + _SIZE).match
_SIZE_AFTER_LF = re.compile(rb"\n" + _SIZE).match
"""A chunk's content ends as its size line does: of one that is a byte too short, the CR would be taken for content,
and the LF for the end."""
_ENDS = {_SIZE_AFTER_CRLF: b"\r\n", _SIZE_AFTER_LF: b"\n"}
_CR = b"\r"[0]
_SIZE_BEGUN = re.compile(rb"[0-9A-Fa-f]{1,16}(?:[ \t;]|\r?\Z)|\Z").match

MAX_SMALL = 15
_ALIKE = [re.compile(rb"(?:(?s:.{%d})\r\n%x\r\n)++" % (size, size)).match for size in range(MAX_SMALL + 1)]
"""Contents of chunks of one size, each with the next one's size behind it."""


class Chunks:
    """The chunks and trailers of one answer. done: all have come."""

    __slots__ = ("_extension_bytes", "_left", "_match_size", "_pending", "_read", "done")

    def __init__(self) -> None:
        self.done = False
        self._read: Callable[[bytes, list[bytes]], bytes] = self._sized
        self._pending = b""
        self._left = 0
        self._match_size = _FIRST_SIZE
        self._extension_bytes = 0

    def feed(self, data: bytes, content: list[bytes]) -> bytes:
        """Takes in `data`, appends what it holds to `content` and returns what follows the end. Raises `BadHttp`."""
        while data and not self.done:
            data = self._read(data, content)
        return data

    def _sized(self, data: bytes, content: list[bytes]) -> bytes:
        """As many chunks as there are in one go: small ones cost little more than their bytes."""
        if self._pending and b"\n" not in data:  # not looked through again and again as it grows byte by byte
            self._wait_for_size(self._waited_for(data))
            return b""
        parts: list[bytes] = []
        try:
            return self._split(self._waited_for(data), parts)
        finally:  # what came before a flaw is content, however the bytes are cut
            if parts:
                content.append(b"".join(parts))

    def _split(self, data: bytes, parts: list[bytes]) -> bytes:
        """Appends the content of the chunks in `data` to `parts`, returns what follows the last one of all."""
        position, left, match, last = 0, self._left, self._match_size, 0
        while True:
            if left:
                is_alike = left == last and left <= MAX_SMALL and match is _SIZE_AFTER_CRLF
                if is_alike and (alike := _ALIKE[left](data, position)):
                    parts.append(_contents(alike[0], left))
                    position = alike.end()
                last = left
                part = data[position : position + left]
                parts.append(part)
                position += len(part)
                left -= len(part)
                if left:
                    break
            found = match(data, position)
            if found is None:
                self._wait_for_size(data[position:])
                break
            if found.lastindex == 2:
                self._count_extension(len(found[2]))
            position, left = found.end(), int(found[1], 16)
            match = self._match_size = _SIZE_AFTER_CRLF if data[position - 2] == _CR else _SIZE_AFTER_LF
            if not left:
                self._read = self._trailers
                break
        self._left = left
        return data[position:] if self._read == self._trailers else b""

    def _wait_for_size(self, rest: bytes) -> None:
        """rest: what stands behind a chunk's content and is no whole line with a size yet."""
        end = _ENDS.get(self._match_size, b"")
        if not (rest.startswith(end) or end.startswith(rest)):
            raise BadHttp(f"a chunk does not end where its size says, but goes on with {excerpt(rest)}")
        line = rest[len(end) :]
        if b"\n" in line or not _SIZE_BEGUN(line):
            shown = excerpt(line.partition(b"\n")[0])
            raise BadHttp(f"no size of a chunk: {shown}")
        if len(line) > MAX_SIZE_DIGITS + len(b"\r"):
            self._count_extension(len(line) - MAX_SIZE_DIGITS - len(b"\r"), passed=False)
        self._pending = rest

    def _count_extension(self, size: int, passed: bool = True) -> None:
        """size: in bytes. passed: it is whole."""
        if self._extension_bytes + size > MAX_EXTENSION_BYTES:
            raise BadHttp(f"the extensions of the chunks have more than {MAX_EXTENSION_BYTES} bytes")
        if passed:
            self._extension_bytes += size

    def _trailers(self, data: bytes, _: list[bytes]) -> bytes:
        """The lines behind the last chunk, and the empty one that ends them."""
        data = self._waited_for(data)
        for nothing in (b"\r\n", b"\n"):
            if data.startswith(nothing):
                self.done = True
                return data[len(nothing) :]
        found = EMPTY_LINE.search(data)
        if (found.end() if found else len(data)) > MAX_TRAILER_BYTES:
            raise BadHttp(f"the trailers have more than {MAX_TRAILER_BYTES} bytes")
        if found is None:
            self._pending = data
            return b""
        check_trailers(data[: found.start() + 1])
        self.done = True
        return data[found.end() :]

    def _waited_for(self, data: bytes) -> bytes:
        """`data` behind what could not be read without it."""
        if self._pending:
            data, self._pending = self._pending + data, b""
        return data


def _contents(chunks: bytes, size: int) -> bytes:
    """What is in chunks of one size, each with the next one's size behind it: a slice for each of the `size` columns
    is a tenth of the work of one for each chunk."""
    width = size + len(b"\r\n1\r\n")
    contents = bytearray(len(chunks) // width * size)
    for column in range(size):
        contents[column::size] = chunks[column::width]
    return bytes(contents)

"""Content codings undone as the bytes come, for a server that compresses though it was asked not to.

| what comes (RFC 9110, 8.4) | |
| --- | --- |
| names in any case; `x-gzip` | taken |
| `identity`; an empty list | stands for nothing |
| several codings | undone from the last to the first, at most `MAX_CODINGS`, as curl and urllib3 do |
| `gzip` in several members (RFC 1952, 2.2) | one text |
| `deflate` with the header of zlib (RFC 1950), or without as some send it (RFC 1951) | taken |
| what stands behind the end and is no gzip member | passed over, as browsers do |
| another coding | refused: it was not asked for |
| an end before the end | refused; no content at all is none |
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

MAX_CODINGS = 5
WORK_BYTES = 16_384
"""What is undone at a time: it may come to a thousand times as much."""
EXCERPT_CHARACTERS = 60

_NAMES = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}
_GZIP_MAGIC = b"\x1f\x8b"
_DETECTED = zlib.MAX_WBITS | 32


class Decoder:
    """Undoes one Content-Encoding. limit: bytes that may come out of it, all in all.

    Raises `ValueError` for an unknown coding, and its methods for broken data and for more than `limit` bytes.
    """

    def __init__(self, coding: str | None, limit: int) -> None:
        self._layers = [_Layer(name, limit) for name in reversed(_codings(coding))] if coding else []

    def feed(self, part: bytes) -> Iterator[bytes]:
        """What `part` comes to, as far as it can be told yet, in pieces that are little work each. To be used up."""
        parts: Iterable[bytes] = (part,)
        for layer in self._layers:
            parts = _undone(parts, layer)
        return iter(parts)

    def finish(self) -> None:
        """There will be no more."""
        for layer in self._layers:
            layer.finish()


class _Layer:
    """Undoes one coding, `gzip` or `deflate`."""

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = coding
        self._left = limit
        self._inflater = zlib.decompressobj(_DETECTED)
        self._waiting = b""
        self._has_begun = self._is_over = False

    def feed(self, part: bytes) -> bytes:
        plain = []
        while part and not self._is_over:
            if self._inflater.eof or not self._has_begun:
                part = self._begin(part)
            if part:
                plain.append(self._inflate(part))
                part = self._inflater.unused_data
        return b"".join(plain)

    def finish(self) -> None:
        if self._has_begun and not self._inflater.eof:
            raise ValueError(f"broken {self._coding} data: it ends before its end")

    def _begin(self, part: bytes) -> bytes:
        """At the beginning of the content or behind the end of a gzip member. Returns what is to be inflated."""
        if not self._has_begun:
            self._has_begun = True
            if self._coding == "deflate":
                # Of zlib's header the lower half says 8, which no block of deflate begins with.
                self._inflater = zlib.decompressobj(zlib.MAX_WBITS if part[0] & 0x0F == 8 else -zlib.MAX_WBITS)
            return part
        part, self._waiting = self._waiting + part, b""
        if self._coding == "gzip" and part.startswith(_GZIP_MAGIC):
            self._inflater = zlib.decompressobj(_DETECTED)
            return part
        if self._coding == "gzip" and part == _GZIP_MAGIC[:1]:
            self._waiting = part
        else:
            self._is_over = True
        return b""

    def _inflate(self, part: bytes) -> bytes:
        try:
            plain = self._inflater.decompress(part, self._left + 1)
        except zlib.error as error:
            raise ValueError(f"broken {self._coding} data") from error
        self._left -= len(plain)
        if self._left < 0:
            raise ValueError(f"{self._coding} data that grows beyond the limit for an answer")
        return plain


def _undone(parts: Iterable[bytes], layer: _Layer) -> Iterator[bytes]:
    for part in parts:
        for begin in range(0, len(part), WORK_BYTES):
            yield layer.feed(part[begin : begin + WORK_BYTES])


def _codings(told: str) -> list[str]:
    """In the order in which they were applied. Raises `ValueError` for what can't be undone."""
    names = [name for name in (name.strip(" \t").lower() for name in told.split(",")) if name not in ("", "identity")]
    shown = repr(told[:EXCERPT_CHARACTERS])
    if len(names) > MAX_CODINGS:
        raise ValueError(f"content coding {shown}: more than {MAX_CODINGS}")
    if not all(name in _NAMES for name in names):
        raise ValueError(f"content coding {shown} was not asked for")
    return [_NAMES[name] for name in names]

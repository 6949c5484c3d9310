"""Content codings undone as the bytes come, for a server that compresses though it was asked not to."""

from __future__ import annotations

import zlib

_WINDOW = {"gzip": zlib.MAX_WBITS | 32, "deflate": zlib.MAX_WBITS}


class Decoder:
    """Undoes one Content-Encoding (RFC 9110, section 8.4). limit: bytes that may come out of it, all in all.

    Raises `ValueError` for an unknown coding, and its methods for broken data and for more than `limit` bytes.
    """

    def __init__(self, coding: str | None, limit: int) -> None:
        if coding and coding != "identity" and coding not in _WINDOW:
            raise ValueError(f"content coding {coding!r} was not asked for")
        self._coding = coding
        self._left = limit
        self._has_begun = False
        self._inflater = zlib.decompressobj(wbits=_WINDOW[coding]) if coding in _WINDOW else None

    def feed(self, part: bytes) -> bytes:
        """What `part` comes to, as far as it can be told yet."""
        if self._inflater is None:
            return part
        self._has_begun = True
        try:
            plain = self._inflater.decompress(part, self._left + 1)
        except zlib.error as error:
            raise ValueError(f"broken {self._coding} data") from error
        self._left -= len(plain)
        if self._left < 0:
            raise ValueError(f"{self._coding} data that grows beyond the limit for an answer")
        return plain

    def finish(self) -> None:
        """There will be no more."""
        if self._inflater is not None and self._has_begun and not self._inflater.eof:
            raise ValueError(f"broken {self._coding} data")

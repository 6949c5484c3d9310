"""Files of sound that end before their time, where whoever decodes them does not notice."""

from __future__ import annotations

import os
from typing import IO, Final

TAIL: Final = 1 << 17
"""Bytes: the last page of an Ogg file, of 65,307 at most (RFC 3533, 6), begins in so many, with room for what
programs put behind it."""
_LAST_PAGE: Final = 0x04
_UNTOLD: Final = {0, 0xFFFF_FFFF, 0x7FFF_FFFF, 0xFFFF_F000, 0x7FFF_F000}
"""Sizes that programs write who don't know yet how much will come: a stream's."""


def fault(file: IO[bytes]) -> str | None:
    """What is wrong with the end of an open file; reads on from its name. None where nothing is, or where it is of a
    kind that says so itself when it is decoded."""
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    head = file.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        return _of_wav(file, size)
    if head[:4] == b"OggS":
        return _of_ogg(file, size)
    return None


def _of_wav(file: IO[bytes], size: int) -> str | None:
    """RIFF: chunks of a name, a size (little-endian) and so many bytes, filled up to an even number (Multimedia
    Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991)."""
    at = 12
    while at + 8 <= size:
        file.seek(at)
        chunk = file.read(8)
        length = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"data":
            if length in _UNTOLD or at + 8 + length <= size:
                return None
            return f"is cut off: it has {size - at - 8:,} bytes of samples, and {length:,} by its header"
        at += 8 + length + length % 2
    return None


def _of_ogg(file: IO[bytes], size: int) -> str | None:
    """The last page is marked (RFC 3533, 6: flag 0x04 of the byte after "OggS" and the version)."""
    file.seek(max(0, size - TAIL))
    tail = file.read()
    last = tail.rfind(b"OggS")
    if last >= 0 and tail[last + 5 : last + 6] and tail[last + 5] & _LAST_PAGE:
        return None
    return "is cut off: its last page is missing"

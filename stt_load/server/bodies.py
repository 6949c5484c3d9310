"""Request bodies as they arrive: of bounded size, time, and number in memory."""

from __future__ import annotations

import asyncio

from aiohttp import web

from stt_load.server.errors import ApiError, overloaded

LONGEST_S = 300.0
"""A body that takes longer is one that somebody lets drip."""
MOST_ARRIVING_BYTES = 2 * 2**30
"""Of all bodies together that are on their way: thousands of clips of a usual length."""
SMALL_BYTES = 4_096


class Bodies:
    """Reads bodies of at most `max_bytes`, and knows how much of them is on its way."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._arriving_bytes = 0

    async def read(self, request: web.Request, max_bytes: int | None = None) -> bytes:
        """The whole body. max_bytes: if it may be less than that of others.

        ApiError 413 when it is larger, 415 when it is compressed, 408 when it drips, 400 when it breaks off, 503 when
        too much is on its way already.
        """
        most = min(self._max_bytes, max_bytes or self._max_bytes)
        too_large = _too_large(most, is_set=most == self._max_bytes)
        coding = request.headers.get("Content-Encoding", "identity")
        if coding.lower() != "identity":
            raise ApiError(415, f"The body is compressed ({coding[:20]!r}); send it as it is.")
        if (request.content_length or 0) > most:
            raise too_large
        parts = _Parts()
        try:
            async with asyncio.timeout(LONGEST_S):
                while chunk := await request.content.readany():
                    self._arriving_bytes += len(chunk)
                    parts.add(chunk)
                    if parts.size > most:
                        raise too_large
                    if self._arriving_bytes > MOST_ARRIVING_BYTES:
                        raise overloaded("Too many request bodies are on their way at once.")
        except TimeoutError:
            raise ApiError(408, f"The body did not come within {LONGEST_S:.0f} s.") from None
        except (ConnectionError, web.RequestPayloadError) as error:
            raise ApiError(400, f"The body broke off: {error}") from error
        finally:
            self._arriving_bytes -= parts.size
        return parts.joined()


def _too_large(most: int, is_set: bool) -> ApiError:
    """is_set: whether that many is what the settings say."""
    key = " (embedded.max_body_bytes; of stt-load serve: --max-body-bytes)" if is_set else ""
    return ApiError(413, f"The body is larger than {most} bytes{key}.", code="request_too_large")


class _Parts:
    """What has arrived, joined once in the end: cheaper than aiohttp's `request.read()`. Small parts are joined as
    they come, since a million of one byte each would take fifty times their size."""

    def __init__(self) -> None:
        self._parts: list[bytes | bytearray] = []
        self.size = 0

    def add(self, part: bytes) -> None:
        self.size += len(part)
        last = self._parts[-1] if self._parts else b""
        if len(part) >= SMALL_BYTES:
            self._parts.append(part)
        elif isinstance(last, bytearray):
            last += part
        else:
            self._parts.append(bytearray(part))

    def joined(self) -> bytes:
        return b"".join(self._parts)

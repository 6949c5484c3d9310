"""What goes back to a client: an answer as a whole or piece by piece, and how it may break off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

Then = Literal["end", "hang", "cut"]
"""After the last byte that is sent: it ends well, nothing more comes, or the connection is closed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a whole. then: what comes after the first `sent` bytes of `body`, None for all of them; a reply
    that hangs before any has no headers either. filler: more of the body, of any length."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    then: Then = "end"
    sent: int | None = None
    filler: Iterable[bytes] = ()

    @property
    def sent_body(self) -> bytes:
        """As much of the body as is sent."""
        return self.body[: self.sent]

    async def send(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": self.content_type, **self.headers}
        if self.then == "end" and not self.filler:
            return web.Response(status=self.status, body=self.body, headers=headers)
        if self.then == "hang" and self.sent == 0:
            await forever()
        response = web.StreamResponse(status=self.status, headers=headers)
        if not self.filler:
            response.content_length = len(self.body)
        try:
            await response.prepare(request)
            await response.write(self.sent_body)
            for part in self.filler:
                await response.write(part)
        except ConnectionError:  # it had enough
            return response
        return await leave(request, response, self.then)


@dataclass(frozen=True, slots=True)
class StreamReply:
    """Events: `opening`, then each of `pieces` at its time, then `closing`."""

    opening: bytes
    pieces: Sequence[bytes]
    closing: bytes
    then: Then = "end"


async def leave(request: web.Request, response: web.StreamResponse, then: Then) -> web.StreamResponse:
    """Ends a response whose last byte has been written."""
    if then == "hang":
        await forever()
    if then == "cut" and request.transport is not None:
        request.transport.close()
    return response


async def forever() -> None:
    """Until the client or the server goes."""
    await asyncio.Event().wait()

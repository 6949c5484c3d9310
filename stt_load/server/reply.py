"""What goes back to a client: an answer as a whole or piece by piece, and how it may break off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from aiohttp import web

from stt_load.server.serving import Service

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


class Stream(Protocol):
    """An answer that comes in pieces while the service lasts."""

    async def send(
        self, request: web.Request, service: Service, gap_s: float, told: Callable[[], None], /
    ) -> web.StreamResponse:
        """gap_s: between two pieces, where they are timed. told: is called once all is known about the service,
        before the end of the stream goes out. ApiError where it goes wrong before there is a stream."""


@dataclass(frozen=True, slots=True)
class StreamReply:
    """Events: `opening`, then each of `pieces` at its time, whatever became of the one before, then `closing`."""

    opening: bytes
    pieces: Sequence[bytes]
    closing: bytes
    then: Then = "end"

    async def send(
        self, request: web.Request, service: Service, gap_s: float, told: Callable[[], None]
    ) -> web.StreamResponse:
        """The first piece is due when the drawn service time is over, the others gap_s after each other; all that
        takes longer in a batch.

        told: is called once all is known about the service, before the end of the stream goes out.
        """
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        truth, now_s, sent = service.truth, asyncio.get_running_loop().time, 0
        start_s, stretch = await service.start(), service.turn.stretch
        try:
            await response.prepare(request)
            sent += await _write(response, self.opening)
            for number, piece in enumerate(self.pieces):
                await asyncio.sleep(max(0.0, start_s + (service.work.service_s + number * gap_s) * stretch - now_s()))
                truth.last_text_s, truth.deltas = now_s(), number + 1
                if number == 0:
                    truth.first_text_s = truth.last_text_s
                sent += await _write(response, piece)
        except ConnectionError:  # the client has gone; the service goes on to its end
            pass
        await service.end()
        truth.answer_bytes = sent + len(self.closing)
        told()
        try:
            await _write(response, self.closing)
        except ConnectionError:
            return response
        return await leave(request, response, self.then)


async def _write(response: web.StreamResponse, data: bytes) -> int:
    """The number of bytes."""
    if data:
        await response.write(data)
    return len(data)


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

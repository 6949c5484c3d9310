"""A stream of events as it goes out: each piece at its time, whatever became of the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from stt_load.server.reply import StreamReply, leave
from stt_load.server.serving import Service


class Broadcast:
    """One stream. Its first piece is due when the drawn service time is over, the others gap_s after each other."""

    def __init__(self, reply: StreamReply, service: Service, gap_s: float) -> None:
        self._reply = reply
        self._service = service
        self._gap_s = gap_s
        self._sent = 0

    async def play(self, request: web.Request, told: Callable[[], None]) -> web.StreamResponse:
        """told: is called once all is known about the service, before the end of the stream goes out."""
        reply, service = self._reply, self._service
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        first_s = await service.start() + service.work.service_s
        try:
            await response.prepare(request)
            await self._write(response, reply.opening)
            for number, piece in enumerate(reply.pieces):
                await self._until(first_s + number * self._gap_s)
                self._note_piece()
                await self._write(response, piece)
        except ConnectionError:  # the client has gone; the service goes on to its end
            pass
        await service.end()
        service.truth.answer_bytes = self._sent + len(reply.closing)
        told()
        try:
            await self._write(response, reply.closing)
        except ConnectionError:
            return response
        return await leave(request, response, reply.then)

    async def _until(self, due_s: float) -> None:
        await asyncio.sleep(max(0.0, due_s - asyncio.get_running_loop().time()))

    def _note_piece(self) -> None:
        now_s = asyncio.get_running_loop().time()
        truth = self._service.truth
        truth.first_text_s = now_s if truth.first_text_s is None else truth.first_text_s
        truth.last_text_s = now_s
        truth.deltas = (truth.deltas or 0) + 1

    async def _write(self, response: web.StreamResponse, data: bytes) -> None:
        if data:
            await response.write(data)
            self._sent += len(data)

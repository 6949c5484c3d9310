"""One request that an engine works at: its transcript grows until the service is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice

from aiohttp import web

from stt_load.server.dialects import Dialect
from stt_load.server.engine import Heard
from stt_load.server.errors import ApiError
from stt_load.server.serving import Service
from stt_load.server.transcript import Extras, Segment, Transcript


@dataclass(slots=True, eq=False)
class Recognition(Service):
    """A service whose transcript is empty at first. error: why there is none. To be used in the loop alone."""

    error: ApiError | None = None
    _over: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def reads(self, heard: Heard) -> None:
        """The audio has been read: its length is known, and maybe its language."""
        self.transcript = replace(self.transcript, language=heard.language, duration_s=heard.duration_s)
        self.truth.audio_s = heard.duration_s
        self._news.set()

    def hears(self, segment: Segment) -> None:
        """One more segment."""
        self.transcript = replace(self.transcript, segments=(*self.transcript.segments, segment))
        self._news.set()

    def ends(self, error: ApiError | None) -> None:
        """Nothing more comes."""
        self.error, self._over = error, True
        self._news.set()

    async def growing(self) -> AsyncIterator[Transcript]:
        """The transcript as it is when the audio has been read, and whenever more has been heard; ApiError where it
        went wrong. For one who asks."""
        while True:
            await self._news.wait()
            self._news.clear()
            if self.error:
                raise self.error
            yield self.transcript
            if self._over:
                return

    async def end(self) -> None:
        """Waits for the end of the service; ApiError where it went wrong."""
        await Service.end(self)
        if self.error:
            raise self.error


@dataclass(frozen=True, slots=True)
class RecognitionStream:
    """The answer as events in `dialect`, a segment's as soon as it has been heard."""

    recognition: Recognition
    dialect: Dialect
    extras: Extras

    async def send(
        self, request: web.Request, _service: Service, _gap_s: float, told: Callable[[], None]
    ) -> web.StreamResponse:
        """told: is called once all is known about the service, before the end of the stream goes out.

        ApiError where it goes wrong before there is a stream; a stream in which it does breaks off.
        """
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        truth = self.recognition.truth
        truth.answer_bytes = 0
        # A client that has gone: the service goes on to its end. A fault: the end has it, too.
        with suppress(ConnectionError, ApiError):
            await self._send_pieces(request, response)
        try:
            await self.recognition.end()
            closing = self.dialect.closing(self.recognition.transcript, self.extras)
        except ApiError:
            if truth.status is None:
                raise
            closing, truth.cut = b"", True
        truth.answer_bytes += len(closing)
        told()
        await self._close(request, response, closing)
        return response

    async def _send_pieces(self, request: web.Request, response: web.StreamResponse) -> None:
        truth, now_s, sent = self.recognition.truth, asyncio.get_running_loop().time, 0
        async for transcript in self.recognition.growing():
            if truth.status is None:
                truth.status = 200
                await response.prepare(request)
                await self._write(response, self.dialect.opening(self.extras))
            for text in islice(self.dialect.pieces(transcript), sent, None):
                sent += 1
                truth.last_text_s, truth.deltas = now_s(), sent
                truth.first_text_s = truth.first_text_s or truth.last_text_s
                await self._write(response, self.dialect.piece(text))

    async def _write(self, response: web.StreamResponse, data: bytes) -> None:
        if data:
            self.recognition.truth.answer_bytes = (self.recognition.truth.answer_bytes or 0) + len(data)
            await response.write(data)

    async def _close(self, request: web.Request, response: web.StreamResponse, closing: bytes) -> None:
        if self.recognition.truth.cut and request.transport is not None:
            request.transport.close()
        elif closing and response.prepared:
            with suppress(ConnectionError):
                await response.write(closing)

"""The way of one audio request through the server: received, checked, queued, served, answered."""

from __future__ import annotations

import asyncio
import itertools
import math
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from hashlib import blake2b

from aiohttp import web

from stt_load.server import misbehaviour
from stt_load.server.batches import Batches
from stt_load.server.bodies import Bodies
from stt_load.server.dialects import DIALECTS
from stt_load.server.errors import ApiError, overloaded
from stt_load.server.formats import render
from stt_load.server.hearing import Hearing
from stt_load.server.metrics import Metrics
from stt_load.server.question import Parse, Question, Upload, clip_of
from stt_load.server.reply import Reply, Stream, StreamReply
from stt_load.server.serving import Service
from stt_load.server.settings import ServerSettings
from stt_load.server.slots import Slots, Turn
from stt_load.server.transcript import MODEL, Transcript
from stt_load.server.truth import Truth, TruthSink
from stt_load.server.vendors import vendor_of
from stt_load.server.wav import Clip
from stt_load.server.workload import Workload


class SpeechService:
    """Answers audio requests as `settings` say, and tells `sink` the truth about each of them.

    To be made inside the event loop that serves it. `api_key`: what clients must present, None for no key.
    """

    model = MODEL
    """As /v1/models has it."""

    def __init__(self, settings: ServerSettings, api_key: str | None, sink: TruthSink | None) -> None:
        self._settings = settings
        self._api_key = api_key
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._slots: Slots | Batches = (
            Batches(self._loop, settings.slots, settings.batch_growth, settings.queue_limit)
            if settings.model == "batch"
            else Slots(self._loop, settings.slots, settings.queue_limit)
        )
        self._workload = Workload(settings)
        self._metrics = Metrics()
        self._ids = itertools.count()
        self._bodies = Bodies(settings.max_body_bytes)
        self._hearing = Hearing(settings, hashes=sink is not None)
        self._ending: set[asyncio.Task[None]] = set()

    def metrics_page(self) -> str:
        """The Prometheus text of this moment."""
        return self._metrics.render(self._slots.busy + self._slots.waiting, self._slots.waiting)

    async def close(self) -> None:
        """To be called when nothing more comes in."""
        self._hearing.close()

    def check_key(self, request: web.Request) -> None:
        """ApiError 401 unless the request carries the API key where its path has it, or none is asked for."""
        if self._api_key is not None and not vendor_of(request.path).knows(request.headers, self._api_key):
            raise ApiError(401, "The API key is missing or wrong.", code="invalid_api_key")

    async def answer(self, request: web.Request, task: str, parse: Parse) -> web.StreamResponse:
        """The answer, whatever it is. Its truth is told first: a client that has the answer finds it in the log."""
        try:
            received: bytes | ApiError = await self.receive(request)
        except ApiError as error:
            received = error
        truth = self.new_truth(request)
        tell = cache(partial(self.tell, truth))  # once, whoever does it
        try:
            if isinstance(received, ApiError):
                raise received
            truth.body_bytes = len(received)
            upload, question = parse(request.headers.get("Content-Type", ""), received, request.query)
            service = self.begin(upload, question, task, truth)
            del received, upload
            if service.streams:
                await service.heard()
                stream = self._stream(question, service)
                return await stream.send(request, service, self._settings.delta_gap_s, tell)
            reply = await self._whole(question, service, request.path)
        except ApiError as error:
            reply = Reply(vendor_of(request.path).body(error), status=error.status, headers=error.headers)
        except BaseException:
            tell()
            raise
        truth.status, truth.answer_bytes = reply.status, len(reply.sent_body)
        tell()
        return await reply.send(request)

    async def receive(self, request: web.Request, max_bytes: int | None = None) -> bytes:
        """The body of a request with the right key; ApiError where it was not read to its end. max_bytes: if it may
        not be as large as a clip."""
        self.check_key(request)
        return await self._bodies.read(request, max_bytes)

    def new_truth(self, request: web.Request) -> Truth:
        """Of a request that has just arrived."""
        peer = request.transport.get_extra_info("peername") if request.transport else None
        client = f"{peer[0]}:{peer[1]}" if peer else None
        return Truth(next(self._ids), arrival_s=self._loop.time(), client=client)

    def begin(self, upload: Upload, question: Question, task: str, truth: Truth) -> Service:
        """A service of what is asked, on its way through the queue; ApiError 400 where there is no clip, 503 where
        the queue is full."""
        settings = self._settings
        clip = clip_of(upload)
        truth.audio_s = clip.duration_s
        if self._sink and isinstance(clip, Clip):
            truth.audio_hash = blake2b(clip.pcm, digest_size=8).hexdigest()
        if self._slots.full:
            retry_after_s = max(1, math.ceil(self._workload.nominal_s(clip.duration_s)))
            raise overloaded("All slots are busy and the queue is full.", retry_after_s)
        work = self._workload.draw(clip.duration_s)
        truth.cold, truth.cut, truth.misbehaviour = work.cold, work.cut, work.misbehaviour
        language = "english" if task == "translate" else question.language or "english"
        transcript = Transcript((), task, language, clip.duration_s)
        comes_so_far = not work.fails and work.misbehaviour not in misbehaviour.WHOLE_ONLY
        streams = question.stream and comes_so_far and settings.stream_dialect != "none"
        turn = Turn(truth.arrival_s, None if streams else work.service_s)
        service = Service(transcript, work, streams, truth, turn)
        self._hearing.listen(clip, service, in_flight=self._slots.busy + self._slots.waiting + 1)
        self._slots.submit(turn)
        if streams:
            ending = self._loop.create_task(self._end_of_stream(service))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        return service

    async def _end_of_stream(self, service: Service) -> None:
        """Sees to the end of its turn: it lasts for as many pieces as its text has."""
        with suppress(ApiError):
            await service.heard()
        pieces = len(list(DIALECTS[self._settings.stream_dialect].pieces(service.transcript)))
        start_s = await service.start()
        service_s = (service.work.service_s + max(0, pieces - 1) * self._settings.delta_gap_s) * service.turn.stretch
        self._loop.call_at(start_s + service_s, self._slots.end, service.turn)

    async def _whole(self, question: Question, service: Service, path: str, /) -> Reply:
        """After the service; ApiError 500 after one that fails."""
        # The answer is made while the clock of the service runs, so that making it takes no time of its own.
        await service.heard()
        body, content_type = render(service.transcript, question.response_format, question.extras)
        await service.end()
        reply = Reply(body, content_type)
        if service.work.cut:
            return replace(reply, sent=len(body) // 2, then="cut")
        kind = service.work.misbehaviour
        return reply if kind is None else misbehaviour.whole(kind, reply, path)

    def _stream(self, question: Question, service: Service) -> Stream:
        """Headers when the service starts, the pieces in it, the rest when it ends."""
        dialect = DIALECTS[self._settings.stream_dialect]
        pieces = [dialect.piece(text) for text in dialect.pieces(service.transcript)]
        reply = StreamReply(
            dialect.opening(question.extras), pieces, dialect.closing(service.transcript, question.extras)
        )
        service.truth.status = 200
        if service.work.cut:
            return replace(reply, pieces=pieces[: len(pieces) // 2], closing=b"", then="cut")
        kind = service.work.misbehaviour
        return reply if kind is None else misbehaviour.stream(kind, reply, dialect)

    def tell(self, truth: Truth) -> None:
        """All is known about it."""
        if truth.status is not None:
            self._metrics.answered(truth.status)
        if truth.start_s is not None and truth.end_s is not None:
            self._metrics.served(truth.end_s - truth.start_s)
        if self._sink:
            self._sink(truth)

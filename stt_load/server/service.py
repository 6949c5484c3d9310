"""The way of one audio request through the server: received, checked, queued, served, answered."""

from __future__ import annotations

import asyncio
import hmac
import itertools
import math
from collections.abc import Callable
from functools import partial
from hashlib import blake2b

from aiohttp import web

from stt_load.server.errors import ApiError
from stt_load.server.metrics import Metrics
from stt_load.server.question import Parse, Question, audio_file_form, bare_audio, openai_form, read_body
from stt_load.server.settings import ServerSettings
from stt_load.server.slots import Job, Slots
from stt_load.server.transcript import Transcript, hear, render
from stt_load.server.truth import Truth, TruthSink
from stt_load.server.workload import Workload


class SpeechService:
    """Answers audio requests as `settings` say, and tells `sink` the truth about each of them.

    To be made inside the event loop that serves it. `api_key`: what clients must present, None for no key.
    """

    def __init__(self, settings: ServerSettings, api_key: str | None, sink: TruthSink | None) -> None:
        self._max_body_bytes = settings.max_body_bytes
        self._authorization = None if api_key is None else f"Bearer {api_key}".encode()
        self._sink = sink
        self._loop = asyncio.get_running_loop()
        self._slots = Slots(self._loop, settings.slots, settings.queue_limit)
        self._workload = Workload(settings)
        self._metrics = Metrics()
        self._ids = itertools.count()

    async def transcribe(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, "transcribe", openai_form)

    async def translate(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, "translate", openai_form)

    async def listen(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, "transcribe", bare_audio)

    async def asr(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, "transcribe", audio_file_form)

    def metrics_page(self) -> str:
        """The Prometheus text of this moment."""
        return self._metrics.render(self._slots.busy + self._slots.waiting, self._slots.waiting)

    def check_key(self, request: web.Request) -> None:
        """ApiError 401 unless the request carries the API key, or none is asked for."""
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if self._authorization is not None and not hmac.compare_digest(given, self._authorization):
            raise ApiError(401, "The API key is missing or wrong.", code="invalid_api_key")

    async def _answer(self, request: web.Request, task: str, parse: Parse) -> web.StreamResponse:
        """The answer, whatever it is. Its truth is told first: a client that has the answer finds it in the log."""
        received = await self._receive(request)
        truth = Truth(next(self._ids), arrival_s=self._loop.time())
        try:
            ask = partial(parse, request.headers.get("Content-Type", ""))
            answer, body = await self._reply(received, ask, task, truth)
            truth.status, truth.answer_bytes = answer.status, len(body) // 2 if truth.cut else len(body)
        finally:
            self._tell(truth)
        if truth.cut:
            return await _cut_off(request, answer, body)
        return answer

    async def _receive(self, request: web.Request) -> bytes | ApiError:
        """The body, or why it was not read to its end."""
        try:
            self.check_key(request)
            return await read_body(request, self._max_body_bytes)
        except ApiError as error:
            return error

    async def _reply(
        self, received: bytes | ApiError, ask: Callable[[bytes], Question], task: str, truth: Truth
    ) -> tuple[web.Response, bytes]:
        """The answer, and its body."""
        try:
            if isinstance(received, ApiError):
                raise received
            truth.body_bytes = len(received)
            body, body_type = await self._serve(ask(received), task, truth)
            return web.Response(body=body, headers={"Content-Type": body_type}), body
        except ApiError as error:
            return refusal(error), error.body()

    async def _serve(self, question: Question, task: str, truth: Truth) -> tuple[bytes, str]:
        """(body, Content-Type) after the service; ApiError 503 without one, 500 after one that fails."""
        clip = question.clip
        truth.audio_s = clip.duration_s
        if self._sink:
            truth.audio_hash = blake2b(clip.pcm, digest_size=8).hexdigest()
        if self._slots.full:
            headers = {"Retry-After": str(max(1, math.ceil(self._workload.nominal_s(clip.duration_s))))}
            raise ApiError(503, "All slots are busy and the queue is full.", code="overloaded", headers=headers)
        work = self._workload.draw(clip.duration_s)
        truth.cold, truth.cut = work.cold, work.cut
        ended = asyncio.Event()
        job = Job(truth.arrival_s, work.service_s, ended.set)
        self._slots.submit(job)
        # The answer is made while the clock of the service runs, so that making it takes no time of its own.
        language = "english" if task == "translate" else question.language or "english"
        answer = render(Transcript(hear(clip), task, language, clip.duration_s), question.response_format)
        try:
            await ended.wait()
        finally:
            truth.slot, truth.start_s, truth.end_s = job.slot, job.start_s, job.end_s
        if work.fails:
            raise ApiError(500, "The service failed, as its error rate asks for.", code="internal_error")
        return answer

    def _tell(self, truth: Truth) -> None:
        if truth.status is not None:
            self._metrics.answered(truth.status)
        if truth.start_s is not None and truth.end_s is not None:
            self._metrics.served(truth.end_s - truth.start_s)
        if self._sink:
            self._sink(truth)


async def _cut_off(request: web.Request, answer: web.Response, body: bytes) -> web.StreamResponse:
    """Sends the headers of `answer` and half of its body, and closes the connection."""
    stump = web.StreamResponse(headers={"Content-Type": answer.headers["Content-Type"]})
    stump.content_length = len(body)
    await stump.prepare(request)
    await stump.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return stump


def refusal(error: ApiError) -> web.Response:
    """The HTTP answer that says what `error` says."""
    return web.Response(
        status=error.status, body=error.body(), headers={"Content-Type": "application/json", **error.headers}
    )

"""Transcription as jobs: made by one request, asked after by others.

/v2/upload, /v2/transcript as AssemblyAI has them (https://www.assemblyai.com/docs/api-reference); /jobs as a plain
batch service may: a form that makes the job, a state with the result in it. Jobs don't misbehave.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from aiohttp import web

from stt_load.server.errors import ApiError, overloaded
from stt_load.server.question import Question, clip_of, plain_form
from stt_load.server.service import SpeechService
from stt_load.server.serving import Service
from stt_load.server.wav import Clip

MOST_UPLOADS = 1_000
MOST_UPLOADED_BYTES = 512 * 2**20
LONGEST_S = 600.0
"""How long an upload is kept that no job asks for."""
MOST_UNFINISHED = 10_000
MOST_OVER = 10_000
MOST_SEGMENTS = 1_000_000
"""Of the transcripts of all jobs together; each takes some 200 bytes."""
MOST_JSON_BYTES = 1_000_000

State = Literal["queued", "running", "done", "failed"]
_ASSEMBLYAI = {"queued": "queued", "running": "processing", "done": "completed", "failed": "error"}
FAILED = "The service failed, as its error rate asks for."


class Uploads:
    """Clips by name that wait for the job that wants them; the oldest go first. clock: seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, bytes]] = {}
        self._bytes = 0

    def keep(self, name: str, body: bytes) -> None:
        """One that is larger than all may be is kept alone."""
        self._kept[name] = (self._clock(), body)
        self._bytes += len(body)
        while len(self._kept) > 1 and self._is_too_much():
            self.take(next(iter(self._kept)))

    def take(self, name: str) -> bytes:
        """The body that is kept as `name`, and is not any more; KeyError where there is none."""
        _, body = self._kept.pop(name)
        self._bytes -= len(body)
        return body

    def _is_too_much(self) -> bool:
        oldest_s, _ = next(iter(self._kept.values()))
        is_old = self._clock() - oldest_s > LONGEST_S
        return is_old or len(self._kept) > MOST_UPLOADS or self._bytes > MOST_UPLOADED_BYTES


@dataclass(slots=True)
class Job:
    """One job: the service it is, and whether that is over."""

    id: str
    service: Service
    over: bool = False

    @property
    def state(self) -> State:
        if self.over:
            return "failed" if self.service.work.fails else "done"
        return "running" if self.service.turn.started.is_set() else "queued"


class Jobs:
    """The job routes around `service`. Uploads wait for their job, jobs that are over for who asks; the oldest go."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        self._uploads = Uploads(asyncio.get_running_loop().time)
        self._jobs: dict[str, Job] = {}
        self._over: deque[Job] = deque()
        self._segments = 0
        self._running: set[asyncio.Task[None]] = set()

    def add_to(self, app: web.Application) -> None:
        """The routes."""
        app.router.add_post("/v2/upload", self.upload)
        app.router.add_post("/v2/transcript", self.submit_uploaded)
        app.router.add_get("/v2/transcript/{id}", self.transcript)
        app.router.add_post("/jobs", self.submit_form)
        app.router.add_get("/jobs/{id}", self.job)

    async def upload(self, request: web.Request) -> web.Response:
        """Keeps the clip until a job asks for it."""
        body = await self._service.receive(request)
        name = uuid4().hex
        self._uploads.keep(name, body)
        return web.json_response({"upload_url": f"{request.url.origin()}/v2/upload/{name}"})

    async def submit_uploaded(self, request: web.Request) -> web.Response:
        body = await self._service.receive(request, MOST_JSON_BYTES)
        try:
            name = json.loads(body)["audio_url"].rpartition("/")[2]
            clip = self._uploads.take(name)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise ApiError(400, "audio_url names no upload.", "audio_url") from None
        job = self._make(request, clip_of(memoryview(clip)), Question(), len(body) + len(clip))
        return web.json_response({"id": job.id, "status": _ASSEMBLYAI[job.state]})

    async def submit_form(self, request: web.Request) -> web.Response:
        body = await self._service.receive(request)
        job = self._make(request, *plain_form(request.headers.get("Content-Type", ""), body), len(body))
        return web.json_response({"id": job.id, "status": job.state}, status=202)

    async def transcript(self, request: web.Request) -> web.Response:
        job = self._asked_for(request)
        values: dict[str, Any] = {"id": job.id, "status": _ASSEMBLYAI[job.state], "text": None, "error": None}
        if job.state == "done":
            transcript = job.service.transcript
            values |= {"text": transcript.text, "audio_duration": round(transcript.duration_s)}
        elif job.state == "failed":
            values["error"] = FAILED
        return web.json_response(values)

    async def job(self, request: web.Request) -> web.Response:
        job = self._asked_for(request)
        values: dict[str, Any] = {"id": job.id, "status": job.state, "result": None, "error": None}
        if job.state == "done":
            transcript, truth = job.service.transcript, job.service.truth
            worked_s = (truth.end_s or 0.0) - (truth.start_s or 0.0)
            result = {"text": transcript.text, "duration": transcript.duration_s, "processing_ms": worked_s * 1_000}
            values["result"] = result
        elif job.state == "failed":
            values["error"] = FAILED
        return web.json_response(values)

    def _make(self, request: web.Request, clip: Clip, question: Question, body_bytes: int) -> Job:
        truth = self._service.new_truth(request)
        truth.body_bytes = body_bytes
        try:
            if len(self._jobs) - len(self._over) >= MOST_UNFINISHED or self._segments > MOST_SEGMENTS:
                raise overloaded("Too many jobs are not over yet.")
            service = self._service.begin(clip, question, "transcribe", truth)
        except ApiError as error:
            truth.status = error.status
            self._service.tell(truth)
            raise
        truth.misbehaviour = None
        job = Job(uuid4().hex, service)
        self._jobs[job.id] = job
        self._segments += len(service.transcript.segments)
        self._forget()
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return job

    async def _run(self, job: Job) -> None:
        """Until its service has ended."""
        truth = job.service.truth
        try:
            await job.service.end()
            truth.status = 200
        except ApiError as error:
            truth.status = error.status
        finally:
            self._service.tell(truth)
        job.over = True
        self._over.append(job)
        self._forget()

    def _forget(self) -> None:
        """Jobs that are over, the first of them first, while there are too many or too much is kept."""
        while self._over and (len(self._over) > MOST_OVER or self._segments > MOST_SEGMENTS):
            job = self._over.popleft()
            del self._jobs[job.id]
            self._segments -= len(job.service.transcript.segments)

    def _asked_for(self, request: web.Request) -> Job:
        self._service.check_key(request)
        job = self._jobs.get(request.match_info["id"])
        if job is None:
            raise ApiError(404, "There is no such job.", code="not_found")
        return job

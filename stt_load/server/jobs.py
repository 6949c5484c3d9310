"""Transcription as jobs: made by one request, asked after by others.

/jobs as a plain batch service may have it: a form that makes the job, a state with the result in it. Jobs don't
misbehave.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

from aiohttp import web

from stt_load.server.errors import ApiError, overloaded
from stt_load.server.question import Question, Upload, plain_form
from stt_load.server.service import SpeechService
from stt_load.server.serving import Service
from stt_load.server.transcript import WORDS_PER_S, WORDS_PER_SEGMENT

MOST_UNFINISHED = 10_000
MOST_OVER = 10_000
MOST_SEGMENTS = 1_000_000
"""Of the transcripts of all jobs together; each takes some 200 bytes."""

State = Literal["queued", "running", "done", "failed"]


@dataclass(slots=True)
class Job:
    """One job: the service it is, whether that is over, and what went wrong. audio: the name of its upload, where it
    had one. segments: of its transcript, as they are counted."""

    id: str
    service: Service
    audio: str = ""
    over: bool = False
    error: ApiError | None = None
    segments: int = 0

    @property
    def state(self) -> State:
        if self.over:
            return "failed" if self.error else "done"
        return "running" if self.service.turn.started.is_set() else "queued"


class Jobs:
    """The jobs of `service`, and the routes of a plain batch service. Those that are over wait for who asks; the
    oldest go."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        self._jobs: dict[str, Job] = {}
        self._over: deque[Job] = deque()
        self._segments = 0
        self._running: set[asyncio.Task[None]] = set()

    def add_to(self, app: web.Application) -> None:
        """The routes."""
        app.router.add_post("/jobs", self.submit_form)
        app.router.add_get("/jobs/{id}", self.job)

    async def submit_form(self, request: web.Request) -> web.Response:
        body = await self._service.receive(request)
        job = self.make(request, *plain_form(request.headers.get("Content-Type", ""), body), len(body))
        return web.json_response({"id": job.id, "status": job.state}, status=202)

    async def job(self, request: web.Request) -> web.Response:
        job = self.asked_for(request)
        values: dict[str, Any] = {"id": job.id, "status": job.state, "result": None, "error": None}
        if job.state == "done":
            transcript, truth = job.service.transcript, job.service.truth
            worked_s = (truth.end_s or 0.0) - (truth.start_s or 0.0)
            result = {"text": transcript.text, "duration": transcript.duration_s, "processing_ms": worked_s * 1_000}
            values["result"] = result
        elif job.state == "failed":
            values["error"] = str(job.error)
        return web.json_response(values)

    def make(self, request: web.Request, upload: Upload, question: Question, body_bytes: int, audio: str = "") -> Job:
        """A job of what is asked, on its way; ApiError 400 where there is no clip, 503 where there is no room."""
        truth = self._service.new_truth(request)
        truth.body_bytes = body_bytes
        try:
            if len(self._jobs) - len(self._over) >= MOST_UNFINISHED or self._segments > MOST_SEGMENTS:
                raise overloaded("Too many jobs are not over yet.")
            service = self._service.begin(upload, question, "transcribe", truth)
        except ApiError as error:
            truth.status = error.status
            self._service.tell(truth)
            raise
        truth.misbehaviour = None
        job = Job(uuid4().hex, service, audio)
        self._jobs[job.id] = job
        self._count(job)
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
            truth.status, job.error = error.status, error
        finally:
            self._service.tell(truth)
        job.over = True
        self._count(job)
        self._over.append(job)
        self._forget()

    def _count(self, job: Job) -> None:
        """What its transcript has now; while it is listened to, about as many as it will have."""
        self._segments -= job.segments
        transcript = job.service.transcript
        expected = math.ceil(transcript.duration_s * WORDS_PER_S / WORDS_PER_SEGMENT)
        job.segments = len(transcript.segments) or expected
        self._segments += job.segments

    def _forget(self) -> None:
        """Jobs that are over, the first of them first, while there are too many or too much is kept."""
        while self._over and (len(self._over) > MOST_OVER or self._segments > MOST_SEGMENTS):
            job = self._over.popleft()
            del self._jobs[job.id]
            self._segments -= job.segments

    def asked_for(self, request: web.Request) -> Job:
        """The job that the path names; ApiError 404 where there is none."""
        self._service.check_key(request)
        job = self._jobs.get(request.match_info["id"])
        if job is None:
            raise ApiError(404, "There is no such job.", code="not_found")
        return job

"""Transcription as AssemblyAI has it: a clip is uploaded, jobs are made of it, their transcripts asked for.

https://www.assemblyai.com/docs/api-reference (upload, transcript); the fields: assemblyai-python-sdk,
assemblyai/types.py.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import web

from stt_load.server.errors import ApiError
from stt_load.server.formats import render
from stt_load.server.jobs import Job, Jobs
from stt_load.server.question import Question, Upload
from stt_load.server.service import SpeechService
from stt_load.server.transcript import Segment

MOST_UPLOADS, MOST_UPLOADED_BYTES = 1_000, 512 * 2**20
MOST_USED, MOST_USED_BYTES = 100, 64 * 2**20
"""Of the uploads that a job has been made of: another may be, but in a load test hardly ever is."""
LONGEST_S = 600.0
"""How long an upload is kept that no job asks for."""
MOST_JSON_BYTES = 1_000_000
_STATUS = {"queued": "queued", "running": "processing", "done": "completed", "failed": "error"}


class Uploads:
    """Clips by name, so many of so many bytes together; the oldest go first. clock: seconds."""

    def __init__(self, clock: Callable[[], float], most: int, most_bytes: int) -> None:
        self._clock = clock
        self._most, self._most_bytes = most, most_bytes
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
        return is_old or len(self._kept) > self._most or self._bytes > self._most_bytes


class AssemblyAi:
    """The routes around `jobs`. An upload serves any number of them, one after the other."""

    def __init__(self, service: SpeechService, jobs: Jobs) -> None:
        clock = asyncio.get_running_loop().time
        self._service = service
        self._jobs = jobs
        self._new = Uploads(clock, MOST_UPLOADS, MOST_UPLOADED_BYTES)
        self._used = Uploads(clock, MOST_USED, MOST_USED_BYTES)

    def add_to(self, app: web.Application) -> None:
        """The routes."""
        app.router.add_post("/v2/upload", self.upload)
        app.router.add_post("/v2/transcript", self.submit)
        app.router.add_get("/v2/transcript/{id}", self.transcript)
        app.router.add_get("/v2/transcript/{id}/{parts:sentences|paragraphs}", self.parts)
        app.router.add_get("/v2/transcript/{id}/{format:srt|vtt}", self.subtitles)

    async def upload(self, request: web.Request) -> web.Response:
        """Keeps the clip for the jobs that ask for it."""
        body = await self._service.receive(request)
        name = uuid4().hex
        self._new.keep(name, body)
        return web.json_response({"upload_url": _url(request, name)})

    async def submit(self, request: web.Request) -> web.Response:
        body = await self._service.receive(request, MOST_JSON_BYTES)
        try:
            url = json.loads(body)["audio_url"]
            name = url.rpartition("/")[2]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise ApiError(400, "The body is no JSON object with an audio_url.", "audio_url") from None
        clip = self._clip(name)
        job = self._jobs.make(request, Upload(memoryview(clip)), Question(), len(body) + len(clip), name)
        return web.json_response(_document(request, job))

    async def transcript(self, request: web.Request) -> web.Response:
        return web.json_response(_document(request, self._jobs.asked_for(request)))

    async def parts(self, request: web.Request) -> web.Response:
        """A segment of the transcript is a sentence, and a paragraph."""
        job = self._done(request)
        said = [_timed(one) | {"words": _words(one)} for one in job.service.transcript.segments]
        values = {"id": job.id, "confidence": 1.0, "audio_duration": job.service.transcript.duration_s}
        return web.json_response(values | {request.match_info["parts"]: said})

    async def subtitles(self, request: web.Request) -> web.Response:
        body, _ = render(self._done(request).service.transcript, request.match_info["format"])
        return web.Response(body=body, headers={"Content-Type": "text/plain; charset=utf-8"})

    def _clip(self, name: str) -> bytes:
        """The upload of that name; ApiError 400 where there is none."""
        for uploads in (self._new, self._used):
            with suppress(KeyError):
                clip = uploads.take(name)
                self._used.keep(name, clip)
                return clip
        raise ApiError(
            400, "audio_url is no upload of this server, which fetches nothing from elsewhere.", "audio_url"
        )

    def _done(self, request: web.Request) -> Job:
        job = self._jobs.asked_for(request)
        if job.state != "done":
            raise ApiError(400, f"The transcript is not there: its status is {_STATUS[job.state]}.")
        return job


def _url(request: web.Request, name: str) -> str:
    try:
        return f"{request.url.origin()}/v2/upload/{name}"
    except ValueError:
        raise ApiError(400, "The header Host names no host.") from None


def _document(request: web.Request, job: Job) -> dict[str, Any]:
    """A job as it is asked after, and as it is made."""
    transcript = job.service.transcript
    values: dict[str, Any] = {
        "id": job.id,
        "audio_url": _url(request, job.audio),
        "status": _STATUS[job.state],
        "language_code": "en",
        "text": None,
        "words": None,
        "confidence": None,
        "audio_duration": None,
        "error": None,
    }
    if job.state == "done":
        words = [word for segment in transcript.segments for word in _words(segment)]
        values |= {"text": transcript.text, "words": words, "confidence": 1.0}
        values["audio_duration"] = round(transcript.duration_s)
    elif job.state == "failed":
        values["error"] = str(job.error)
    return values


def _words(segment: Segment) -> list[dict[str, Any]]:
    return [_timed(word) for word in segment.words()]


def _timed(piece: Segment) -> dict[str, Any]:
    """Its place in milliseconds."""
    start, end = (round(seconds * 1_000) for seconds in (piece.start_s, piece.end_s))
    return {"text": piece.text, "start": start, "end": end, "confidence": 1.0, "speaker": None}

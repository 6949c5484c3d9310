"""The routes of the server, and its refusals outside the audio routes."""

from __future__ import annotations

import logging
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler

from stt_load.server.assemblyai import AssemblyAi
from stt_load.server.errors import ApiError
from stt_load.server.jobs import Jobs
from stt_load.server.metrics import CONTENT_TYPE
from stt_load.server.question import Parse, deepgram_audio, elevenlabs_form, openai_form, plain_form
from stt_load.server.service import SpeechService
from stt_load.server.vendors import vendor_of

_ROOTS = ("/v1", "/openai/v1", "/openai/deployments/{deployment}")
"""Of an OpenAI API: OpenAI's own; Groq's, and Azure's; Azure's of before, where the model is in the path, too."""
_AUDIO: dict[str, tuple[str, Parse]] = {
    **{f"{root}/audio/transcriptions": ("transcribe", openai_form) for root in _ROOTS},
    **{f"{root}/audio/translations": ("translate", openai_form) for root in _ROOTS},
    "/v1/listen": ("transcribe", deepgram_audio),
    "/v1/speech-to-text": ("transcribe", elevenlabs_form),
    "/inference": ("transcribe", openai_form),  # whisper.cpp's own server: the same fields, the same {"text": ...}
    "/asr": ("transcribe", partial(plain_form, audio_field="audio_file")),  # as whisper-asr-webservice has it
}


def build_app(service: SpeechService) -> web.Application:
    """The application around `service`; every error it gives has the shape that the path's vendor gives it."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def models(request: web.Request) -> web.Response:
        service.check_key(request)
        model = {"id": service.model, "object": "model", "created": 0, "owned_by": "stt-load"}
        return web.json_response({"object": "list", "data": [model]})

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=service.metrics_page().encode(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(middlewares=[_errors])
    for path, (task, parse) in _AUDIO.items():
        app.router.add_post(path, partial(service.answer, task=task, parse=parse))
    jobs = Jobs(service)
    jobs.add_to(app)
    AssemblyAi(service, jobs).add_to(app)
    for root in ("/v1", "/openai/v1", "/openai"):
        app.router.add_get(f"{root}/models", models)
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", metrics)
    return app


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return _refusal(request, error)
    except web.HTTPException as error:
        allow = {name: value for name, value in error.headers.items() if name == "Allow"}
        message = f"{error.reason}: {request.method} {request.path}"
        return _refusal(request, ApiError(error.status, message, headers=allow))
    except Exception:
        _log.exception("%s %s", request.method, request.path)
        message = "A fault in the server itself; its error output has the details."
        return _refusal(request, ApiError(500, message))


def _refusal(request: web.Request, error: ApiError) -> web.Response:
    headers = {"Content-Type": "application/json", **error.headers}
    return web.Response(status=error.status, body=vendor_of(request.path).body(error), headers=headers)


_log = logging.getLogger(__name__)

"""The routes of the server, and its refusals outside the audio routes."""

from __future__ import annotations

import logging
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler

from stt_load.server.errors import ApiError
from stt_load.server.jobs import Jobs
from stt_load.server.metrics import CONTENT_TYPE
from stt_load.server.question import Parse, bare_audio, openai_form, plain_form
from stt_load.server.service import SpeechService

MODEL = "whisper-1"
_AUDIO: dict[str, tuple[str, Parse]] = {
    "/v1/audio/transcriptions": ("transcribe", openai_form),
    "/v1/audio/translations": ("translate", openai_form),
    "/v1/listen": ("transcribe", bare_audio),
    "/asr": ("transcribe", partial(plain_form, audio_field="audio_file")),  # as whisper-asr-webservice has it
}


def build_app(service: SpeechService) -> web.Application:
    """The application around `service`; every error it gives has the OpenAI shape."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def models(request: web.Request) -> web.Response:
        service.check_key(request)
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "stt-load"}
        return web.json_response({"object": "list", "data": [model]})

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=service.metrics_page().encode(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(middlewares=[_openai_errors])
    for path, (task, parse) in _AUDIO.items():
        app.router.add_post(path, partial(service.answer, task=task, parse=parse))
    Jobs(service).add_to(app)
    app.router.add_get("/v1/models", models)
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", metrics)
    return app


@web.middleware
async def _openai_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return _refusal(error)
    except web.HTTPException as error:
        allow = {name: value for name, value in error.headers.items() if name == "Allow"}
        return _refusal(ApiError(error.status, f"{error.reason}: {request.method} {request.path}", headers=allow))
    except Exception:
        _log.exception("%s %s", request.method, request.path)
        return _refusal(ApiError(500, "A fault in the server itself; its error output has the details."))


def _refusal(error: ApiError) -> web.Response:
    headers = {"Content-Type": "application/json", **error.headers}
    return web.Response(status=error.status, body=error.body(), headers=headers)


_log = logging.getLogger(__name__)

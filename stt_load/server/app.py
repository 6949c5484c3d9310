"""The routes of the server, and its refusals outside the audio routes."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from stt_load.server.errors import ApiError
from stt_load.server.jobs import Jobs
from stt_load.server.metrics import CONTENT_TYPE
from stt_load.server.service import SpeechService, refusal

MODEL = "whisper-1"


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
    app.router.add_post("/v1/audio/transcriptions", service.transcribe)
    app.router.add_post("/v1/audio/translations", service.translate)
    app.router.add_post("/v1/listen", service.listen)
    app.router.add_post("/asr", service.asr)
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
        return refusal(error)
    except web.HTTPException as error:
        allow = {name: value for name, value in error.headers.items() if name == "Allow"}
        return refusal(ApiError(error.status, f"{error.reason}: {request.method} {request.path}", headers=allow))
    except Exception:
        _log.exception("%s %s", request.method, request.path)
        return refusal(ApiError(500, "A fault in the server itself; its error output has the details."))


_log = logging.getLogger(__name__)

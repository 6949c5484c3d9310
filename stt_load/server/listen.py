"""Listening on a socket, from the first connection to a quick and orderly end."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from stt_load.server.app import build_app
from stt_load.server.engine import Engine
from stt_load.server.engine_service import EngineService
from stt_load.server.service import SpeechService
from stt_load.server.settings import ServerSettings
from stt_load.server.truth import TruthSink

BACKLOG = 4_096
GRACE_S = 0.5


@asynccontextmanager
async def listening(
    settings: ServerSettings,
    api_key: str | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    sink: TruthSink | None = None,
    engine: Engine | None = None,
) -> AsyncIterator[str]:
    """A server that runs while the block does; gives its URL. OSError when it can't listen there. engine: what
    recognises speech in it; None: the model of a server, which is told what it hears.

    At the end it takes no more connections, and requests get GRACE_S seconds before they are cut off.
    """
    service = EngineService(settings, engine, api_key, sink) if engine else SpeechService(settings, api_key, sink)
    runner = web.AppRunner(
        build_app(service),
        access_log=None,
        logger=_quiet(),
        auto_decompress=False,  # a little that is compressed may be very much
        shutdown_timeout=GRACE_S,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
        yield _url(runner.addresses[0])
    finally:
        await runner.cleanup()
        await service.close()


def _quiet() -> logging.Logger:
    """Takes what aiohttp has to say of requests that are none: a page of error output for each, of which anybody may
    send any number. Faults of our own are told by `app`."""
    logger = logging.getLogger(f"{__name__}.clients")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def _url(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

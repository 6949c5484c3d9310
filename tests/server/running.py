"""A server in a thread with an event loop of its own, and what a client on a real socket gets from it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from stt_load.server.engine import Engine
from stt_load.server.listen import listening
from stt_load.server.settings import ServerSettings
from stt_load.server.truth import Truth

from .clips import wav

INSTANT = ServerSettings(overhead_s=0, rtf=0, jitter="none", cold_requests=0)


@dataclass
class Running:
    url: str
    truths: list[Truth] = field(default_factory=list)

    def ask(
        self,
        audio: bytes | None = None,
        route: str = "transcriptions",
        headers: dict[str, str] | None = None,
        **form: str,
    ) -> requests.Response:
        """Post a clip (default: 0.1 s of noise) on a connection of its own."""
        files = {"file": ("a.wav", wav() if audio is None else audio)}
        return requests.post(f"{self.url}/v1/audio/{route}", data=form, files=files, headers=headers, timeout=60)

    def post(self, body: bytes, content_type: str) -> requests.Response:
        """Post these very bytes."""
        headers = {"Content-Type": content_type}
        return requests.post(f"{self.url}/v1/audio/transcriptions", data=body, headers=headers, timeout=60)

    def get(self, path: str, **keywords: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=60, **keywords)


async def cancel(tasks: set[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def serving(
    settings: ServerSettings = INSTANT, api_key: str | None = None, engine: Engine | None = None
) -> Iterator[Running]:
    """A server that runs while the block does."""
    url: Future[str] = Future()
    truths: list[Truth] = []
    stop = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with listening(settings, api_key, sink=truths.append, engine=engine) as address:
            url.set_result(address)
            await stop.wait()

    def work() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:
            url.set_exception(error)
        finally:  # as `asyncio.run` ends: a client that is gone has left its request behind
            loop.run_until_complete(cancel(asyncio.all_tasks(loop)))
            loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield Running(url.result(timeout=30), truths)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=30)
    assert not thread.is_alive()

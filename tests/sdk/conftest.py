"""A real `stt-load serve`, for the official clients of the services that it is a model of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings

KEY = "the-key"
MOST_BYTES = 200_000


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., str]]:
    """Starts a server with these settings, quick ones where none are given, and KEY; gives its URL."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("STT_LOAD_SDK_KEY", KEY)

        def start(**settings: Any) -> str:
            quick = {"overhead_s": 0.01, "rtf": 0, "jitter": "none", "cold_requests": 0, "delta_gap_s": 0}
            chosen = ServerSettings(**(quick | settings), api_key_env="STT_LOAD_SDK_KEY", max_body_bytes=MOST_BYTES)
            return stack.enter_context(EmbeddedServer.start(chosen)).url

        yield start


@pytest.fixture(scope="module")
def transport() -> Iterator[Any]:
    """What sends the requests of clients that don't close their own."""
    with pytest.importorskip("httpx").Client(timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def url(serve: Callable[..., str]) -> str:
    return serve()

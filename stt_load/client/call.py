"""The client of `api.call`: a function of the user's own in place of a request, for any API that a Python program can
speak to; timed and judged as a request is."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from stt_load.api.request import Body, Request
from stt_load.api.verdict import Answer, described, of_status
from stt_load.client.exchange import Client, ClientError, Exchange
from stt_load.client.target import Target
from stt_load.samples.fields import in_range
from stt_load.samples.sample import ErrorKind
from stt_load.storage.files import OddFileError, read_ordinary

MOST_BYTES = 1_000_000
"""Of the function's file; what is larger is another one."""
Call = Callable[[io.BytesIO], str]
"""Takes a WAV file and gives its transcript, or raises."""


class HookError(ValueError):
    """The function can't be used; the message says why, and what would be right."""


@functools.cache
def load(spec: str) -> Call:
    """The function that `FILE.py:FUNCTION` names, the file relative to the working directory; imported once.

    Raises `HookError`.
    """
    file, _, name = spec.rpartition(":")
    call = getattr(_imported(Path(file), spec), name, None)
    if not callable(call):
        raise HookError(f"api.call {spec}: there is no function `{name}` in {file}")
    if inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__):
        raise HookError(
            f"api.call {spec}: `{name}` is an async def, whose event loop would stop all other users; write a plain "
            f"def with a blocking client (requests, openai.OpenAI): gevent lets the others go on while it waits"
        )
    try:
        inspect.signature(call).bind(io.BytesIO())
    except TypeError:
        raise HookError(
            f"api.call {spec}: `{name}` can't be called with one argument, the audio as io.BytesIO"
        ) from None
    except ValueError:  # some functions written in C don't say what they take
        pass
    return cast(Call, call)


def _imported(path: Path, spec: str) -> ModuleType:
    found = importlib.util.spec_from_file_location(path.stem, path)
    try:
        read_ordinary(path, MOST_BYTES)
    except OddFileError as error:
        raise HookError(f"api.call {spec}: {path.absolute()} is {error.strerror}; choose a Python file") from None
    except (OSError, ValueError):
        found = None
    if found is None or found.loader is None:
        raise HookError(f"api.call {spec}: there is no file {path.absolute()}")
    module = importlib.util.module_from_spec(found)
    folder = str(path.absolute().parent)
    if folder not in sys.path:  # for what it imports from beside it, as Locust does for a locustfile
        sys.path.insert(0, folder)
    try:
        found.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise HookError(f"api.call {spec}: {path} can't be imported: {type(error).__name__}: {error}") from error
    return module


class CallClient(Client):
    """Hands each body to `call` as a file, and takes what it returns for the answer's text."""

    def __init__(self, target: Target, call: Call) -> None:
        super().__init__(target)
        self._call = call
        self._clip = io.BytesIO()

    def post(self, body: Body, exchange: Exchange) -> Answer:
        self._clip = io.BytesIO(b"".join(body.parts))  # made before the clock starts
        return super().post(body, exchange)

    def close(self) -> None:
        """Connections are the function's own."""

    def perform(self, request: Request, exchange: Exchange) -> None:  # noqa: ARG002 - it is in the clip
        try:
            text: Any = self._call(self._clip)
        except (Exception, SystemExit) as error:  # one call is not the end of the run
            failure = _failure(error, exchange)
            raise failure from (error if exchange.status is None else None)  # an answer is no limit of ours
        if not isinstance(text, str):
            raise ClientError(ErrorKind.NO_TEXT, f"the function returned {type(text).__name__}, not a text")
        exchange.status, exchange.parts = 200, [text.encode(errors="replace")]


def _failure(error: Exception | SystemExit, exchange: Exchange) -> ClientError:
    """An exception that knows of a status, as those of requests, httpx and the OpenAI SDK do, is that failure."""
    message = described(error)
    status = getattr(error, "status_code", getattr(getattr(error, "response", None), "status_code", None))
    if isinstance(status, int) and not isinstance(status, bool):
        exchange.status = int(status)
        failure = of_status(Answer(exchange.status, "", None, b"")) if in_range("status", status) else None
        if failure is not None:
            return ClientError(failure.kind, message)
    timed_out = isinstance(error, TimeoutError) or "Timeout" in type(error).__name__
    return ClientError(ErrorKind.TIMEOUT_TOTAL if timed_out else ErrorKind.HOOK_ERROR, message)

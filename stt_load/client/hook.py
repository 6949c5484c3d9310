"""A function of the user's own in place of a request: for any API that a Python program can speak to."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import cast

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
            f"api.call {spec}: `{name}` can't be called with one argument, the WAV as io.BytesIO"
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

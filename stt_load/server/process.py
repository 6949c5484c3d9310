"""The embedded server as a child process: what a load test measures when it has no other target."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

from stt_load.server.arguments import arguments
from stt_load.server.settings import ServerSettings

START_LIMIT_S = 30.0
STOP_LIMIT_S = 5.0
_GREETING = "listening on "
_NEEDED = frozenset(
    {
        *("HOME", "XDG_CACHE_HOME", "PATH", "TZ", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "VIRTUAL_ENV"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONUTF8", "PYTHONIOENCODING"),
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONWARNINGS", "PYTHONMALLOC"),
        *("PYTHONSAFEPATH", "PYTHONPLATLIBDIR", "LD_LIBRARY_PATH", "NIX_LD", "NIX_LD_LIBRARY_PATH"),
        *("DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT"),
        *("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"),
    }
)
"""What a Python program needs to find itself and its libraries, and to read and write as it is used to here."""


class StartError(RuntimeError):
    """The child process did not come to listen; the message has its own words."""


class EmbeddedServer:
    """A running server on a free port of 127.0.0.1; `url` has no path.

    The child is in a session of its own: a Ctrl-C in the terminal does not reach it, its parent decides when it
    ends. It also ends when the parent dies, because its standard input does. It is a server that strangers may talk
    to: of its parent's environment, which is full of keys, it gets no more than it needs. Only pipes, processes and
    threads are used, so it works the same in a program that gevent has patched.
    """

    def __init__(self, child: subprocess.Popen[str], url: str) -> None:
        self._child = child
        self.url = url

    @classmethod
    def start(cls, settings: ServerSettings, log: Path | None = None) -> Self:
        """Start a server and wait until it listens; StartError if it doesn't.

        log: where it writes the truth log (see `stt_load.server.truth`).
        """
        command = [sys.executable, "-m", "stt_load.server", "--port=0", "--quit-with-stdin", *arguments(settings)]
        if log:
            command.append(f"--log={log}")
        # A file takes the errors of the child: nobody would read a pipe, and a full one would block it.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(os.environ, settings),
                text=True,
                start_new_session=True,
            )
            return cls(child, _read_url(child, errors))

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    def stop(self) -> None:
        """End the server: politely, and by force after STOP_LIMIT_S seconds. A second call does nothing."""
        _end(self._child)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _environment(given: Mapping[str, str], settings: ServerSettings) -> dict[str, str]:
    """What the child gets of the environment `given`: what it needs, and none of the secrets but its own API key."""
    return {
        name: value
        for name, value in given.items()
        if name in _NEEDED or name.startswith("LC_") or name == settings.api_key_env
    }


def _read_url(child: subprocess.Popen[str], errors: IO[str]) -> str:
    """The URL in the child's first line; if there is none, the child is ended."""
    assert child.stdout
    watchdog = threading.Timer(START_LIMIT_S, child.kill)
    watchdog.start()
    try:
        line = child.stdout.readline()
    except BaseException:
        _end(child)
        raise
    finally:
        watchdog.cancel()
    if line.startswith(_GREETING):
        return line.removeprefix(_GREETING).strip()
    _end(child)
    errors.seek(0)
    said = (line + errors.read()).strip() or f"no answer within {START_LIMIT_S:.0f} s"
    raise StartError(f"the embedded server did not start (exit code {child.returncode}): {said}")


def _end(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()

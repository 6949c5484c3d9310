"""Runs one trial: a server with a log, a `locust` process like anybody's, and what the two of them wrote."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stt_load.audio import cache
from stt_load.selftest.cases import Trial
from stt_load.server.process import EmbeddedServer

LIMIT_S = 60.0
"""Of a trial, unless it says otherwise."""
FINISHED = frozenset({0, 1, 4})
"""Exit codes of a run that ended as planned: failed requests are a result, and so is a doubt about it."""

_LOCUSTFILE = """\
from stt_load.locust_plugin.installing import install
from stt_load.locust_plugin.users import FastSttUser, SttUser

__all__ = ["FastSttUser", "SttUser"]

install(default_user=SttUser)
"""


class TrialError(Exception):
    """A run that came to no end; the message has what it printed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """result: the result file. truths: the lines of the server's log, each a `stt_load.server.truth.Truth`. code:
    what locust ended with."""

    result: Mapping[str, Any]
    truths: list[dict[str, Any]]
    code: int = 0


def run(trial: Trial, within: Path, limit_s: float = LIMIT_S, finished: frozenset[int] = FINISHED) -> Outcome:
    """Leaves its files in a folder of its own in `within`. finished: the exit codes that it may end with.

    Raises `TrialError`, `StartError` when there is no server, and `OSError` when there is no room.
    """
    folder = Path(tempfile.mkdtemp(dir=within))
    log = folder / "truth.jsonl"
    with EmbeddedServer.start(trial.case.server, log) as server:
        code = _locust(trial, server.url, folder, limit_s, finished)
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return Outcome(result, [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()], code)


def _locust(trial: Trial, url: str, folder: Path, limit_s: float, finished: frozenset[int]) -> int:
    """The exit code."""
    api = {**trial.case.load["api"], "base_url": url}
    config = {**trial.case.load, "api": api, "save_path": str(folder / "result.json")}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
    (folder / "locustfile.py").write_text(_LOCUSTFILE, encoding="utf-8")
    words = [sys.executable, "-m", "locust", "--headless", *trial.subject.words(_free_port())]
    locust = subprocess.Popen(
        words,
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = locust.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise TrialError(f"{trial.name}: locust did not end within {limit_s:g} s") from None
    finally:
        with suppress(ProcessLookupError):  # it and its workers, whatever ends this function
            os.killpg(locust.pid, signal.SIGKILL)
        locust.wait()
    if locust.returncode not in finished:
        raise TrialError(f"{trial.name}: locust ended with exit code {locust.returncode}\n{said}")
    return int(locust.returncode)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _environment(folder: Path) -> dict[str, str]:
    """This process's, without what would change the run: its variables, and the configuration in the home folder.
    Speech comes from this user's cache all the same."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LOCUST_", "STT_LOAD_"))}
    kept.pop("CONFIG_PATH", None)
    cached = cache.folder()
    return kept | {"HOME": str(folder)} | ({"XDG_CACHE_HOME": str(cached.parent)} if cached else {})

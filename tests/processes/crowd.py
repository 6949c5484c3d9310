"""A master and its workers: real processes on loopback, each with a folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.processes.running import LIMIT_S, LOCUSTFILE, Ran, finish, start


class Crowd:
    """Started one by one, ended together. The master's folder is `folder`, the n-th worker's `folder/worker-n`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.workers: list[subprocess.Popen[str]] = []
        self._all: list[subprocess.Popen[str]] = []
        self._master: subprocess.Popen[str] | None = None

    @property
    def master(self) -> subprocess.Popen[str]:
        assert self._master is not None
        return self._master

    def start_master(self, config: Mapping[str, Any], *words: str, expect: int, **options: Any) -> None:
        places = ["--master", f"--master-bind-port={self.port}", "--master-bind-host=127.0.0.1"]
        self._master = start(self.folder, config, *places, f"--expect-workers={expect}", *words, **options)
        self._all.append(self._master)

    def start_worker(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Another worker. It gets no configuration but a broken one, which it must not care for."""
        folder = self.worker_folder(len(self.workers))
        folder.mkdir()
        options = {"locustfile": LOCUSTFILE, "headless": False} | options
        places = ["--worker", f"--master-port={self.port}"]
        worker = start(folder, "no: such key\n", *places, *words, **options)
        self.workers.append(worker)
        self._all.append(worker)
        return worker

    def worker_folder(self, number: int) -> Path:
        return self.folder / f"worker-{number}"

    def finish(self) -> Ran:
        """Waits for the master's end, and for the workers', which follows from it."""
        ran = finish(self.master, self.folder)
        for worker in self.workers:
            if worker.poll() is None:
                worker.wait(LIMIT_S)
        return ran

    def said_by(self, worker: subprocess.Popen[str]) -> str:
        out, err = worker.communicate(timeout=LIMIT_S)
        return out + err

    def end(self) -> None:
        for process in self._all:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@contextmanager
def crowd(folder: Path) -> Iterator[Crowd]:
    together = Crowd(folder)
    try:
        yield together
    finally:
        together.end()


def until(what: str, condition: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Waits for something that other processes do."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {limit_s} s: {what}"
        time.sleep(0.02)

"""Locust's web UI, as a person's browser would use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.processes.running import Ran, finish, start


class Page:
    """Locust's web UI at a port."""

    def __init__(self, process: subprocess.Popen[str], port: int, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return bytes(answer.read())

    def post(self, path: str, **form: Any) -> dict[str, Any]:
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(self.url + path, data=data, timeout=40) as answer:
            return dict(json.loads(answer.read()))

    def stats(self) -> dict[str, Any]:
        return dict(json.loads(self.get("/stats/requests")))

    def requests(self) -> int:
        """Those that Locust has counted in this run."""
        total = next(entry for entry in self.stats()["stats"] if entry["name"] == "Aggregated")
        return int(total["num_requests"])

    def form(self) -> dict[str, Any]:
        """What the page's start form is filled with."""
        page = self.get("/").decode()
        return dict(json.JSONDecoder().raw_decode(page.rpartition("window.templateArgs = ")[2])[0])

    def until(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline, f"waited in vain until {what}"
            assert self.process.poll() is None
            time.sleep(0.05)

    def until_stopped(self) -> None:
        self.until(lambda: self.stats()["state"] == "stopped", "the test has stopped")


@contextmanager
def web_ui(folder: Path, config: dict[str, Any], *words: str, **options: Any) -> Iterator[Page]:
    """options: of `start`."""
    port = free_port()
    words = ("-P", str(port), *words)
    process = start(folder, config, *words, headless=False, **options)
    page = Page(process, port, folder)

    def answers() -> bool:
        try:
            page.get("/stats/requests")
        except urllib.error.URLError:
            return False
        return True

    page.until(answers, "the page is there")
    try:
        yield page
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # its workers, too: they hold the pipes
        process.communicate()


def ended(page: Page) -> Ran:
    page.process.send_signal(signal.SIGINT)
    return finish(page.process, page.folder)

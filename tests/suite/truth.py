"""The embedded server's log, and what it says that a client must have seen."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heapreplace
from pathlib import Path
from typing import Any

from stt_load.audio.noise import NoiseSource
from stt_load.audio.wav import HEADER_BYTES, frames_of
from stt_load.server.process import EmbeddedServer
from stt_load.server.settings import ServerSettings


@dataclass(frozen=True)
class Logged:
    """A running embedded server with its truth log."""

    url: str
    log: Path

    def truths(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@contextmanager
def logged_server(folder: Path, **settings: Any) -> Iterator[Logged]:
    log = folder / "truth.jsonl"
    with EmbeddedServer.start(ServerSettings(**settings), log) as server:
        yield Logged(server.url, log)


def joined(
    result: Mapping[str, Any], truths: Sequence[Mapping[str, Any]]
) -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Each row with the server's line about the same request, in the order of arrival; joined by the clip itself."""
    config, seed = result["config"], result["run"]["seed"]
    source = NoiseSource(seed, frames_of(config["audio_duration"], config["sample_rate"]), config["sample_rate"])
    rows = {}
    for row in result["requests"]:
        header, noise = source.clip(row["seq"], row["attempt"])
        rows[blake2b(header[HEADER_BYTES:] + noise, digest_size=8).hexdigest()] = row
    return [(rows[truth["audio_hash"]], truth) for truth in sorted(truths, key=lambda truth: truth["arrival_s"])]


def predicted_s(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], slots: int) -> list[float]:
    """Response times that k slots and one queue, first come first served, give these requests.

    Only the sends are the client's; how long each service took is the server's word.
    """
    free = [-math.inf] * slots
    responses = []
    for row, truth in pairs:
        start_s = max(row["sent_s"], free[0])
        end_s = start_s + truth["end_s"] - truth["start_s"]
        heapreplace(free, end_s)
        responses.append(end_s - row["sent_s"])
    return responses

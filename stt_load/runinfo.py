"""The run's metadata: everything a report needs besides the samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from stt_load.stats.model import Generator

EndReason = Literal[
    "finished",  # N results are in, or measure_for is over: what was planned
    "time_limit",  # Locust's -t
    "stopped",  # the web UI's stop, or a stop by the user's own code
    "interrupted",  # SIGINT or SIGTERM
    "dead_warmup",  # the service never answered well during the warm-up
    "not_ready",  # wait_ready ran out
    "crashed",  # no end was written: read from a spool file
]


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as a whole. Instants of its samples count from `barrier_s`, itself on the host's monotonic clock.

    started_at, ended_at: wall clock, ISO 8601 with offset. complete: N was reached, or measure_for was over.
    seed_given: the seed was chosen by a person, so a cache may know these clips. target: the URL posted to.
    users: users at the barrier. barrier_s: monotonic clock of this host at the barrier, None if never reached.
    workers: names, by the index in the samples. detail: why it ended, in the server's or our words.
    """

    version: str
    versions: dict[str, str]
    host: dict[str, str]
    seed: int
    seed_given: bool
    config_file: str | None
    target: str
    user_class: str
    users: int
    workers: tuple[str, ...]
    started_at: str
    ended_at: str | None = None
    barrier_s: float | None = None
    complete: bool = False
    end_reason: EndReason = "crashed"
    detail: str | None = None
    first_transcript: str | None = None
    generator: Generator = field(default_factory=Generator)

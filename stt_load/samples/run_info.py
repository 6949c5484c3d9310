"""The run's metadata: everything a report needs besides the samples."""

from __future__ import annotations

import os
import platform
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Literal, TypeAlias

from stt_load.samples.generator import Generator

EndReason = Literal[
    "finished",  # N results are in, or measure_for is over: what was planned
    "time_limit",  # Locust's -t
    "stopped",  # the web UI's stop, or a stop by the user's own code
    "interrupted",  # SIGINT or SIGTERM
    "dead_warmup",  # the service never answered well during the warm-up
    "not_ready",  # wait_ready ran out
    "gave_up",  # max_consecutive_failures in a row
    "workers_lost",  # no worker was left
    "no_users",  # no user was left, or none ever came to work
    "crashed",  # no end was written: read from a spool file
]

LOCAL = ("local",)
"""The workers of a run that has none: its users are in the process itself."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A worker's monotonic clock: `offset_s` ahead of the host's, known to within `error_s` either way."""

    offset_s: float
    error_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedLoop:
    """The load that was asked for: of users, each of whom sends its next request when its last answer is in."""

    model: Annotated[Literal["closed"], "Each user waits for its answer."] = "closed"
    users: Annotated[int, "How many."]
    request_delay_s: Annotated[float, "Pause of a user between an answer and its next request."]


Load: TypeAlias = ClosedLoop
"""Whatever load there is."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run as a whole. Instants of its samples count from `barrier_s`, itself on the host's monotonic clock.

    started_at, ended_at: wall clock, ISO 8601 with offset. complete: N was reached, or measure_for was over, and no
    row of a request is missing. seed_given: the seed was chosen by a person, so a cache may know these clips.
    target: the URL posted to. load: what was asked for. users: users at the barrier. barrier_s: monotonic clock of
    this host at the barrier, None if never reached. barrier_at: the same instant by the wall clock, ISO 8601 in
    UTC. workers: names, by the index in the samples. leased_again: iterations that were handed out once more, as
    the worker that had them was lost. clocks: how the clock of each worker on another machine was found to differ
    from this host's. first_transcript: the first text that the service answered; first_said: what its clip said, None
    where it has no words or is not known. pack_digest: of the recordings that clips of speech are made of, None where
    nobody speaks in them, and in results of before. detail: why it ended, in the server's or our words. faults: what
    broke in this suite itself, and what is missing from the result because of it, a sentence each.
    """

    version: str
    versions: dict[str, str]
    host: dict[str, str | int | None]
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
    barrier_at: str | None = None
    complete: bool = False
    end_reason: EndReason = "crashed"
    detail: str | None = None
    first_transcript: str | None = None
    first_said: str | None = None
    pack_digest: str | None = None
    leased_again: int = 0
    clocks: dict[str, Clock] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    generator: Generator = field(default_factory=Generator)
    load: Load = field(kw_only=True)


def now() -> str:
    """The time of day, as a result has it."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def now_utc() -> str:
    """The same in UTC, to the microsecond: what another machine's log can be held against."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def versions() -> dict[str, str]:
    """Of Python and of the packages that make the requests."""
    packages = ("locust", "gevent", "numpy")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def host() -> dict[str, str | int | None]:
    """The machine that this process runs on."""
    return {"name": socket.gethostname(), "platform": platform.platform(), "cpus": os.cpu_count()}

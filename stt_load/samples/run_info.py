"""The run's metadata: everything a report needs besides the samples."""

from __future__ import annotations

import os
import platform
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator

from stt_load.samples.gate import RunGate
from stt_load.samples.generator import Generator
from stt_load.samples.levels import Levels

EndReason = Literal[
    "finished",  # N results are in, or measure_for is over: what was planned
    "judged",  # a level of a search is known well enough
    "precise",  # a figure is known as precisely as was asked for (stop_when)
    "slo_lost",  # an SLO that was to end the run can't be met any more
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

PLANNED: tuple[EndReason, ...] = ("finished", "judged", "precise")
"""Ends that a run was to have: what is in flight is waited for."""

LOCAL = ("local",)
"""The workers of a run that has none: its users are in the process itself."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A worker's monotonic clock: `offset_s` ahead of the host's, known to within `error_s` either way."""

    offset_s: float
    error_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of a load's profile: for so long it goes evenly from `first` to `last`, which are arrivals per second in
    an open loop, and users in a closed one."""

    first: Annotated[float, "At its beginning."]
    last: Annotated[float, "At its end."]
    for_s: Annotated[float | None, "How long; null: to the end of the run."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedLoop:
    """The load that was asked for: of users, each of whom sends its next request when its last answer is in."""

    model: Annotated[Literal["closed"], "Each user waits for its answer."] = "closed"
    users: Annotated[int, "How many; of stages, the most at a time."]
    request_delay_s: Annotated[float, "Pause of a user between an answer and its next request."]
    stages: Annotated[tuple[Stage, ...], "How many at which time, where that was to change; else none."] = ()


Arrivals = Literal["poisson", "constant", "gamma"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Arrivals as they were recorded."""

    file: Annotated[str, "Its path."]
    speed: Annotated[float, "How many times as fast as they came."]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLoop:
    """The load that was asked for: requests that arrive when they are due, whatever has become of those before."""

    model: Annotated[Literal["open"], "Nobody waits for an answer."] = "open"
    stages: Annotated[tuple[Stage, ...], "The rate, at which time; of a trace none."]
    staged: Annotated[bool, "Whether stages were asked for: each settles, and has figures of its own."]
    audio_rate: Annotated[float | None, "Seconds of audio per second that were asked for, where that made the rate."]
    arrivals: Annotated[Arrivals, "How they are spread."]
    burstiness: Annotated[float, "Shape of gamma arrivals; 1 is Poisson, lower is burstier."]
    trace: Annotated[Trace | None, "What was recorded; null: they are drawn."]
    planned: Annotated[int | None, "How many measured or settling requests arrive; null: no end."]
    warmup_users: Annotated[int, "Requests in flight in the warm-up, which is a closed loop."]
    max_in_flight: Annotated[int, "Slots: so many can be in flight at a time."]
    max_lag_s: Annotated[float, "An arrival that no slot has taken so long after it was due is dropped."]


Load: TypeAlias = ClosedLoop | OpenLoop
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
    nobody speaks in them, and in results of before. left_out: recordings that could not be used, and were to be left
    out then. levels: those that were asked for, of a sweep or a search; load is that of the first one then.
    gate: limits learnt from good runs that it is to be held against. detail: why it ended, in the server's or our
    words. faults: what broke in this suite itself, and what is missing from the result because of it, one sentence
    each.
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
    left_out: int = 0
    leased_again: int = 0
    clocks: dict[str, Clock] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    generator: Generator = field(default_factory=Generator)
    load: Annotated[Load, Discriminator("model")] = field(kw_only=True)
    levels: Levels | None = None
    gate: RunGate | None = None


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
    return {"name": socket.gethostname(), "platform": _platform(), "cpus": os.cpu_count()}


def _platform() -> str:
    """As platform.platform() has it, which starts a process that names the processor, and leaves that out."""
    uname, libc = platform.uname(), "".join(platform.libc_ver())
    return "-".join((uname.system, uname.release, uname.machine, *(("with", libc) if libc else ())))

"""Levels to make reports of: a service of some slots and one queue, on a clock of its own."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import Any

import numpy as np

from stt_load.config import Config
from stt_load.samples.levels import Axis, Capacity, Confirmed, Judged, Levels, Outcome, Search, Tier, Trial
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from tests.factory import joined, table
from tests.load.timetables import open_loop
from tests.report.runs import run_of

LIMIT = "p95(response_time_s) < 2"
RARE = "error_rate < 1%"
SEARCH = Search(start=None, to=None, resolution=0.1, max_time_s=600.0, max_requests=None, at_least=None, mode="auto")


def closed(
    users: int, *, n: int = 200, slots: int = 4, pause_s: float = 0.0, seed: int = 1, fail: int = 0
) -> Samples:
    """What `users` of a closed loop meet: 2 x users requests settle, n are measured, of which the last `fail` ones
    fail."""
    draw = np.random.default_rng(seed)
    ready, free = [0.0] * users, [0.0] * slots
    starts, ends = [], []
    for _ in range(2 * users + n):
        start = heapq.heappop(ready)
        end = max(start, heapq.heappop(free)) + draw.lognormal(-1.0, 0.3)
        heapq.heappush(free, end)
        heapq.heappush(ready, end + pause_s)
        starts.append(start)
        ends.append(end)
    return _rows(starts, ends, 2 * users, users, draw, fail, pause_s)


def opened(rate: float, *, n: int = 200, slots: int = 4, seed: int = 1, fail: int = 0) -> Samples:
    """What arrivals at `rate` meet, of which 20 settle."""
    draw = np.random.default_rng(seed)
    starts = np.cumsum(draw.exponential(1 / rate, n + 20)).tolist()
    free, ends = [0.0] * slots, []
    for start in starts:
        ends.append(max(start, heapq.heappop(free)) + draw.lognormal(-1.0, 0.3))
        heapq.heappush(free, ends[-1])
    return _rows(starts, ends, 20, 0, draw, fail, 0.0)


def _rows(
    starts: list[float], ends: list[float], settle: int, users: int, draw: Any, fail: int, pause_s: float
) -> Samples:
    audio_s = draw.uniform(5.0, 15.0, len(starts)).round(3)
    took = np.subtract(ends, starts)
    more: dict[str, Any] = {"users": users, "pause_s": pause_s}
    settling = table(
        starts[:settle], took[:settle], phase=Phase.SETTLING, audio_s=audio_s[:settle], first_seq=0, **more
    )
    count = len(starts) - settle
    kinds: list[ErrorKind | None] = [*[None] * (count - fail), *[ErrorKind.HTTP_5XX] * fail]
    measured = table(starts[settle:], took[settle:], kind=kinds, audio_s=audio_s[settle:], first_seq=settle, **more)
    return joined(settling, measured)


def tried(
    number: int,
    value: float,
    outcome: Outcome = "pass",
    tier: Tier = "confirm",
    *,
    axis: Axis = "users",
    samples: Samples | None = None,
    config: Config | None = None,
    **info: Any,
) -> TriedLevel:
    """A level, of users or of a rate, that came to `samples`."""
    if samples is None:
        samples = closed(int(value)) if axis == "users" else opened(value)
    pause_s = float(samples["pause_s"].max(initial=0.0))
    load = (
        ClosedLoop(users=int(value), request_delay_s=pause_s) if axis == "users" else open_loop((value, value, None))
    )
    shown = config or Config.model_validate({"slo": [LIMIT, RARE]})
    judged = None if tier == "sweep" else Judged(outcome, LIMIT, 100, "fail" if outcome == "fail" else "pass")
    users = int(value) if axis == "users" else 0
    run = run_of(samples, shown, load=load, users=users, levels=_asked(axis, tier), **info)
    return TriedLevel(number, Trial(axis=axis, value=value, tier=tier, requests=200), outcome, judged, run)


def _asked(axis: Axis, tier: Tier, **search: Any) -> Levels:
    if tier == "sweep":
        return Levels(axis=axis, values=(1.0,), requests=200)
    return Levels(axis=axis, search=replace(SEARCH, **search))


def found(
    carries: float | None = 4.0, fails_at: float | None = 6.0, *, sure: bool = True, axis: Axis = "users", **more: Any
) -> Capacity:
    """An answer, of which both ends are as sure."""
    values: dict[str, Any] = {
        "axis": axis,
        "carries": carries,
        "fails_at": fails_at,
        "confirmed": Confirmed(sure and carries is not None, sure and fails_at is not None),
        "binding": None if fails_at is None else LIMIT,
        "boundary": None if carries is None or fails_at is None else "slope",
        "mode": "default",
        "resolution": 0.1,
        "limited": None,
        "monotone": True,
        "knee": None,
    }
    return Capacity(**values | more)


def record_of(
    *levels: TriedLevel, capacity: Capacity | None = None, search: dict[str, Any] | None = None, **info: Any
) -> LevelsRecord:
    """All of `levels`: of a search, if it has an answer. search: what was asked of it. info: as for `run_of`."""
    first = levels[0].run
    asked = _asked(levels[-1].trial.axis, levels[-1].trial.tier, **search or {})
    return LevelsRecord(replace(first.info, levels=asked, **info), first.config, levels, capacity, None)

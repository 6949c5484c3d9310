"""Runs of levels to be written and read: a sweep, and a search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stt_load.samples.levels import Capacity, Confirmed, Judged, Levels, Looks, Outcome, Search, Trial
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.table import Samples
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from stt_load.storage.run_record import RunRecord
from tests.report.runs import run_of, steady

USERS = (1, 2, 4)
SWEEP = Levels(axis="users", values=(1.0, 2.0, 4.0), requests=40)
SEARCH = Levels(
    axis="users",
    search=Search(
        start=None, to=None, resolution=0.1, max_time_s=600.0, max_requests=None, at_least=None, mode="auto"
    ),
)
LOOKS = Looks(first=8, first_each=2.0, last=40, last_each=4.0, growth=2.0, alpha=0.1)
CAPACITY = Capacity(
    axis="users",
    carries=2.0,
    fails_at=4.0,
    confirmed=Confirmed(True, False),
    binding="p95(response_time_s) < 2",
    boundary="slope",
    mode="default",
    resolution=0.1,
    limited=None,
    monotone=True,
    knee=2.0,
    sentence="carries 2 requests in flight",
)


def level(number: int, samples: Samples, asked: Levels = SWEEP, **info: Any) -> TriedLevel:
    """The `number`-th level: its barrier was a minute after that of the one before, on the monotonic clock."""
    users = USERS[number]
    load = ClosedLoop(users=users, request_delay_s=0.0)
    plain = {"users": users, "load": load, "seed": 7 + number, "barrier_s": 4711.25 + 60 * number, "levels": asked}
    run = run_of(samples, **plain | info)
    run = replace(run, config=run.config | {"warmup_requests": users})
    if asked.search is None:
        return TriedLevel(
            number, Trial(axis="users", value=float(users), tier="sweep", requests=40), "measured", None, run
        )
    outcome: Outcome = "pass" if users < 4 else "fail"
    trial = Trial(axis="users", value=float(users), tier="screen", looks=LOOKS)
    return TriedLevel(number, trial, outcome, Judged(outcome, "p95(response_time_s) < 2", 40), run)


def levels_of(*levels: TriedLevel, **fields: Any) -> LevelsRecord:
    """All of them: those that are given, or three of `USERS`, of 40 requests each after as many as warm up."""
    levels = levels or tuple(level(number, steady(40, users, 0.3, users)) for number, users in enumerate(USERS))
    first: RunRecord = levels[0].run
    config = first.config | {"warmup_requests": 9}
    return replace(LevelsRecord(first.info, config, levels, None, None, knee=2.0), **fields)


def search_of(*levels: TriedLevel) -> LevelsRecord:
    """A search that is done."""
    levels = levels or tuple(
        level(number, steady(40, users, 0.3, users), SEARCH) for number, users in enumerate(USERS)
    )
    return levels_of(*levels, capacity=CAPACITY)


def with_texts(samples: Samples, *texts: str) -> Samples:
    """The same rows, whose errors are `texts` in turn."""
    rows = samples.rows.copy()
    rows["error"] = [number % len(texts) for number in range(len(rows))]
    return Samples(rows, texts)

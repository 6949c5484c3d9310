"""Levels that were tried, as a test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from stt_load.samples.generator import Generator
from stt_load.samples.levels import Axis, Judged, Levels, Mode, Outcome, Search, Tier, Trial
from stt_load.samples.run_info import ClosedLoop, Load
from stt_load.samples.sample import ErrorKind
from stt_load.search.search import CapacitySearch
from stt_load.search.strategy import Spent, Tried
from stt_load.slo.model import Slo
from stt_load.slo.parse import parse
from stt_load.stats.model import Check, Summary, Verdict
from stt_load.stats.slo_verdicts import Gate
from stt_load.stats.summary import summarise
from tests.factory import table

SLOS = (parse("p95(response_time_s) < 2"), parse("error_rate < 1%"))
P95 = "p95(response_time_s) < 2"


def summary(
    response_s: float = 1.0,
    *,
    users: int = 1,
    n: int = 100,
    failed: int = 0,
    dropped: int = 0,
    slos: Sequence[Slo] = SLOS,
    load: Load | None = None,
) -> Summary:
    """Of n requests, each user's one after the other."""
    start_s = np.repeat(np.arange(0, n // users + 1) * response_s, users)[:n]
    kinds: list[ErrorKind | None] = [None] * n
    kinds[: failed + dropped] = [ErrorKind.HTTP_5XX] * failed + [ErrorKind.DROPPED] * dropped
    rows = table(start_s, response_s, kind=kinds, users=users)
    asked = load or ClosedLoop(users=users, request_delay_s=0.0)
    return summarise(rows, users=users, load=asked, generator=Generator(), gate=Gate(tuple(slos)))


def doubted(found: Summary, name: str = "cpu", verdict: Verdict = "DEGRADED") -> Summary:
    """The same, with a check of the load generator that says so."""
    checks = tuple(one for one in found.validity.checks if one.name != name)
    return replace(found, validity=replace(found.validity, checks=(*checks, Check(name, 0.85, 0.8, 0.95, verdict))))


def tried(
    value: float,
    outcome: Outcome,
    *,
    tier: Tier = "screen",
    axis: Axis = "users",
    leans: Literal["pass", "fail"] | None = None,
    found: Summary | None = None,
    seconds: float = 10.0,
) -> Tried:
    """leans: of an open one; otherwise as its outcome."""
    side: Literal["pass", "fail"] = leans or ("pass" if outcome == "pass" else "fail")
    return Tried(
        trial=Trial(axis=axis, value=value, tier=tier),
        outcome=outcome,
        judged=Judged(outcome, P95, 100, side),
        summary=found or summary(users=int(value) if axis == "users" else 1),
        spent=Spent(seconds, 100),
    )


def search(
    axis: Axis = "users",
    *,
    start: float | None = None,
    to: float | None = None,
    at_least: float | None = None,
    mode: Mode = "default",
    max_time_s: float = 1e9,
    max_requests: int | None = None,
    slos: Sequence[Slo] = SLOS,
) -> CapacitySearch:
    asked = Search(
        start=start,
        to=to,
        resolution=0.1,
        max_time_s=max_time_s,
        max_requests=max_requests,
        at_least=at_least,
        mode=mode,
    )
    return CapacitySearch(Levels(axis=axis, search=asked), asked, slos)


def answered(one: CapacitySearch, of: Callable[[Trial], Tried], most: int = 60) -> list[tuple[float, Tier]]:
    """The levels that it tries, each of which comes to what `of` says."""
    found: list[tuple[float, Tier]] = []
    spent = Spent()
    while (trial := one.next(spent)) is not None:
        found.append((trial.value, trial.tier))
        result = of(trial)
        one.took(replace(result, trial=trial))
        spent = Spent(spent.seconds + result.spent.seconds, spent.requests + result.spent.requests)
        assert len(found) < most
    return found


def up_to(edge: float, *, leans: bool = False) -> Callable[[Trial], Tried]:
    """A service that carries so much. leans: short looks are never certain."""

    def of(trial: Trial) -> Tried:
        side: Literal["pass", "fail"] = "pass" if trial.value <= edge else "fail"
        outcome: Outcome = "open" if leans and trial.tier == "screen" else side
        time_s = 1.5 if side == "pass" else 2.5
        users = int(trial.value) if trial.axis == "users" else 1
        return tried(
            trial.value, outcome, axis=trial.axis, leans=side, found=summary(time_s, users=users, n=4 * users)
        )

    return of

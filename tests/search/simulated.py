"""Whole searches in simulated time: the strategy and the test of each level are those of real runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from stt_load.samples.generator import Generator
from stt_load.samples.levels import Axis, Capacity, Judged, Levels, Mode, Search, Trial
from stt_load.samples.run_info import ClosedLoop, OpenLoop, Stage
from stt_load.samples.run_info import Load as Asked
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import KINDS, Samples
from stt_load.search.level_test import LevelTest
from stt_load.search.modes import looks_at
from stt_load.search.outcome import outcome_of
from stt_load.search.search import CapacitySearch
from stt_load.search.strategy import Spent, Tried
from stt_load.slo.model import Limit, Slo
from stt_load.slo.parse import parse
from stt_load.stats.slo_verdicts import Gate
from stt_load.stats.summary import summarise
from tests.factory import AT_A_RATE, NO_PAUSE, table
from tests.search.servers import Made, Server, Service, of_rate, of_users, services

SHED_CODE = KINDS.index(ErrorKind.SHED) + 1
SETTLING_S = 10.0
FEWEST_SETTLING = 20


@dataclass(frozen=True)
class Ran:
    """A search that is over. rows: measured ones, of all levels. units: how long it took."""

    answer: Capacity
    levels: int
    rows: int
    units: float
    tried: tuple[Tried, ...]


def searched(
    server: Server,
    seed: int,
    *,
    axis: Axis = "users",
    mode: Mode = "default",
    resolution: float = 0.1,
    start: float | None = None,
) -> Ran:
    """A search for what `server` carries."""
    slos = slos_of(server)
    asked = Search(
        start=start,
        to=None,
        resolution=resolution,
        max_time_s=math.inf,
        max_requests=None,
        at_least=None,
        mode=mode,
    )
    strategy = CapacitySearch(Levels(axis=axis, search=asked), asked, slos)
    rng = np.random.default_rng(seed)
    spent, rows, tried = Spent(), 0, []
    while (trial := strategy.next(spent)) is not None:
        one = level(server.made, trial, slos, rng)
        strategy.took(one)
        tried.append(one)
        rows += one.summary.metrics.requests.total
        spent = Spent(spent.seconds + one.spent.seconds, spent.requests + one.spent.requests)
    return Ran(strategy.answer(), len(tried), rows, spent.seconds, tuple(tried))


def slos_of(server: Server) -> tuple[Slo, ...]:
    return parse(f"p{server.p}(response_time_s) < {server.limit_s}"), parse("error_rate < 1%")


def level(made: Made, trial: Trial, slos: tuple[Slo, ...], rng: np.random.Generator) -> Tried:
    """One level: a warm-up of the first requests, which ends before anything is measured, settling ones, then those
    that it is judged by."""
    times = services(rng)
    users = int(trial.value) if trial.axis == "users" else max(1, int(trial.value))
    warm = made(of_users(users), times)
    warm.go_on(users)
    warm_s = max(warm.rows.done_s[:users])
    if trial.axis == "users":
        service, settling = made(of_users(users), times), 2 * users
    else:
        service = made(of_rate(rng, trial.value), times)
        settling = max(FEWEST_SETTLING, round(SETTLING_S * trial.value))
    assert trial.looks is not None
    test = LevelTest(slos, trial.looks, trial.axis, concurrency=trial.concurrency)
    judged, at_s = judged_by(test, service, settling, trial, slos)
    rows = drained(service, settling, at_s)
    summary = summarise(rows, users=users, load=asked_of(trial), generator=Generator(), gate=Gate(slos))
    outcome = outcome_of(trial, judged, summary, slos)
    cost = Spent(warm_s + float(rows["done_s"].max()), users + len(rows))
    return Tried(trial=trial, outcome=outcome, judged=judged, summary=summary, spent=cost)


def judged_by(
    test: LevelTest, service: Service, settling: int, trial: Trial, slos: tuple[Slo, ...]
) -> tuple[Judged, float]:
    """What the test finds, and when: it is asked as soon as it may know something new."""
    limit_s = min(one.value for one in slos if isinstance(one, Limit) and one.p is not None)
    for n in looks(trial):
        service.go_on(settling + n)
        start_s, done_s = (np.array(some) for some in (service.rows.start_s, service.rows.done_s))
        first = slice(settling, settling + n)
        at_s = float(np.minimum(done_s[first], start_s[first] + limit_s + 1e-9).max())
        measured = rows_of(service, settling)
        ended, on = measured["done_s"] <= at_s, (measured["start_s"] <= at_s) & (measured["done_s"] > at_s)
        waiting_s = measured["start_s"][on].tolist()
        users = int(trial.value) if trial.axis == "users" else in_flight(measured.where(ended))
        judged = test.look(measured.where(ended), waiting_s, at_s, users)
        if judged is not None:
            return judged, at_s
    raise AssertionError(f"{trial} was never judged")


def looks(trial: Trial) -> Iterator[int]:
    """At which numbers of rows it may be judged: of a rate whose requests in flight aren't known, at any."""
    assert trial.looks is not None
    if trial.axis == "users":
        yield from looks_at(trial.looks, int(trial.value))
    elif trial.concurrency is not None:
        yield from looks_at(trial.looks, trial.concurrency)
    else:
        yield from range(trial.looks.first, 100_000, 10)


def in_flight(rows: Samples) -> int:
    """Without a queue: their rate times the mean of the quickest half."""
    if len(rows) < 2:
        return 1
    over_s = float(np.ptp(rows["start_s"]))
    return max(1, int(len(rows) / over_s * float(np.mean(rows.response_s)))) if over_s else 1


def rows_of(service: Service, settling: int) -> Samples:
    """Those that are measured, so far."""
    some = service.rows
    start_s, done_s = np.array(some.start_s[settling:]), np.array(some.done_s[settling:])
    found = table(start_s, done_s - start_s, audio_s=1.0)
    found.rows["done_s"] = done_s
    found.rows["error_kind"] = np.where(some.refused[settling:], SHED_CODE, 0)
    return found


def drained(service: Service, settling: int, at_s: float) -> Samples:
    """All that were due by `at_s`, each to its end."""
    started = int(np.searchsorted(service.rows.start_s, at_s, side="right"))
    service.go_on(started)
    rows = rows_of(service, 0)
    rows.rows["phase"][:settling] = Phase.SETTLING
    return rows.where(slice(0, started))


def asked_of(trial: Trial) -> Asked:
    if trial.axis == "users":
        return ClosedLoop(users=int(trial.value), request_delay_s=NO_PAUSE.request_delay_s)
    stage = Stage(first=trial.value, last=trial.value, for_s=None)
    asked: OpenLoop = replace(AT_A_RATE, stages=(stage,))
    return asked

"""The users of one process as an executor."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from stt_load.clock import clock
from stt_load.config import Config, masked
from stt_load.load.timetable import ZERO_S
from stt_load.run.clips import THREADS
from stt_load.run.context import RunContext
from stt_load.run.executor import LocalExecutor
from stt_load.run.order import Order
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import ErrorKind, Sample
from tests.cluster.conversation import INFO
from tests.factory import FakeUsers
from tests.load.timetables import open_loop
from tests.making import Told, sample_of


class Begun:
    """An executor that has begun a run of four requests."""

    def __init__(self) -> None:
        self.told = Told(4, 1)
        self.stages: list[RunContext] = []
        self.executor = LocalExecutor(self.told.budget, FakeUsers(), self.stages.append)
        config = Config()
        order = Order(config, masked(config), "http://127.0.0.1:1/x")
        self.executor.begin(self.told.barrier, order, replace(INFO, seed=7), Path("result.json"))


def test_users_get_the_stage_of_the_run() -> None:
    begun = Begun()
    (context,) = begun.stages
    assert (context.seed, context.url) == (7, "http://127.0.0.1:1/x")
    assert context.dispatcher.origin_s == begun.told.barrier.origin_s


def test_rows_count_the_users_that_make_requests_and_no_others() -> None:
    begun = Begun()
    (context,) = begun.stages
    assert context.users() == 0
    begun.told.budget.slots.join("one")
    begun.told.budget.slots.join("two")
    assert context.users() == 2
    begun.told.budget.slots.leave("one")
    assert context.users() == 1


def test_before_the_barrier_nothing_has_been_seen() -> None:
    executor = Begun().executor
    assert executor.generator(3) == Generator(listener_errors=3)
    assert (executor.leased_again, executor.clocks, list(executor.remains())) == (0, {}, [])


def follow(monkeypatch: pytest.MonkeyPatch, executor: LocalExecutor, from_s: float, *after_s: float) -> None:
    """The executor looks at its users at these moments."""
    for at_s in after_s:
        monkeypatch.setattr("stt_load.run.executor.clock", lambda now_s=from_s + at_s: now_s)
        executor.follow_users()


def test_arrivals_that_nobody_takes_have_their_rows_whatever_becomes_of_locusts_screens() -> None:
    told, load = Told(None), open_loop((10, 10, None), planned=5, max_lag_s=0.25)
    shown = list[int]()

    def show(sample: Sample) -> None:
        shown.append(sample.seq)
        raise RuntimeError("no screen")

    executor = LocalExecutor(told.budget, FakeUsers(), lambda _: None, show)
    config = Config()
    order = Order(config, masked(config), "http://127.0.0.1:1/x")
    executor.begin(told.barrier, order, replace(INFO, seed=7, load=load), Path("result.json"))
    told.budget.open, told.barrier.barrier_s = True, clock()
    told.budget.slots.barrier_s = barrier_s = clock() - ZERO_S - 2.0
    assert executor._drops is not None
    executor._drops.drop(barrier_s + ZERO_S + 0.36)
    rows = list(told.barrier.table.snapshot())
    assert [(row.seq, row.error_kind) for row in rows] == [(0, ErrorKind.DROPPED), (1, ErrorKind.DROPPED)]
    assert (shown, told.barrier.faults.count) == ([0, 1], 2)
    told.budget.close(barrier_s + ZERO_S + 0.47)
    left = [(row.seq, row.error_kind) for row in executor.remains()]
    assert left == [(2, ErrorKind.DROPPED), (3, ErrorKind.CANCELLED), (4, ErrorKind.CANCELLED)]


def test_at_the_barrier_connections_are_opened_clips_made_and_from_then_on_arrivals_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading = list[object]()
    monkeypatch.setattr("stt_load.run.executor.read_ahead.run", lambda arrivals, _: reading.append(arrivals))
    told = Told(None, 1, on_barrier=lambda: executor.measure())
    opened, shown, contexts = list[str](), list[int](), list[RunContext]()
    executor = LocalExecutor(told.budget, FakeUsers(), contexts.append, lambda row: shown.append(row.seq))
    load = open_loop((20, 20, None), planned=2, max_lag_s=0.05)
    config = Config(audio={"format": "flac"})
    order = Order(config, masked(config), "http://127.0.0.1:1/x")
    executor.begin(told.barrier, order, replace(INFO, seed=7, load=load), Path("result.json"))
    told.barrier.release()

    def work() -> None:
        dispatcher = contexts[0].dispatcher
        first = dispatcher.take("one", lambda: opened.append("one"))
        dispatcher.finish(first, sample_of(first, sent_s=1.0, done_s=1.1), None)
        dispatcher.take("one", lambda: opened.append("one"))

    user = gevent.spawn(work)
    gevent.idle()
    assert (opened, reading) == (["one"], [told.budget] * THREADS)
    user.kill()
    told.budget.slots.barrier_s -= ZERO_S  # the timetable begins
    with gevent.Timeout(60):
        while not told.budget.done:
            gevent.sleep(0.01)
    executor.rest()
    assert shown == [1, 2]
    assert told.barrier.faults.count == 0


def test_while_it_measures_the_collector_leaves_alone_what_was_there() -> None:
    gc.unfreeze()
    begun = Begun()
    assert gc.get_freeze_count() == 0
    begun.executor.measure()
    assert gc.get_freeze_count() > 0
    begun.executor.rest()
    assert gc.get_freeze_count() == 0


def test_of_several_runs_of_the_same_each_settles() -> None:
    told = Told(10, 1)
    config = Config(repeat=2)
    load = ClosedLoop(users=3, request_delay_s=0.0)
    executor = LocalExecutor(told.budget, FakeUsers(), lambda _: None)
    order = Order(config, masked(config), "http://127.0.0.1:1/x")
    executor.begin(told.barrier, order, replace(INFO, seed=7, load=load), Path("result.json"))
    assert told.budget.total == 10 + 2 * 3


def test_users_in_their_on_start_are_not_missing_and_the_end_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Begun()
    begun.told.go()
    begun.executor.measure()
    barrier_s = begun.told.barrier.barrier_s
    assert barrier_s is not None
    present = begun.told.budget.present
    begun.executor.users.running = present + 1  # type: ignore[misc]
    for wanted in None, present + 1:  # in a ramp, and after it
        begun.executor.users.wanted = wanted  # type: ignore[misc]
        begun.stages[0].dispatcher.starting(1)
        follow(monkeypatch, begun.executor, barrier_s, 0.0, 5.0, 10.0)
        assert begun.executor.generator(0).load_changes == ()
    begun.stages[0].dispatcher.starting(0)
    follow(monkeypatch, begun.executor, barrier_s, 20.0, 21.0, 22.0)
    begun.told.budget.close()
    follow(monkeypatch, begun.executor, barrier_s, 25.0, 60.0)
    begun.executor.rest()
    assert begun.executor.generator(0).load_changes == ((pytest.approx(20.0, abs=10.0), pytest.approx(25.0)),)


def test_what_was_seen_since_the_barrier_is_told_with_changes_of_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Begun()
    begun.told.go()
    begun.executor.measure()
    barrier_s = begun.told.barrier.barrier_s
    assert barrier_s is not None
    begun.executor.users.wanted, begun.executor.users.running = 2, 1  # type: ignore[misc]
    follow(monkeypatch, begun.executor, barrier_s, 0.0, 0.5, 1.2, 3.0)
    seen = begun.executor.generator(0)
    begun.executor.rest()
    ((from_s, to_s),) = seen.load_changes
    assert to_s - from_s == pytest.approx(3.0, abs=0.1)
    assert len(seen.workers) == 1

"""The users of one process as an executor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.config import Config, masked
from stt_load.run.context import Order, RunContext
from stt_load.run.executor import LocalExecutor
from stt_load.samples.generator import Generator
from tests.cluster.conversation import INFO
from tests.factory import FakeUsers
from tests.making import Told


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

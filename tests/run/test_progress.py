"""What a look at a run sees, and when it says what is waited for. The clock is the test's."""

from __future__ import annotations

import pytest

from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.run import progress as meters
from stt_load.run.progress import STILL_S, ProcessState, ProgressMeter
from stt_load.samples.progress import Waiting
from tests.making import barrier_of


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The one element is the time."""
    time_s = [1_000.0]
    monkeypatch.setattr(meters, "clock", lambda: time_s[0])
    monkeypatch.setattr("stt_load.run.barrier.clock", lambda: time_s[0])
    return time_s


def taken(budget: Budget, user: str) -> Iteration:
    budget.slots.join(user)
    iteration = budget.take(user)
    assert iteration is not None
    return iteration


def test_before_the_service_is_ready_it_is_what_is_waited_for(now: list[float]) -> None:
    meter = ProgressMeter(barrier_of(Budget(10, 2, 2)), wait_ready_s=60.0)
    now[0] += 12
    seen = meter.look(ProcessState(time_limit_s=100.0))
    assert (seen.phase, seen.left_s, seen.time_limit_s, seen.waiting) == ("ready", 48.0, 100.0, None)


def test_a_warm_up_whose_users_are_not_there_says_so(now: list[float]) -> None:
    budget = Budget(10, 2, 3)
    barrier = barrier_of(budget)
    meter = ProgressMeter(barrier, 0.0)
    barrier.release()
    budget.slots.join("a")
    assert meter.look(ProcessState(unconfirmed=1)).waiting is None, "it has only begun"
    now[0] += STILL_S
    assert meter.look(ProcessState(unconfirmed=1)).waiting == Waiting(1, 1, 3, 0, STILL_S)


def test_a_warm_up_that_waits_for_answers_says_for_how_long_none_has_come(now: list[float]) -> None:
    budget = Budget(10, 2, 2)
    barrier = barrier_of(budget)
    meter = ProgressMeter(barrier, 0.0)
    barrier.release()
    first, _ = taken(budget, "a"), taken(budget, "b")
    meter.look(ProcessState())
    now[0] += 12
    assert meter.look(ProcessState()).waiting == Waiting(0, 2, 2, 2, 12.0)
    budget.finish(first)
    assert meter.look(ProcessState()).waiting is None, "one has just come"
    now[0] += 5
    assert meter.look(ProcessState()).waiting == Waiting(0, 2, 2, 1, 5.0)


def test_after_the_barrier_nobody_is_awaited_any_more(now: list[float]) -> None:
    budget = Budget(None, 0, 1)
    barrier = barrier_of(budget, measure_for_s=60.0)
    meter = ProgressMeter(barrier, 0.0)
    barrier.release()
    budget.slots.join("a")
    barrier.check_barrier()
    taken(budget, "a")
    budget.slots.leave("a")
    meter.look(ProcessState())
    now[0] += 20
    seen = meter.look(ProcessState())
    assert (seen.phase, seen.left_s, seen.waiting) == ("measuring", 40.0, Waiting(0, 0, 0, 1, 20.0))


def test_a_run_that_is_ending_says_how_long_what_is_in_flight_still_gets(now: list[float]) -> None:
    assert now
    budget = Budget(None, 0, 1)
    barrier = barrier_of(budget)
    barrier.release()
    budget.slots.join("a")
    barrier.check_barrier()
    iteration = taken(budget, "a")
    barrier.lifecycle.stop("stopped")
    seen = ProgressMeter(barrier, 0.0).look(ProcessState(drain_s=29.0))
    assert (seen.stopping, seen.in_flight, seen.drain_s) == (True, 1, 29.0)
    budget.finish(iteration)
    assert not ProgressMeter(barrier, 0.0).look(ProcessState(drain_s=29.0)).stopping

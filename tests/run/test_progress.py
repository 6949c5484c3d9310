"""What a look at a run sees, and when it says what is waited for. The clock is the test's."""

from __future__ import annotations

import pytest

from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.load.timetable import ZERO_S, timetable_of
from stt_load.run import progress as meters
from stt_load.run.progress import STILL_S, ProcessState, ProgressMeter
from stt_load.samples.progress import Arrivals, Waiting
from stt_load.samples.run_info import ClosedLoop, Load
from tests.load.timetables import open_loop, stages_of
from tests.making import barrier_of, sample_of


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


def test_before_the_warm_up_the_control_is_what_goes_on(now: list[float]) -> None:
    budget = Budget(10, 2, 1, repeat_check=2)
    barrier = barrier_of(budget)
    meter = ProgressMeter(barrier, 0.0)
    barrier.release()
    for done in range(4):
        now[0] += 1
        seen = meter.look(ProcessState())
        assert (seen.phase, seen.done, seen.total, seen.succeeded) == ("control", done, 4, done)
        assert seen.elapsed_s == done + 1
        iteration = taken(budget, "a")
        barrier.finish(iteration, sample_of(iteration), None)
    now[0] += 3
    seen = meter.look(ProcessState())
    assert (seen.phase, seen.done, seen.total, seen.elapsed_s) == ("warmup", 0, 2, 3.0)


def opened(budget: Budget, load: Load, now: list[float]) -> ProgressMeter:
    """A meter of a run whose barrier has just opened; a user is there."""
    barrier = barrier_of(budget)
    budget.follow(load, timetable_of(load, 7))
    barrier.release()
    barrier.budget.slots.join("a")
    barrier.barrier_s = now[0]
    return ProgressMeter(barrier, 0.0)


def test_of_an_open_loop_it_is_seen_what_was_due_and_in_which_stage(now: list[float]) -> None:
    load = open_loop((2.0, 2.0, 5.0), (4.0, 4.0, 5.0), planned=30)
    meter = opened(Budget(None, 0, 1), load, now)
    seen = meter.look(ProcessState())
    assert (seen.arrivals, seen.stage, seen.total) == (Arrivals(0, 0), (1, 2), 30)
    now[0] += ZERO_S + 4.75
    assert meter.look(ProcessState()).arrivals == Arrivals(10, 0)
    now[0] += 0.5
    seen = meter.look(ProcessState())
    assert (seen.arrivals, seen.stage) == (Arrivals(11, 0), (2, 2))
    assert seen.left_s == pytest.approx(4.5), "the last one is due a quarter of a second before its stage is over"
    now[0] += 60
    seen = meter.look(ProcessState())
    assert (seen.arrivals, seen.left_s) == (Arrivals(30, 0), None), "how long answers take nobody knows"


def test_in_the_second_before_the_first_stage_nothing_is_due(now: list[float]) -> None:
    meter = opened(Budget(None, 0, 1), open_loop((20.0, 20.0, 60.0), (5.0, 5.0, 60.0), planned=1_500), now)
    now[0] += 0.5
    assert meter.look(ProcessState()).arrivals == Arrivals(0, 0)


def test_what_settles_on_top_of_a_repeated_run_is_due_too(now: list[float]) -> None:
    budget = Budget(None, 0, 1)
    meter = opened(budget, open_loop((2.0, 2.0, None), planned=30), now)
    assert budget.total == 30
    budget.total += 10
    assert meter.look(ProcessState()).limit_s == ZERO_S + 39 / 2
    now[0] += 100.0
    seen = meter.look(ProcessState())
    assert (seen.arrivals, seen.total) == (Arrivals(40, 0), 40)


def test_of_users_in_stages_it_is_seen_which(now: list[float]) -> None:
    load = ClosedLoop(users=3, request_delay_s=0.0, stages=stages_of([(1, 1, 5.0), (3, 3, None)]))
    meter = opened(Budget(None, 0, 1), load, now)
    assert meter.look(ProcessState()).stage == (1, 2)
    now[0] += 5.0
    seen = meter.look(ProcessState())
    assert (seen.stage, seen.arrivals) == ((2, 2), None)
    now[0] += 500.0
    assert meter.look(ProcessState()).stage == (2, 2)


def test_a_plain_run_has_neither(now: list[float]) -> None:
    closed = opened(Budget(10, 0, 1), ClosedLoop(users=1, request_delay_s=0.0), now).look(ProcessState())
    assert (closed.arrivals, closed.stage) == (None, None)
    seen = opened(Budget(None, 0, 1), open_loop((2.0, 2.0, None)), now).look(ProcessState())
    assert (seen.arrivals, seen.stage, seen.left_s) == (Arrivals(0, 0), None, None)

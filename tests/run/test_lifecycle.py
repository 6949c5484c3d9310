"""How a run ends: who waits for what, how long, and what it is called. The clock is the test's."""

from __future__ import annotations

from collections.abc import Callable

import gevent
import pytest

from stt_load.load.budget import Budget
from stt_load.run import lifecycle as lifecycles
from stt_load.run.faults import Faults
from stt_load.run.lifecycle import MARGIN_S, Lifecycle, State
from stt_load.samples.run_info import PLANNED, EndReason

DRAIN_S, LONGEST_S = 30.0, 300.0


class Users:
    """Users of which the test says what happens while they are waited for."""

    def __init__(self) -> None:
        self.did: list[tuple[str, float | None]] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def finish(self, limit_s: float) -> None:
        self.did.append(("finish", limit_s))
        self.meanwhile()

    def drain(self, limit_s: float) -> None:
        self.did.append(("drain", limit_s))

    def cut(self) -> None:
        self.did.append(("cut", None))


class Run:
    """A run for a time whose users have `in_flight` requests in flight, or one whose N are all in."""

    def __init__(self, in_flight: int, total: int | None = None) -> None:
        self.budget = Budget(total, 0, in_flight)
        self.asked_for_its_end = 0
        self.rested = 0
        self.faults = Faults()
        self.users = Users()
        self.lifecycle = Lifecycle(
            self.budget,
            self.users,
            self.faults,
            drain_s=DRAIN_S,
            longest_s=LONGEST_S,
            rest=self._rest,
            stop_users=self._stop_users,
        )
        self.lifecycle.ready = True
        for user in range(in_flight):
            self.budget.slots.join(user)
        self.budget.open = self.budget.may_open()
        self.iterations = [
            iteration for user in range(in_flight) if (iteration := self.budget.take(user)) is not None
        ]

    def _stop_users(self) -> None:
        self.asked_for_its_end += 1

    def _rest(self) -> None:
        self.rested += 1

    def answer_all(self) -> None:
        while self.iterations:
            self.budget.finish(self.iterations.pop())

    @property
    def reason(self) -> EndReason | None:
        return self.lifecycle.ending and self.lifecycle.ending.reason


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The one element is the time."""
    time_s = [1_000.0]
    monkeypatch.setattr(lifecycles, "clock", lambda: time_s[0])
    return time_s


@pytest.mark.parametrize("planned", PLANNED)
def test_a_planned_end_waits_as_long_as_a_request_can_take(now: list[float], planned: EndReason) -> None:
    run = Run(3)
    assert run.lifecycle.left_s is None
    run.lifecycle.end(planned)
    run.users.meanwhile = run.answer_all
    run.lifecycle.finish()
    assert run.users.did == [("finish", LONGEST_S + MARGIN_S)]
    assert run.budget.take(0) is None, "nothing new starts"
    assert (run.lifecycle.state, run.lifecycle.told, run.reason) == (State.DRAINING, False, planned)
    now[0] += 100
    assert run.lifecycle.left_s == LONGEST_S + MARGIN_S - 100


@pytest.mark.parametrize("planned", PLANNED)
def test_from_the_instant_of_a_planned_end_it_is_known_how_long_it_can_take(
    now: list[float], planned: EndReason
) -> None:
    assert now
    run = Run(3)
    run.lifecycle.end(planned)
    assert (run.lifecycle.state, run.lifecycle.left_s) == (State.DRAINING, LONGEST_S + MARGIN_S)


def test_what_hangs_for_longer_than_a_request_can_take_is_cut_off(now: list[float]) -> None:
    assert now
    run = Run(1)
    run.lifecycle.end("finished")
    run.lifecycle.finish()
    assert run.users.did == [("finish", LONGEST_S + MARGIN_S), ("cut", None)]
    run.lifecycle.stop("stopped")
    assert run.users.did[-1] == ("drain", 0.0)
    assert run.reason == "finished", "it is we who stop Locust"


def test_when_all_n_are_in_nobody_waits_longer_than_for_a_stop(now: list[float]) -> None:
    assert now
    run = Run(2, total=2)
    run.answer_all()
    run.lifecycle.end("finished")
    run.lifecycle.finish()
    assert run.users.did == [("finish", DRAIN_S)]


@pytest.mark.parametrize("reason", ["stopped", "time_limit", "workers_lost"])
def test_a_stop_drains_for_as_long_as_it_is_given(now: list[float], reason: EndReason) -> None:
    run = Run(2)
    run.lifecycle.stop(reason)
    assert (run.users.did, run.reason, run.lifecycle.left_s) == ([("drain", DRAIN_S)], reason, DRAIN_S)
    now[0] += DRAIN_S + 1
    assert run.lifecycle.left_s == 0.0


@pytest.mark.parametrize("reason", ["stopped", "time_limit"])
def test_a_stop_in_the_wait_of_a_planned_end_gives_less_time_and_says_who_it_was(
    now: list[float], reason: EndReason
) -> None:
    run = Run(2)
    run.lifecycle.end("finished")
    left: list[float | None] = []

    def stop() -> None:
        now[0] += 10
        run.lifecycle.stop(reason)
        left.append(run.lifecycle.left_s)
        run.answer_all()

    run.users.meanwhile = stop
    run.lifecycle.finish()
    assert left == [DRAIN_S]
    assert (run.lifecycle.told, run.reason) == (True, reason), "Locust is on its way already"


@pytest.mark.parametrize("reason", ["stopped", "time_limit"])
def test_a_stop_in_the_same_instant_as_a_planned_end_says_who_cut_it_short(
    now: list[float], reason: EndReason
) -> None:
    """What was planned has not begun to wait for what is in flight."""
    assert now
    run = Run(2)
    run.lifecycle.end("finished")
    run.lifecycle.stop(reason)
    assert (run.users.did, run.reason) == ([("drain", DRAIN_S)], reason)


def test_a_stop_in_the_same_instant_as_the_last_answer_is_no_news(now: list[float]) -> None:
    assert now
    run = Run(2, total=2)
    run.answer_all()
    run.lifecycle.end("finished")
    run.lifecycle.stop("time_limit")
    assert run.reason == "finished"


def test_the_wait_for_an_end_that_locust_never_tells_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycles, "PATIENCE_S", 0.01 - DRAIN_S)
    run = Run(1)

    def conclude() -> None:
        run.lifecycle.over()
        run.lifecycle.concluded.set()

    with gevent.Timeout(60):
        run.lifecycle.await_result(conclude)
    assert run.lifecycle.state is State.OVER
    assert "never said" in run.faults.sentences[0]


def test_a_result_that_takes_long_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycles, "PATIENCE_S", 0.01 - DRAIN_S)
    run = Run(1)
    run.lifecycle.over()
    gevent.spawn_later(0.05, run.lifecycle.concluded.set)
    again: list[str] = []
    with gevent.Timeout(60):
        run.lifecycle.await_result(lambda: again.append("concluded twice"))
    assert (again, run.faults.count) == ([], 0)


def test_a_stop_late_in_a_planned_wait_gives_no_more_time_than_there_was(now: list[float]) -> None:
    run = Run(1)
    run.lifecycle.end("finished")

    def stop() -> None:
        now[0] += LONGEST_S - 4
        run.lifecycle.stop("stopped")

    run.users.meanwhile = stop
    run.lifecycle.finish()
    assert run.users.did[1] == ("drain", 4 + MARGIN_S)


def test_the_first_signal_drains_and_the_second_cuts(now: list[float]) -> None:
    assert now
    run = Run(2)
    run.lifecycle.interrupt()
    gevent.sleep(0)
    assert (run.asked_for_its_end, run.reason, run.users.did) == (1, "interrupted", [])
    run.lifecycle.stop("stopped")
    assert (run.lifecycle.state, run.reason) == (State.DRAINING, "interrupted")
    run.lifecycle.interrupt()
    assert run.users.did == [("drain", DRAIN_S), ("cut", None)]
    assert (run.lifecycle.state, run.lifecycle.left_s) == (State.CUTTING, 0.0)


@pytest.mark.parametrize("reason", ["finished", "time_limit", "stopped"])
def test_a_signal_while_a_run_is_ending_cuts_at_once_and_counts(now: list[float], reason: EndReason) -> None:
    assert now
    run = Run(2)
    run.lifecycle.end(reason)
    run.lifecycle.interrupt()
    assert (run.users.did, run.reason) == ([("cut", None)], "interrupted")


@pytest.mark.parametrize("reason", ["gave_up", "dead_warmup", "workers_lost"])
def test_a_signal_changes_nothing_of_why_a_run_was_given_up(now: list[float], reason: EndReason) -> None:
    assert now
    run = Run(2)
    run.lifecycle.end(reason, "its words")
    run.lifecycle.interrupt()
    assert (run.users.did, run.reason) == ([("cut", None)], reason)


def test_a_signal_after_the_last_answer_is_no_news(now: list[float]) -> None:
    assert now
    run = Run(2)
    run.answer_all()
    run.lifecycle.end("finished")
    run.lifecycle.interrupt()
    assert run.reason == "finished"


def test_when_all_is_in_there_is_nothing_to_cut(now: list[float]) -> None:
    assert now
    run = Run(0)
    run.lifecycle.over()
    run.lifecycle.cut()
    assert (run.lifecycle.state, run.users.did) == (State.OVER, [])


@pytest.mark.parametrize(("in_flight", "rested"), [(0, True), (2, False)])
def test_when_no_answer_is_awaited_any_more_what_locust_does_to_stop_its_users_is_no_load(
    in_flight: int, rested: bool
) -> None:
    run = Run(in_flight)
    run.lifecycle.stop("time_limit")
    assert (run.rested > 0) is rested

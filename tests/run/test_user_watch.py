"""Whether anybody is there to make requests, with a clock that the test holds."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.load.budget import Budget
from stt_load.run.executor import LocalExecutor
from stt_load.run.lifecycle import Ending
from stt_load.run.user_watch import UserWatch
from tests.factory import FakeUsers
from tests.making import Told


class Watched:
    """A run of four users, looked at every 100 ms of the test's own time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, awaited: int = 4, total: int | None = 10) -> None:
        self.now_s = 1_000.0
        for module in ("executor", "user_watch", "barrier"):
            monkeypatch.setattr(f"stt_load.run.{module}.clock", lambda: self.now_s)
        self.told = Told(total, 0, awaited)
        self.users = FakeUsers(wanted=4, running=4)
        self.executor = LocalExecutor(self.told.budget, self.users, lambda _: None)
        self.executor._barrier = self.told.barrier
        self.asked_for = 4
        self.watch = UserWatch(self.told.barrier, self.executor, lambda: self.asked_for, 4)

    @property
    def budget(self) -> Budget:
        return self.told.budget

    @property
    def ending(self) -> Ending | None:
        return self.told.lifecycle.ending

    def join(self, *users: int) -> None:
        for user in users:
            self.budget.slots.join(user)
        self.told.barrier.check_barrier()

    def leave(self, *users: int) -> None:
        for user in users:
            self.budget.slots.leave(user)
        self.users.running -= len(users)

    def look(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.1)):
            self.now_s += 0.1
            self.watch.look(self.now_s)

    @property
    def changes(self) -> tuple[tuple[float, float], ...]:
        barrier_s = self.told.barrier.barrier_s
        assert barrier_s is not None
        return self.executor._load.changes.since(barrier_s, self.now_s)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(monkeypatch)


def test_users_that_died_before_they_asked_end_the_run_with_what_locust_said(watched: Watched) -> None:
    watched.users.running = 0
    watched.users.trouble = "no token"
    watched.look(1.9)
    assert watched.ending is None
    watched.look(0.4)
    assert watched.ending == Ending("no_users", "no token")
    assert "over" in watched.told.calls


def test_users_that_all_stop_in_mid_run_end_it(watched: Watched) -> None:
    watched.join(1, 2, 3, 4)
    watched.look(5)
    assert watched.ending is None
    watched.leave(1, 2, 3, 4)
    watched.look(2.5)
    assert watched.ending is not None
    assert watched.ending.reason == "no_users"


def test_users_that_may_be_where_nobody_has_told_of_them_are_waited_for(watched: Watched) -> None:
    """Locust has given them to a worker that has said nothing yet."""
    watched.executor.unsure = True
    watched.join(1, 2, 3)
    watched.users.running = 3
    watched.look(60)
    assert watched.told.barrier.barrier_s is None
    watched.leave(1, 2, 3)
    watched.look(60)
    assert watched.ending is None
    watched.executor.unsure = False
    watched.look(2.5)
    assert watched.ending is not None
    assert watched.ending.reason == "no_users"


def test_users_of_other_classes_alone_end_the_run(watched: Watched) -> None:
    watched.users.wanted = watched.users.running = 0
    watched.look(2.5)
    assert watched.ending is not None
    assert watched.ending.reason == "no_users"


@pytest.mark.parametrize(
    ("wanted", "running", "asked_for"),
    [(None, 0, 4), (4, 4, 4), (4, 1, 4), (0, 0, 0)],
    ids=["still spawning", "busy in on_start", "one is left", "nobody was asked for"],
)
def test_a_run_whose_users_may_yet_come_goes_on(
    watched: Watched, wanted: int | None, running: int, asked_for: int
) -> None:
    watched.users.wanted, watched.users.running, watched.asked_for = wanted, running, asked_for
    watched.look(60)
    assert watched.ending is None


def test_the_barrier_waits_for_users_of_this_suite_only(watched: Watched) -> None:
    watched.users.wanted = watched.users.running = 2
    watched.join(1)
    watched.look(0.2)
    assert watched.told.barrier.barrier_s is None
    watched.join(2)
    assert watched.told.barrier.barrier_s is not None
    assert watched.told.barrier.users_at_barrier == 2


def test_the_barrier_does_not_wait_for_a_user_that_died(watched: Watched) -> None:
    watched.join(1, 2, 3)
    watched.look(60)
    assert watched.told.barrier.barrier_s is None, "the fourth is still in its on_start"
    watched.users.running = 3
    watched.look(2.2)
    assert watched.told.barrier.barrier_s is not None
    watched.look(1.2)
    assert len(watched.changes) == 1, "it is missing all the time"


def test_a_changed_number_of_users_is_waited_for_no_longer(watched: Watched) -> None:
    watched.join(1)
    watched.asked_for = 7
    watched.look(0.1)
    assert watched.told.barrier.barrier_s is not None


def test_users_that_die_while_others_go_on_change_the_load(watched: Watched) -> None:
    watched.join(1, 2, 3, 4)
    watched.look(3)
    assert watched.changes == ()
    watched.leave(4)
    watched.look(0.9)
    assert watched.changes == (), "for less than a second nobody minds"
    watched.look(2)
    ((from_s, to_s),) = watched.changes
    assert (from_s, to_s) == (pytest.approx(3.0), pytest.approx(5.9))


def test_a_load_that_is_what_it_should_be_again_was_changed_until_then(watched: Watched) -> None:
    watched.join(1, 2, 3, 4)
    watched.leave(4)
    watched.look(3)
    watched.users.running = 4
    watched.join(5)
    watched.look(5)
    ((_, to_s),) = watched.changes
    assert to_s == pytest.approx(3.1)


def test_users_that_somebody_stopped_change_nothing(watched: Watched) -> None:
    watched.join(1, 2, 3, 4)
    watched.users.wanted = 3
    watched.leave(4)
    watched.look(5)
    assert watched.changes == ()


def test_what_happens_at_the_end_of_a_run_changes_nothing(watched: Watched) -> None:
    watched.join(1, 2, 3, 4)
    watched.told.lifecycle.stop("stopped")
    watched.leave(1, 2, 3, 4)
    watched.look(5)
    assert watched.changes == ()
    assert watched.ending is not None
    assert watched.ending.reason == "stopped"


def test_a_look_that_fails_is_a_fault_and_not_the_last_one(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def look(now_s: float) -> None:
        looks.append(now_s)
        if len(looks) == 3:
            watched.told.lifecycle.stop("stopped")
        raise ValueError

    monkeypatch.setattr(watched.watch, "look", look)
    watched.watch.run()
    assert len(looks) == 3
    assert watched.told.barrier.faults.count == 3


def test_counting_the_users_costs_nothing_while_all_are_there(watched: Watched) -> None:
    class Counted(FakeUsers):
        looks = 0

        def __getattribute__(self, name: str) -> Any:
            if name == "running":
                Counted.looks += 1
            return super().__getattribute__(name)

    watched.executor.users = Counted(wanted=4, running=4)
    watched.join(1, 2, 3, 4)
    Counted.looks = 0
    watched.look(10)
    assert Counted.looks == 0

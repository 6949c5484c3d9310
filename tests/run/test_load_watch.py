"""Users that are missing while nobody asked for fewer are a change of the load, whoever causes it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from stt_load.run.load_watch import Asked, LoadChanges, LoadWatch


@dataclass
class Users:
    """Those that are known to be there."""

    present: int
    starting: int = 0


class Scene:
    """A watch, and what Locust has been asked for."""

    def __init__(self, wanted: int | None, spawned: int = 0) -> None:
        self.asked = Asked(wanted, spawned)
        self.distributed: list[float] = []
        self.now_s = 100.0
        self.watch = LoadWatch(lambda: self.asked, lambda: self.distributed.append(self.now_s))

    def pass_by(
        self, seconds: float, present: int, starting: int = 0, *, measuring: bool = True, pending: bool = False
    ) -> None:
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            self.watch.look(self.now_s, Users(present, starting), pending=pending, measuring=measuring)

    @property
    def changes(self) -> list[tuple[float, float]]:
        return [
            (pytest.approx(a, abs=0.15), pytest.approx(b, abs=0.15))
            for a, b in self.watch.changes.since(100.0, self.now_s)
        ]


def test_a_shortage_of_more_than_a_second_is_a_change_until_it_is_over() -> None:
    scene = Scene(wanted=4)
    scene.pass_by(1.0, present=4)
    scene.pass_by(12.0, present=2)
    scene.pass_by(1.0, present=4)
    assert scene.changes == [(1.0, 13.0)]
    assert scene.distributed == [], "Locust has those users: it would give them to nobody else"


def test_a_shortage_of_a_moment_is_none() -> None:
    scene = Scene(wanted=4)
    for _ in range(20):
        scene.pass_by(0.9, present=3)
        scene.pass_by(0.1, present=4)
    assert scene.changes == []


def test_fewer_users_that_somebody_asked_for_are_no_shortage() -> None:
    scene = Scene(wanted=4)
    scene.pass_by(1.0, present=4)
    scene.asked = Asked(None, spawned=2)  # those that are to stop still count with Locust, but not as asked for
    scene.pass_by(5.0, present=3)
    scene.asked = Asked(2, spawned=2)
    scene.pass_by(5.0, present=2)
    assert scene.changes == []


def test_users_that_are_still_to_come_in_a_ramp_are_no_shortage_those_that_came_and_idle_are() -> None:
    scene = Scene(wanted=None)
    for users in range(1, 6):
        scene.asked = Asked(None, users)
        scene.pass_by(1.0, present=users)
    assert scene.changes == []
    for users in range(6, 11):
        scene.asked = Asked(None, users)
        scene.pass_by(1.0, present=5)
    assert len(scene.changes) == 1
    assert scene.watch.changes.lasting


def test_users_of_a_ramp_that_log_in_are_not_missing() -> None:
    """One more every three seconds, and each takes two to get to its first task."""
    scene = Scene(wanted=None)
    for users in range(1, 6):
        scene.asked = Asked(None, users)
        scene.pass_by(2.0, present=users - 1, starting=1)
        scene.pass_by(1.0, present=users)
    scene.asked = Asked(6, 6)
    scene.pass_by(30.0, present=5, starting=1)
    assert scene.changes == []
    assert scene.distributed == []
    scene.pass_by(2.0, present=5)
    assert scene.changes == [(45.0, 47.0)], "it has not come out of it"
    scene.pass_by(5.0, present=5, starting=1)
    assert scene.changes == [(45.0, 47.0)]


def test_users_that_log_in_do_not_yet_replace_those_of_a_worker_that_is_gone() -> None:
    scene = Scene(wanted=4)
    scene.pass_by(1.0, present=4)
    scene.watch.moved(scene.now_s)
    scene.pass_by(1.0, present=2)
    scene.pass_by(5.0, present=2, starting=2)
    scene.pass_by(1.0, present=4)
    assert scene.changes == [(1.0, 7.0)]


def test_before_the_measuring_users_are_on_their_way() -> None:
    scene = Scene(wanted=4)
    scene.pass_by(12.0, present=2, measuring=False)
    scene.pass_by(1.0, present=4)
    assert scene.changes == []


def test_a_barrier_that_waits_for_nobody_does_not_hide_who_is_missing() -> None:
    scene = Scene(wanted=4)
    scene.pass_by(2.0, present=2, measuring=False)
    scene.pass_by(6.0, present=2)
    scene.pass_by(1.0, present=4)
    assert scene.changes == [(2.0, 8.0)]


def test_after_a_worker_has_gone_users_are_distributed_until_they_are_right() -> None:
    scene = Scene(wanted=4)
    scene.pass_by(1.0, present=4)
    scene.watch.moved(scene.now_s)
    scene.pass_by(3.5, present=2)
    assert len(scene.distributed) == 3
    scene.pass_by(1.0, present=5)
    assert scene.watch.changes.lasting, "there are too many"
    scene.pass_by(1.0, present=4, pending=True)
    assert scene.watch.changes.lasting, "one worker has not said yet how many it has"
    scene.pass_by(0.1, present=4)
    assert scene.changes == [(1.0, 6.5)]


def test_a_shortage_after_one_that_ended_begins_when_it_begins() -> None:
    scene = Scene(wanted=4)
    scene.watch.moved(scene.now_s)
    scene.pass_by(0.1, present=4)
    scene.pass_by(9.9, present=4)
    scene.pass_by(5.0, present=3)
    assert scene.changes[-1][0] == 10.0


def test_users_that_a_worker_has_and_that_do_nothing_are_missing_while_it_is_so() -> None:
    scene = Scene(wanted=4)
    scene.pass_by(10.0, present=4)
    scene.watch.idle(scene.now_s - 5)
    scene.pass_by(3.0, present=2, pending=True)
    scene.pass_by(0.1, present=4)
    assert scene.changes == [(5.0, 13.0)]


def test_users_that_are_too_many_are_a_change_and_are_set_right() -> None:
    """A worker stood still, Locust gave its users to others, and it is back with its own."""
    scene = Scene(wanted=4)
    scene.pass_by(1.0, present=4)
    scene.pass_by(4.0, present=6)
    assert scene.distributed
    scene.pass_by(0.1, present=4)
    assert scene.changes == [(1.0, 5.1)]


def test_users_that_end_their_last_request_are_not_too_many() -> None:
    scene = Scene(wanted=4)
    scene.asked = Asked(None, 2)
    scene.pass_by(20.0, present=4)
    assert scene.changes == []


def test_changes_of_the_load_count_from_the_barrier_and_end_when_the_load_is_back() -> None:
    changes = LoadChanges()
    changes.begin(5.0)
    changes.end(6.0)
    changes.begin(9.0)
    changes.end(12.0)
    changes.end(13.0)
    changes.begin(20.0)
    assert changes.since(10.0, 25.0) == ((0.0, 2.0), (10.0, 15.0)), "what was over before the barrier changed nothing"

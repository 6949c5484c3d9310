"""Users that are to end and don't: what is said, and when they are interrupted."""

from __future__ import annotations

from collections.abc import Callable

import gevent
import pytest
from gevent.pool import Group

from stt_load.locust_plugin import user_stop
from stt_load.locust_plugin.user_stop import UserStop
from tests.worker_process import until


class Slow:
    """A user whose `on_stop` goes on until it was interrupted `hard` times."""

    def __init__(self, hard: int = 1) -> None:
        self.left = hard
        self.stopping = False

    def run(self) -> None:
        try:
            gevent.sleep(60)
        except gevent.GreenletExit:
            self.stopping = True
            while self.left:
                try:
                    gevent.sleep(60)
                except gevent.GreenletExit:
                    self.left -= 1


def started(*users: Slow) -> Group:
    group = Group()
    for user in users:
        group.spawn(Slow.run, user)
    gevent.sleep(0)
    return group


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_(**seconds: float) -> None:
        for name, value in ({"GRACE_S": 0.05, "AGAIN_S": 0.02, "SAY_S": 0.02, "LOOK_S": 0.005} | seconds).items():
            monkeypatch.setattr(user_stop, name, value)

    return set_


def test_an_on_stop_that_does_not_return_is_interrupted_again_and_again(quick: Callable[..., None]) -> None:
    quick()
    users = [Slow(hard=3), Slow(hard=0)]
    group = started(*users)
    UserStop(group).watch(0.0)
    group.kill(timeout=60)
    assert not group
    assert users[0].left == 0


def test_a_cut_interrupts_only_who_was_killed_before(quick: Callable[..., None]) -> None:
    quick(GRACE_S=60)
    group = started(one := Slow(), other := Slow())
    first = next(iter(group))
    stopping = first.args[0]
    group.killone(first, block=False)
    until(lambda: stopping.stopping)
    UserStop(group).cut()
    until(lambda: one.stopping and other.stopping)
    until(lambda: len(group) == 1)
    assert stopping.left == 0
    assert sorted(user.left for user in (one, other)) == [0, 1]
    again = UserStop(group)
    again.cut()
    again.wait()


def test_one_line_says_who_is_waited_for_and_none_while_requests_are_in_flight(
    quick: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    quick(GRACE_S=9.0)
    in_flight = [1]
    group = started(Slow(), Slow())
    end = UserStop(group, lambda: in_flight[0])
    end.watch(0.0)
    end.watch(0.0)
    group.kill(block=False)
    gevent.sleep(0.06)
    assert [record for record in caplog.records if "waiting" in record.getMessage()] == []
    in_flight[0] = 0
    until(lambda: caplog.records)
    gevent.sleep(0.03)
    (record,) = caplog.records
    assert "waiting for users to end (2 Slow)" in record.getMessage()
    end.cut()
    end.wait()


def test_users_of_the_next_run_are_left_alone(quick: Callable[..., None]) -> None:
    quick()
    group = started(Slow(hard=0))
    end = UserStop(group)
    end.watch(0.0)
    group.kill()
    end.over()
    group.spawn(Slow.run, later := Slow())
    gevent.sleep(0.1)
    assert not later.stopping
    end.cut()
    end.wait()

"""A loop that need not wait lets others go on, and ends in time."""

from __future__ import annotations

import gevent
import gevent.socket
import pytest

from stt_load.client.pace import TURN_S, Overdue, Pace
from stt_load.clock import clock


def test_sockets_and_timers_have_their_turn_while_a_loop_goes_on() -> None:
    """`gevent.sleep(0)` would give it to neither."""
    turns = {"timer": 0, "socket": 0}
    near, far = gevent.socket.socketpair()

    def timer() -> None:
        while True:
            gevent.sleep(TURN_S / 10)
            turns["timer"] += 1

    def echo() -> None:
        while True:
            far.send(far.recv(1))

    def sockets() -> None:
        while True:
            near.send(b"x")
            near.recv(1)
            turns["socket"] += 1

    others = [gevent.spawn(timer), gevent.spawn(echo), gevent.spawn(sockets)]
    pace = Pace(clock() + 200 * TURN_S)
    rounds = 0

    def go_on() -> None:
        nonlocal rounds
        until_s = clock() + 20  # a pace that has no end is a failure, and not a test without one
        while clock() < until_s:
            rounds += 1
            pace.step(clock())

    with pytest.raises(Overdue):
        go_on()
    gevent.killall(others)
    near.close()
    far.close()
    assert rounds > 100, "it does not rest in each turn"
    assert turns["timer"] >= 5
    assert turns["socket"] >= 5


def test_who_has_just_waited_goes_on_at_once() -> None:
    asked = []
    other = gevent.spawn(lambda: asked.append(1))
    pace = Pace()
    pace.rested(clock())
    pace.step(clock())
    assert not asked
    other.join()

"""Slots that wait, and who of them is woken."""

from __future__ import annotations

from collections.abc import Hashable

import gevent
import pytest

from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.run.waiting import Condition, Retired
from stt_load.samples.sample import Phase


class Line:
    """Arrivals at given instants, or things that are there for some slots; counts how often it is asked."""

    def __init__(self, *due_s: float, arrives: bool = True) -> None:
        self.arrives = arrives
        self.due_s = list(due_s)
        self.things: dict[Hashable, int] = {}
        self.asked = 0

    def next(self, slot: Hashable, now_s: float) -> Iteration | None:
        self.asked += 1
        if not self.arrives:
            if not self.things.get(slot):
                return None
            self.things[slot] -= 1
            return Iteration(1, 0, Phase.MEASURED)
        if not self.due_s or self.due_s[0] > now_s:
            return None
        return Iteration(0, 0, Phase.MEASURED, self.due_s.pop(0))

    def may_have(self, slot: Hashable, now_s: float) -> bool:  # noqa: ARG002 - see the protocol
        return self.things.get(slot, 0) > 0

    def wakes_s(self, now_s: float) -> float | None:  # noqa: ARG002 - see the protocol
        return self.due_s[0] if self.due_s else None


class Waiters:
    """Slots that each wait once, in the order of their names; served: those that got something, in that order."""

    def __init__(self, line: Line, names: str) -> None:
        self.condition, self.line = Condition(), line
        self.served = list[str]()
        self.got = list[Iteration]()
        self.greenlets = {name: gevent.spawn(self.wait, name) for name in names}
        gevent.idle()

    def wait(self, name: str) -> None:
        self.got.append(self.condition.wait_for(self.line, name))
        self.served.append(name)

    def end(self) -> None:
        gevent.killall(list(self.greenlets.values()))


def test_who_came_last_goes_first_and_nobody_else_is_woken() -> None:
    line = Line()
    waiters = Waiters(line, "abcde")
    now_s = clock()
    line.due_s, line.asked = [now_s, now_s], 0
    waiters.condition.notify_all()
    gevent.idle()
    assert waiters.served == ["e", "d"]
    assert line.asked == 2
    waiters.end()


def test_a_slot_is_woken_when_something_is_due_by_one_timer_for_all() -> None:
    line = Line()
    waiters = Waiters(line, "abc")
    begun_s = clock()
    line.due_s, line.asked = [begun_s + 0.03, begun_s + 0.06], 0
    waiters.condition.notify_all()
    gevent.joinall([waiters.greenlets["c"], waiters.greenlets["b"]])
    assert clock() >= begun_s + 0.06
    assert (waiters.served, line.asked) == (["c", "b"], 2)
    assert not any(one.waited for one in waiters.got)
    waiters.end()


def test_what_comes_sooner_than_was_known_is_not_waited_for_until_later() -> None:
    line = Line(clock() + 60)
    waiters = Waiters(line, "a")
    line.due_s = [clock() + 0.02]
    waiters.condition.notify_all()
    waiters.greenlets["a"].join(5)
    assert waiters.served == ["a"]


def test_one_that_is_killed_after_it_was_woken_has_taken_nothing() -> None:
    line = Line()
    waiters = Waiters(line, "ab")
    line.due_s = [clock()]
    waiters.greenlets["b"].kill(block=False)  # which comes before it has had its turn
    waiters.condition.notify_all()
    gevent.idle()
    assert waiters.greenlets["b"].ready()
    assert waiters.served == ["a"]


def test_one_that_is_killed_while_it_waits_is_not_woken() -> None:
    line = Line()
    waiters = Waiters(line, "ab")
    waiters.greenlets["b"].kill()
    line.due_s = [clock()]
    waiters.condition.notify_all()
    gevent.idle()
    assert waiters.served == ["a"]


def test_one_that_is_withdrawn_gets_nothing_before_it_is_killed_and_others_do() -> None:
    line = Line()
    waiters = Waiters(line, "abcd")
    line.due_s = [clock()]
    waiters.condition.notify_all()
    waiters.condition.withdraw("d")  # which is woken, and has not had its turn
    waiters.condition.withdraw("c")
    gevent.idle()
    assert waiters.served == ["b"]
    gevent.killall([waiters.greenlets["c"], waiters.greenlets["d"]])
    line.due_s = [clock()]
    waiters.condition.notify_all()
    gevent.idle()
    assert waiters.served == ["b", "a"]


def test_one_that_is_withdrawn_between_two_requests_gets_nothing_until_it_is_gone() -> None:
    line = Line(clock())
    condition = Condition()
    condition.withdraw("a")
    asking = gevent.spawn(condition.wait_for, line, "a")
    gevent.idle()
    assert not asking.ready()
    asking.kill()
    condition.leave("a")
    assert condition.wait_for(line, "a").seq == 0, "who comes later under its name is another one"


def test_one_that_is_withdrawn_opens_no_connection() -> None:
    line, opened = Line(), list[str]()
    condition = Condition()
    waiting = [gevent.spawn(condition.wait_for, line, name, lambda name=name: opened.append(name)) for name in "ab"]
    gevent.idle()
    condition.withdraw("b")
    condition.connect(1)
    gevent.idle()
    assert opened == ["a"]
    gevent.killall(waiting)


def test_where_nothing_arrives_all_are_woken_who_may_have_something_and_nobody_who_comes_later() -> None:
    line = Line(arrives=False)
    waiters = Waiters(line, "abc")
    line.things, line.asked = {"a": 1, "c": 1}, 0
    waiters.condition.notify_all()
    late = gevent.spawn(waiters.condition.wait_for, line, "late")
    gevent.idle()
    assert sorted(waiters.served) == ["a", "c"]
    assert line.asked == 3, "b was not"
    assert not late.ready()
    late.kill()
    waiters.end()


def test_it_is_known_whether_a_slot_was_free_when_something_was_due() -> None:
    line = Line(clock() - 1)
    condition = Condition()
    assert condition.wait_for(line, "came too late").waited
    waiters = Waiters(line, "a")
    line.due_s = [clock()]
    gevent.sleep(0.002)
    # Before the one that waits has had its turn, another takes it: one was free all the same.
    assert not waiters.condition.wait_for(line, "sooner").waited
    waiters.end()


def test_the_slots_that_will_be_next_open_their_connections() -> None:
    line, opened = Line(), list[str]()
    condition = Condition()
    waiting = [gevent.spawn(condition.wait_for, line, name, lambda name=name: opened.append(name)) for name in "abcd"]
    gevent.idle()
    condition.connect(0)
    gevent.idle()
    assert opened == []
    condition.connect(2)
    gevent.idle()
    assert opened == ["d", "c"]
    condition.connect(99)
    gevent.idle()
    assert len(opened) == 6
    gevent.killall(waiting)


@pytest.mark.parametrize("arrives", [True, False])
def test_who_waits_when_the_run_is_over_and_who_comes_then_is_told_to_ask_another_one(
    arrives: bool,
) -> None:
    waiters = Waiters(Line(arrives=arrives), "ab")
    told = list[BaseException | None]()
    for greenlet in waiters.greenlets.values():
        greenlet.link_value(lambda _: told.append(None))
        greenlet.link_exception(lambda one: told.append(one.exception))
    waiters.condition.retire()
    gevent.joinall(list(waiters.greenlets.values()))
    gevent.idle()
    assert [type(one) for one in told] == [Retired, Retired]
    with pytest.raises(Retired):
        waiters.condition.wait_for(waiters.line, "c")


def test_what_is_there_still_is_had_after_the_run_is_over() -> None:
    line = Line(arrives=False)
    waiters = Waiters(line, "")
    line.things["a"] = 1
    waiters.condition.retire()
    assert waiters.condition.wait_for(line, "a").seq == 1

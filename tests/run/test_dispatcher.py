"""Where the users of one process get their iterations."""

from __future__ import annotations

from typing import Any

import gevent

from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.run.dispatcher import LocalDispatcher
from stt_load.run.waiting import Condition
from stt_load.samples.sample import Phase
from tests.load.timetables import When, open_loop
from tests.making import Told, sample_of


def dispatcher_of(told: Told, condition: Condition | None = None) -> LocalDispatcher:
    return LocalDispatcher(told.budget, told.barrier, condition or Condition())


def arriving(timetable: When, **load: Any) -> tuple[Told, LocalDispatcher]:
    """An open loop of three arrivals whose barrier is open, and where it is asked for them."""
    told = Told(3)
    told.budget.follow(open_loop((1, 1, None), planned=3 if "max_lag_s" not in load else None, **load), timetable)
    told.barrier.release()
    told.budget.open, told.budget.slots.barrier_s = True, clock()
    return told, dispatcher_of(told)


def settled() -> None:
    """Everybody who can go on has."""
    gevent.idle()


def test_nobody_gets_an_iteration_before_the_service_is_there() -> None:
    told = Told(5)
    taking = gevent.spawn(dispatcher_of(told).take, "one")
    settled()
    assert not taking.ready()
    told.barrier.release()
    settled()
    assert taking.value == Iteration(0, 0, Phase.MEASURED)


def test_who_has_to_wait_gets_an_iteration_when_there_is_one() -> None:
    condition = Condition()
    told = Told(5, 1, on_news=condition.notify_all)
    told.barrier.release()
    dispatcher = dispatcher_of(told, condition)
    first = dispatcher.take("one")
    waiting = gevent.spawn(dispatcher.take, "two")
    settled()
    assert not waiting.ready(), "the warm-up has not ended"
    dispatcher.finish(first, sample_of(first), "hello")
    settled()
    assert waiting.value == Iteration(1, 0, Phase.MEASURED)


def test_a_user_that_is_about_to_be_killed_gets_nothing_and_one_of_its_name_that_comes_later_does() -> None:
    told = Told(5)
    dispatcher = dispatcher_of(told)
    taking = gevent.spawn(dispatcher.take, "one")
    settled()
    dispatcher.withdraw("one")
    told.barrier.release()
    settled()
    assert not taking.ready()
    taking.kill()
    dispatcher.leave("one")
    assert dispatcher.take("one").seq == 0


def test_what_was_kept_for_a_user_that_leaves_goes_to_the_others() -> None:
    told = Told(3, 1, awaited=2)
    told.barrier.release()
    dispatcher = dispatcher_of(told)
    told.budget.slots.join("other")
    waiting = gevent.spawn(dispatcher.take, "one")
    settled()
    iteration = waiting.value
    assert iteration is not None
    more = gevent.spawn(dispatcher.take, "one")
    settled()
    assert not more.ready()
    dispatcher.leave("other")
    dispatcher.finish(iteration, sample_of(iteration), None)
    dispatcher.leave("nobody")
    settled()
    assert more.value == Iteration(1, 0, Phase.MEASURED)
    assert told.budget.present == 1


def test_a_user_that_is_killed_while_it_waits_has_taken_nothing() -> None:
    told = Told(1)
    told.barrier.release()
    dispatcher = dispatcher_of(told)
    iteration = dispatcher.take("one")
    waiting = gevent.spawn(dispatcher.take, "two")
    settled()
    waiting.kill()
    assert told.budget.handed_out == 1
    dispatcher.finish(iteration, sample_of(iteration), None)
    assert told.calls.count("over") == 1


def test_an_iteration_carries_the_number_of_its_slot() -> None:
    told = Told(9)
    told.barrier.release()
    dispatcher = dispatcher_of(told)
    assert [dispatcher.take(slot).slot for slot in ("one", "two", "one")] == [0, 1, 0]
    dispatcher.leave("one")
    assert [dispatcher.take(slot).slot for slot in ("three", "two")] == [0, 1]
    assert dispatcher.take("two").due_s is None, "in a closed loop it is due when it is ready"


def test_who_asks_before_an_iteration_is_due_gets_it_then() -> None:
    """No user of an open loop takes an iteration and then waits: stopped in the wait, it would have lost it."""
    told, dispatcher = arriving(When(lambda number: 0.05 * (number + 1)))
    barrier_s = told.budget.slots.barrier_s
    waiting = gevent.spawn(dispatcher.take, "stopped meanwhile")
    settled()
    assert (told.budget.handed_out, dispatcher.wakes_s(clock())) == (0, barrier_s + 0.05)
    waiting.kill()
    for number in range(3):
        taken = dispatcher.take("one")
        assert taken.due_s == barrier_s + 0.05 * (number + 1)
        assert clock() >= taken.due_s


def test_who_waits_for_an_end_that_is_not_his_waits_without_turning() -> None:
    """A due instant that has gone by must not wake anybody again and again once nothing is handed out any more."""
    told, dispatcher = arriving(When(lambda _: 0.02))
    waiting = gevent.spawn(dispatcher.take, "one")
    settled()
    told.budget.close()
    gevent.sleep(0.05)
    assert not waiting.ready()
    assert dispatcher.wakes_s(clock()) is None
    waiting.kill()


def test_what_nobody_took_in_time_is_dropped_before_anything_is_served() -> None:
    told, dispatcher = arriving(When(lambda number: float(number)), max_lag_s=2.0)
    told.budget.slots.barrier_s = barrier_s = clock() - 4.5
    dropped = list[Iteration]()

    def drop(now_s: float) -> None:
        dropped.extend(told.budget.overdue(now_s))

    dispatcher.drop = drop
    taken = dispatcher.take("one")
    assert [(one.seq, one.due_s) for one in dropped] == [(seq, barrier_s + seq) for seq in range(3)]
    assert (taken.seq, taken.due_s, taken.waited) == (3, barrier_s + 3, True)

"""Where the users of one process get their iterations."""

from __future__ import annotations

import gevent

from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.load.slots import Slots
from stt_load.run.dispatcher import Condition, LocalDispatcher
from stt_load.samples.sample import Phase
from tests.making import Told, sample_of


def dispatcher_of(told: Told, condition: Condition | None = None) -> LocalDispatcher:
    return LocalDispatcher(told.budget, told.barrier, condition or Condition())


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


def test_a_condition_wakes_those_who_wait_and_nobody_who_comes_later() -> None:
    condition = Condition()
    woken: list[str] = []

    def wait(name: str) -> None:
        calls = iter([None, name])
        woken.append(condition.wait_for(lambda *_: next(calls), name, Slots()))

    one, two = gevent.spawn(wait, "one"), gevent.spawn(wait, "two")
    settled()
    condition.notify_all()
    late = gevent.spawn(wait, "late")
    gevent.joinall([one, two])
    settled()
    assert woken == ["one", "two"]
    assert not late.ready()
    late.kill()


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
    told = Told(3)
    told.barrier.release()
    condition = Condition()
    dispatcher = LocalDispatcher(told.budget, told.barrier, condition)
    told.budget.slots.follow(lambda number: 0.05 * (number + 1), 0)
    told.budget.slots.barrier_s = barrier_s = clock()
    waiting = gevent.spawn(dispatcher.take, "stopped meanwhile")
    settled()
    assert (told.budget.handed_out, told.budget.slots.wake_s) == (0, barrier_s + 0.05)
    waiting.kill()
    for number in range(3):
        taken = dispatcher.take("one")
        assert taken.due_s == barrier_s + 0.05 * (number + 1)
        assert clock() >= taken.due_s


def test_who_waits_for_an_end_that_is_not_his_waits_without_turning() -> None:
    """A due instant that has gone by must not wake anybody again and again once nothing is handed out any more."""
    told = Told(3)
    told.barrier.release()
    condition = Condition()
    dispatcher = LocalDispatcher(told.budget, told.barrier, condition)
    told.budget.slots.follow(lambda _: 0.02, 0)
    told.budget.slots.barrier_s = clock()
    waiting = gevent.spawn(dispatcher.take, "one")
    settled()
    told.budget.close()
    gevent.sleep(0.05)
    assert not waiting.ready()
    assert told.budget.slots.wake_s is None
    waiting.kill()

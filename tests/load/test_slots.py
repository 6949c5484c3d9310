"""The slots of one process, and their numbers."""

from __future__ import annotations

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.iteration import Iteration
from stt_load.load.slots import Slots
from stt_load.samples.sample import Phase
from tests.load.timetables import When, open_loop

ANY = open_loop((2, 2, None))
ONE = Iteration(5, 1, Phase.MEASURED, level=2)


def number(slots: Slots, slot: Hashable) -> int:
    taken = slots.serve(slot, ONE, 0.0)
    assert taken is not None
    return taken.slot


def test_what_is_taken_bears_the_number_and_stays_what_it_was() -> None:
    slots = Slots()
    slots.join("a")
    slots.join("b")
    taken = slots.serve("b", ONE, 0.0)
    assert taken is not None
    assert (taken, taken.slot, taken.level, taken.due_s) == (ONE, 1, 2, None)


def test_each_has_the_lowest_free_number_for_as_long_as_it_stays() -> None:
    slots = Slots()
    assert all(slots.join(name) for name in "abc")
    assert not slots.join("a")
    assert [number(slots, name) for name in "abc"] == [0, 1, 2]
    slots.leave("b")
    slots.leave("a")
    slots.leave("never seen")
    slots.join("d")
    slots.join("e")
    slots.join("f")
    assert [number(slots, name) for name in "cdef"] == [2, 0, 1, 3]
    assert (slots.present, slots.joined) == (4, 6)


def test_who_has_taken_nothing_yet_is_fresh() -> None:
    slots = Slots()
    slots.join("a")
    slots.join("b")
    assert slots.fresh == 2
    number(slots, "a")
    assert (slots.is_fresh("a"), slots.is_fresh("b"), slots.fresh) == (False, True, 1)
    slots.leave("b")
    assert slots.fresh == 0
    slots.leave("a")
    slots.join("a")
    assert slots.is_fresh("a"), "whoever comes back comes anew"


def test_what_is_said_again_is_nobodys_first_and_due_when_it_is_ready() -> None:
    slots = Slots()
    slots.join("a")
    slots.follow(ANY, When(lambda _: 1e9), 3)
    taken = slots.serve("a", Iteration(5, 0xFF00, Phase.OUTSIDE), 0.0)
    assert taken is not None
    assert (taken.due_s, slots.is_fresh("a")) == (None, True)


@given(st.lists(st.integers(0, 6)))
def test_numbers_are_unique_and_below_the_most_that_were_there_at_once(toggled: list[int]) -> None:
    slots, there, most = Slots(), set[int](), 0
    for one in toggled:
        if one in there:
            slots.leave(one)
        else:
            slots.join(one)
        there ^= {one}
        most = max(most, len(there))
        numbers = [number(slots, each) for each in there]
        assert len(set(numbers)) == len(there)
        assert all(0 <= number < most for number in numbers)


def test_what_a_timetable_has_is_taken_when_it_is_due_and_not_before() -> None:
    slots = Slots()
    slots.join("a")
    slots.barrier_s = 100.0
    slots.follow(ANY, When(lambda number: 0.5 * number), 3)
    assert slots.serve("a", ONE, 100.9) is None
    assert (slots.wakes_s(ONE.seq, 100.9), slots.fresh) == (101.0, 1)
    taken = slots.serve("a", ONE, 101.0)
    assert taken is not None
    assert taken.due_s == 101.0


def test_the_warm_up_is_due_when_it_is_ready_whatever_the_timetable() -> None:
    slots = Slots()
    slots.join("a")
    slots.follow(ANY, When(lambda _: 1e9), 3)
    taken = slots.serve("a", Iteration(2, 0, Phase.WARMUP), 0.0)
    assert taken is not None
    assert taken.due_s is None

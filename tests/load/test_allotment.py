"""Arrivals are shared out in proportion to the slots of each worker, evenly mixed, whoever comes and goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.allotment import HORIZON_S, Allotment
from stt_load.load.iteration import Iteration
from stt_load.load.timetable import timetable_of
from stt_load.samples.sample import Phase
from tests.load.timetables import open_loop


def arrivals(first: int, count: int) -> list[Iteration]:
    return [Iteration(seq, 0, Phase.MEASURED) for seq in range(first, first + count)]


def allotment(warmup: int = 0, max_lag_s: float = 1.0) -> Allotment:
    """One arrival a second."""
    return Allotment(timetable_of(open_loop((1.0, 1.0, None)), 1), warmup, max_lag_s)


def seqs(allotted: dict[str, list[Iteration]]) -> dict[str, list[int]]:
    return {worker: [one.seq for one in found] for worker, found in allotted.items()}


def test_workers_with_as_many_slots_take_turns() -> None:
    assert seqs(allotment().share_out(arrivals(0, 6), {"a": 5, "b": 5})) == {"a": [0, 2, 4], "b": [1, 3, 5]}


def test_one_with_three_times_as_many_slots_gets_three_times_as_many_arrivals_evenly_mixed() -> None:
    shared = seqs(allotment().share_out(arrivals(0, 400), {"large": 3, "small": 1}))
    assert (len(shared["large"]), len(shared["small"])) == (300, 100)
    gaps = {later - earlier for earlier, later in zip(shared["small"], shared["small"][1:], strict=False)}
    assert gaps <= {3, 4, 5}


@given(
    st.lists(st.integers(0, 7), max_size=30),
    st.dictionaries(st.sampled_from("abcde"), st.integers(1, 50), min_size=1),
)
def test_the_shares_are_right_to_within_one_arrival_however_few_are_allotted_at_a_time(
    steps: list[int], slots: dict[str, int]
) -> None:
    ours, given_out = allotment(), dict.fromkeys(slots, 0)
    for step in steps:
        for worker, found in ours.share_out(arrivals(0, step), slots).items():
            given_out[worker] += len(found)
    assert sum(given_out.values()) == sum(steps)
    each = sum(steps) / sum(slots.values())
    for worker, count in given_out.items():
        assert abs(count - each * slots[worker]) <= len(slots), f"{worker} is far from its share"


def test_one_that_comes_later_or_comes_back_does_not_get_what_it_has_missed() -> None:
    ours = allotment()
    ours.share_out(arrivals(0, 100), {"a": 1, "b": 1})
    ours.share_out(arrivals(100, 100), {"a": 1})
    shared = seqs(ours.share_out(arrivals(200, 30), {"a": 1, "b": 1, "new": 1}))
    assert {worker: len(found) for worker, found in shared.items()} == {"a": 10, "b": 10, "new": 10}


def test_an_arrival_is_allotted_a_horizon_before_it_is_due_and_overdue_when_nobody_can_send_it_in_time() -> None:
    ours = allotment(warmup=10, max_lag_s=0.5)
    ours.barrier_s = 100.0
    assert ours.due_s(10) == 101.0
    assert ours.due_s(14) == 105.0
    assert ours.soon(14, 105.0 - HORIZON_S)
    assert not ours.soon(14, 104.9 - HORIZON_S)
    assert not ours.overdue(14, 105.5)
    assert ours.overdue(14, 105.6)

"""Which clips are said again, and when."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.iteration import Iteration
from stt_load.load.repeats import CONTROLS, STRIDE, UNDER_LOAD, Repeats, chosen
from stt_load.samples.sample import Phase


@given(count=st.integers(1, 1_000), warmup=st.integers(0, 50), measured=st.integers(1, 3_000))
def test_the_chosen_are_measured_all_different_and_evenly_spread(count: int, warmup: int, measured: int) -> None:
    seqs = chosen(count, warmup + measured, warmup)
    assert len(seqs) == min(count, measured)
    assert warmup <= seqs[0] <= seqs[-1] < warmup + measured
    gaps = [later - earlier for earlier, later in pairwise(seqs)]
    assert all(gap > 0 for gap in gaps)
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_a_run_without_end_has_one_in_ten() -> None:
    assert chosen(3, None, 5) == (5, 5 + STRIDE, 5 + 2 * STRIDE)


def test_without_a_repeat_check_nothing_is_said_again() -> None:
    repeats = Repeats(0, 100, 10)
    assert (repeats.controlling, repeats.next(100), repeats.seqs, repeats.in_flight) == (False, None, (), 0)
    assert not repeats.pending


def test_it_is_pending_until_everything_was_handed_out() -> None:
    repeats = Repeats(1, 20, 0)
    control(repeats)
    assert repeats.pending
    again = repeats.next(20)
    assert again is not None
    assert not repeats.pending
    repeats.put_back(again)
    assert repeats.pending


def control(repeats: Repeats) -> list[Iteration]:
    """All of it, each over before the next."""
    found = []
    while repeats.controlling:
        one = repeats.next(0)
        assert one is not None
        assert repeats.next(0) is None, "one at a time"
        repeats.over(one)
        found.append(one)
    return found


def test_each_is_said_twice_before_the_run_pair_by_pair() -> None:
    repeats = Repeats(2, 20, 0)
    assert control(repeats) == [Iteration(seq, one, Phase.OUTSIDE) for seq in (5, 15) for one in CONTROLS]
    assert (repeats.controls, repeats.controlled) == (4, 4)


def test_each_is_said_once_more_half_a_stride_after_itself_and_before_the_last_request() -> None:
    repeats = Repeats(2, 20, 0)
    control(repeats)
    when = [(handed_out, one.seq, one.attempt) for handed_out in range(21) if (one := repeats.next(handed_out))]
    assert when == [(10, 5, UNDER_LOAD), (19, 15, UNDER_LOAD)]
    assert repeats.in_flight == 2


def test_nothing_is_said_under_load_before_the_barrier_even_of_a_run_of_one_request() -> None:
    repeats = Repeats(1, 3, 2)
    control(repeats)
    assert repeats.next(None) is None
    assert repeats.next(2) == Iteration(2, UNDER_LOAD, Phase.OUTSIDE)


def test_where_every_clip_is_said_again_the_last_one_is_so_just_before_itself() -> None:
    repeats = Repeats(3, 3, 0)
    control(repeats)
    assert repeats.next(0) is None
    assert [one.seq for _ in range(4) for handed_out in (1, 2) if (one := repeats.next(handed_out))] == [0, 1, 2]


def test_a_control_that_is_given_up_is_over_when_nothing_of_it_is_in_flight() -> None:
    repeats = Repeats(5, 20, 0)
    first = repeats.next(0)
    assert first is not None
    repeats.give_up_control()
    assert repeats.controlling
    repeats.over(first)
    assert (repeats.controlling, repeats.controlled, repeats.controls) == (False, 1, 1)


@pytest.mark.parametrize("when", ["control", "run"])
def test_what_is_put_back_comes_next_whenever_that_is(when: str) -> None:
    repeats = Repeats(2, 20, 0)
    if when == "run":
        control(repeats)
    one = repeats.next(12)
    assert one is not None
    repeats.put_back(one)
    assert repeats.in_flight == 0
    assert repeats.next(12) == one


def test_what_is_over_twice_counts_once() -> None:
    repeats = Repeats(1, 20, 0)
    first = repeats.next(0)
    assert first is not None
    repeats.over(first)
    repeats.over(first)
    assert repeats.controlled == 1

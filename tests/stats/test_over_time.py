"""The time of a run in intervals: where they end, what is in each, and quantiles that move along."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from stt_load.stats.over_time import counts, edges, in_flight, moving_quantile, per_second, window_s


def test_intervals_are_counted_in_widths_that_a_person_counts_in() -> None:
    assert edges(0.0, 60.0, 12).tolist() == [5.0 * number for number in range(13)]
    assert edges(0.0, 0.6, 6).tolist() == pytest.approx([0.1 * number for number in range(7)])
    assert edges(0.0, 10_000.0, 24).tolist() == [500.0 * number for number in range(21)]


def test_the_barrier_parts_two_intervals() -> None:
    found = edges(-3.2, 20.0, 5).tolist()
    assert found == [-3.2, 0.0, 5.0, 10.0, 15.0, 20.0]


def test_a_warm_up_that_is_short_beside_an_interval_still_has_one_of_its_own() -> None:
    assert edges(-0.4, 20.0, 5).tolist() == [-0.4, 0.0, 5.0, 10.0, 15.0, 20.0]


def test_what_is_left_is_joined_where_it_is_less_than_half_at_the_beginning_and_less_than_all_at_the_end() -> None:
    assert edges(0.0, 21.0, 5).tolist() == [0.0, 5.0, 10.0, 15.0, 21.0]
    assert edges(0.0, 23.0, 5).tolist() == [0.0, 5.0, 10.0, 15.0, 23.0]
    assert edges(2.0, 25.0, 5).tolist() == [2.0, 5.0, 10.0, 15.0, 20.0, 25.0]
    assert edges(4.0, 20.0, 4).tolist() == [4.0, 10.0, 15.0, 20.0]


@pytest.mark.parametrize("seed", range(20))
def test_intervals_fill_the_time_and_none_is_much_shorter_than_the_others(seed: int) -> None:
    random = np.random.default_rng(seed)
    from_s, length_s = -float(random.exponential(5)), float(random.exponential(1_000))
    found = edges(from_s, from_s + length_s, 40)
    assert (found[0], found[-1]) == (from_s, from_s + length_s)
    assert 2 <= len(found) <= 40 * 4 / 3 + 3
    assert np.all(np.diff(found) > 0)
    if from_s < 0 < from_s + length_s:
        assert 0.0 in found.tolist()


@pytest.mark.parametrize(("from_s", "to_s"), [(1.0, 1.0), (2.0, 1.0), (float("nan"), 1.0)])
def test_no_time_has_no_intervals(from_s: float, to_s: float) -> None:
    assert len(edges(from_s, to_s, 10)) == 0


def test_the_rate_of_what_comes_once_a_second_is_not_higher_where_it_ends() -> None:
    """Of an end that is short a rate would be made by the event that it ends with."""
    for length in range(20, 60):
        at_s = np.arange(1.0, length + 1)
        ends_s = edges(0.0, float(at_s[-1]), 8)
        assert per_second(at_s, ends_s, "right").max() <= 1.0
    at_s = np.arange(40) + 0.5
    assert per_second(at_s, edges(0.0, 39.5, 10), "right")[-1] < 1.1


def test_an_instant_that_is_an_end_is_in_the_interval_that_it_closes_or_opens() -> None:
    at_s, ends_s = np.asarray([2.0, 1.0, 0.0, 1.5]), np.asarray([0.0, 1.0, 2.0])
    assert counts(at_s, ends_s, "left").tolist() == [1, 3]
    assert counts(at_s, ends_s, "right").tolist() == [2, 2]


def test_what_is_outside_is_not_counted() -> None:
    assert counts(np.asarray([-1.0, 0.5, 9.0]), np.asarray([0.0, 1.0, 2.0]), "left").tolist() == [1, 0]
    assert counts(np.empty(0), np.asarray([0.0, 1.0, 2.0]), "right").tolist() == [0, 0]


def test_a_rate_is_by_the_length_of_its_own_interval() -> None:
    found = per_second(np.asarray([0.1, 0.2, 1.5, 3.0]), np.asarray([0.0, 0.5, 4.0]), "right")
    assert found.tolist() == pytest.approx([4.0, 2 / 3.5])


@pytest.mark.parametrize("seed", range(5))
def test_requests_in_flight_are_those_that_a_count_at_many_instants_finds(seed: int) -> None:
    random = np.random.default_rng(seed)
    from_s = random.uniform(-2, 10, 50)
    to_s = from_s + random.exponential(1.0, 50)
    ends_s = np.asarray([-1.0, 0.0, 3.0, 3.5, 9.0])
    instants_s = [np.linspace(first, last, 20_001) for first, last in pairwise(ends_s)]
    seen = [np.mean([(from_s <= at) & (at < to_s) for at in some[::40]], axis=0).sum() for some in instants_s]
    assert in_flight(from_s, to_s, ends_s) == pytest.approx(seen, rel=0.02, abs=0.05)


def test_one_request_that_is_there_for_half_of_an_interval_is_half_a_request() -> None:
    assert in_flight(np.asarray([1.0]), np.asarray([3.0]), np.asarray([0.0, 2.0, 4.0, 6.0])).tolist() == [0.5, 0.5, 0]


def test_a_window_is_as_long_as_a_hundred_answers_take_within_its_bounds() -> None:
    assert window_s(np.linspace(0, 60, 600)) == pytest.approx(10.0)
    assert window_s(np.linspace(0, 60, 100_000)) == pytest.approx(2.0)
    assert window_s(np.linspace(0, 60, 100)) == pytest.approx(15.0)
    assert window_s(np.asarray([5.0])) == window_s(np.empty(0)) == 0.0


def test_a_moving_p95_follows_what_became_slower() -> None:
    at_s = np.linspace(0, 100, 1_001)
    values = np.where(at_s < 50, 1.0, 3.0)
    x, y = moving_quantile(at_s, values, 0.95, 10.0, points=101)
    assert (x[0], x[-1], len(x)) == (0.0, 100.0, 101)
    assert set(y[x < 45].tolist()) == {1.0}
    assert set(y[x >= 50].tolist()) == {3.0}


@pytest.mark.parametrize("width_s", [25.0, 40.0])
def test_a_moving_p95_is_the_nearest_rank_of_what_is_around(width_s: float) -> None:
    random = np.random.default_rng(int(width_s))
    at_s, values = np.arange(100.0), random.permutation(100).astype(float)
    x, y = moving_quantile(at_s, values, 0.95, width_s, points=100)
    for instant_s, found in zip(x.tolist(), y.tolist(), strict=True):
        around = np.sort(values[np.abs(at_s - instant_s) <= width_s / 2])
        reached = np.arange(1, len(around) + 1) / len(around) >= 0.95
        assert len(around) < 20 or found == around[reached][0]


def test_fewer_than_twenty_have_no_p95() -> None:
    at_s = np.asarray([*np.linspace(0, 10, 200), 90.0, 100.0])
    x, y = moving_quantile(at_s, np.ones(202), 0.95, 10.0, points=21)
    assert np.isfinite(y[x <= 10]).all()
    assert np.isnan(y[x >= 20]).all()


def test_no_line_of_no_time() -> None:
    assert [len(one) for one in moving_quantile(np.full(50, 3.0), np.ones(50), 0.95, 1.0)] == [0, 0]
    assert [len(one) for one in moving_quantile(np.empty(0), np.empty(0), 0.95, 1.0)] == [0, 0]

"""The permutation test, held against counts by hand and against other ways to the same p."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.comparison import permutation
from stt_load.comparison.permutation import count_of_splits, ps_of, smallest_p, splits
from stt_load.samples.table import FloatArray


def p(baseline: list[float], candidate: list[float]) -> float:
    return ps_of(np.asarray(baseline), np.asarray(candidate))[0]


@pytest.mark.parametrize(
    ("runs", "one_in"), [((3, 3), 20), ((4, 4), 70), ((5, 3), 56), ((5, 5), 252), ((10, 3), 286), ((6, 6), 924)]
)
def test_all_worse_is_the_one_split_of_all(runs: tuple[int, int], one_in: int) -> None:
    n, m = runs
    assert p(list(range(n)), list(range(100, 100 + m))) == pytest.approx(1 / one_in)
    assert smallest_p(n, m) == pytest.approx(1 / one_in)
    assert count_of_splits(n, m) == one_in


def test_it_counts_the_splits_that_differ_as_much() -> None:
    """Of 1, 2, 4 against 3, 5, 9 the sum 17 of the candidate is reached by 3 5 9 and 4 5 9 alone, of twenty."""
    assert p([1, 2, 4], [3, 5, 9]) == pytest.approx(2 / 20)
    assert ps_of(np.asarray([1.0, 2, 4]), np.asarray([3.0, 5, 9]))[1] == pytest.approx(19 / 20)


def test_equal_runs_say_nothing() -> None:
    assert ps_of(np.zeros(6), np.zeros(6)) == (1.0, 1.0)
    assert p([0.1] * 4, [0.1] * 4) == 1.0


def test_sums_that_are_equal_but_for_their_last_digit_are_equal() -> None:
    """0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 are two numbers, and one sum."""
    values = [0.1, 0.2, 0.3]
    assert p(values, list(reversed(values))) == pytest.approx(sum(1 for _ in at_least_the_mean(values * 2)) / 20)


def at_least_the_mean(values: list[float]) -> list[FloatArray]:
    exact = np.asarray([round(one * 10) for one in values])
    return [exact[one] for one in splits(3, 3) if exact[one].sum() * 2 >= exact.sum()]


def test_a_mean_that_is_worse_by_one_outlier_is_not_as_sure_as_one_by_all() -> None:
    assert p([1, 2, 3, 4, 5], [1, 2, 3, 4, 500]) > 0.3


def test_every_split_is_there_once() -> None:
    found = splits(4, 3)
    assert len({tuple(sorted(one)) for one in found.tolist()}) == math.comb(7, 3) == len(found)


def test_of_many_runs_splits_are_drawn_and_p_is_near_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    baseline, candidate = random.normal(0, 1, 8), random.normal(1, 1, 8)
    of_all = ps_of(baseline, candidate)
    monkeypatch.setattr(permutation, "MOST_SPLITS", 8_000)
    splits.cache_clear()
    monkeypatch.setattr(permutation, "splits", lambda n, m: splits(n, m, 8_000))
    drawn = ps_of(baseline, candidate)
    assert drawn == pytest.approx(of_all, abs=0.02)
    assert drawn == ps_of(baseline, candidate)
    assert smallest_p(8, 8) == 1 / 8_001


def test_drawn_splits_have_each_run_once_and_all_runs_as_often() -> None:
    found = splits(12, 8, most=5_000)
    assert all(len(set(one)) == 8 for one in found.tolist())
    often = np.bincount(found.ravel(), minlength=20) / len(found)
    assert often == pytest.approx(np.full(20, 8 / 20), abs=0.03)


def test_it_is_never_below_what_so_many_runs_can_come_to() -> None:
    """Of many runs, where no drawn split is as high as the one that came about, that one still counts."""
    first, second = np.arange(15.0), np.arange(100.0, 115.0)
    assert count_of_splits(15, 15) > permutation.MOST_SPLITS
    assert ps_of(first, second)[0] == pytest.approx(smallest_p(15, 15))

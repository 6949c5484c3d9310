"""Means, change and interval, against what they have to be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.comparison.change import Change, change_of, interval_of
from stt_load.comparison.figures import Figures
from tests.comparison.test_figures import P95, given


def ends(figures: Figures) -> tuple[float, float]:
    found = interval_of(figures)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def test_times_have_geometric_means_and_shares_arithmetic_ones() -> None:
    times = change_of(given(P95, [1.0, 4.0], [4.0, 4.0]))
    assert (times.baseline, times.candidate, times.share) == pytest.approx((2, 4, 1))
    shares = change_of(given("error_rate", [0.01, 0.03], [0.03, 0.03]))
    assert (shares.baseline, shares.candidate, shares.share) == pytest.approx((0.02, 0.03, 0.5))


def test_worse_is_more_of_a_time_and_less_of_a_rate() -> None:
    slower = Change(1.0, 1.2)
    assert slower.worsening("lower") == pytest.approx(0.2)
    assert slower.worsening("higher") == pytest.approx(-0.2)


def test_from_nothing_any_is_worse_without_end() -> None:
    change = change_of(given("error_rate", [0.0, 0.0], [0.0, 0.01]))
    assert change.share is None
    assert change.worsening("lower") == math.inf
    assert change_of(given("error_rate", [0.0], [0.0])).worsening("lower") == 0.0


def test_beyond_all_that_succeeded_is_worse_than_any_number() -> None:
    change = change_of(given(P95, [1.0, 1.0], [1.0, math.inf]))
    assert (change.candidate, change.share) == (math.inf, None)
    assert change.worsening("lower") == math.inf
    back = change_of(given(P95, [1.0, math.inf], [1.0, 1.0]))
    assert back.worsening("lower") == -1.0
    assert change_of(given(P95, [math.inf], [math.inf])).worsening("lower") == 0.0


def test_without_data_there_is_no_change() -> None:
    change = change_of(given("accuracy.wer", [None], [0.1]))
    assert (change.baseline, change.share, change.worsening("lower")) == (None, None, 0.0)
    assert interval_of(given("accuracy.wer", [None, None], [0.1, 0.2])) is None


def test_the_interval_is_that_of_welch() -> None:
    """By hand: logs 0, 0.2, 0.4 and 0.5, 0.7, 0.9 differ by 0.5; both variances are 0.04, so that the standard error
    is sqrt(0.08 / 3) with 4 degrees of freedom, of which t is 2.776."""
    found = given(P95, [math.exp(one) for one in (0, 0.2, 0.4)], [math.exp(one) for one in (0.5, 0.7, 0.9)])
    half = 2.776445 * math.sqrt(0.08 / 3)
    assert ends(found) == pytest.approx((math.exp(0.5 - half) - 1, math.exp(0.5 + half) - 1), rel=1e-5)


def test_of_shares_it_is_of_the_ratio_of_the_means() -> None:
    low, high = ends(given("error_rate", [0.010, 0.011, 0.009, 0.010], [0.020, 0.021, 0.019, 0.020]))
    assert low < 1.0 < high
    assert (low, high) == pytest.approx((1.0, 1.0), abs=0.25)


def test_a_share_can_t_fall_below_nothing() -> None:
    low, _ = ends(given("error_rate", [0.01, 0.03], [0.0, 0.001]))
    assert low == -1.0


def test_a_side_of_one_run_is_taken_to_be_as_far_spread_as_the_other() -> None:
    found = given(P95, [1.0, 1.1, 0.9, 1.0], [1.5])
    low, high = ends(found)
    assert low < 0.5 < high
    turned = Figures(found.metric, found.candidate, found.baseline)
    assert ends(turned) == pytest.approx((1 / (1 + high) - 1, 1 / (1 + low) - 1))


@pytest.mark.parametrize(
    "found",
    [
        given(P95, [1.0], [2.0]),
        given(P95, [1.0, 1.0], [math.inf, 1.0]),
        given("throughput_rps", [1.0, 1.0], [0.0, 1.0]),
        given("error_rate", [0.0, 0.0], [0.1, 0.1]),
    ],
)
def test_there_is_none_where_it_can_t_be_told(found: Figures) -> None:
    assert interval_of(found) is None


def test_runs_that_are_all_alike_have_one_without_length() -> None:
    assert ends(given("error_rate", [0.1, 0.1], [0.2, 0.2])) == pytest.approx((1.0, 1.0))


def test_ends_beyond_all_numbers_are_none() -> None:
    found = interval_of(given(P95, [1e-300, 1.0], [1e300, 1.0]))
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(-1.0), None)


@pytest.mark.parametrize(("path", "runs"), [(P95, (3, 3)), (P95, (6, 6)), ("error_rate", (6, 6)), (P95, (8, 1))])
def test_it_holds_the_true_change_in_19_of_20(path: str, runs: tuple[int, int]) -> None:
    random = np.random.default_rng(17)
    inside, tries = 0, 1_000
    for _ in range(tries):
        values = 0.1 * np.exp(random.normal(0, 0.05, sum(runs)))
        values[runs[0] :] *= 1.2
        low, high = ends(given(path, values[: runs[0]].tolist(), values[runs[0] :].tolist()))
        inside += low <= 0.2 <= high
    assert inside / tries == pytest.approx(0.955, abs=0.02)

"""How much so many runs could find."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from stt_load.comparison.figures import Figures
from stt_load.comparison.model import ALPHA
from stt_load.comparison.permutation import ps_of
from stt_load.comparison.power import Found, can_tell, is_sharp, least_found, runs_needed
from tests.comparison.test_figures import P95, given


def share(figures: Figures, metrics: int, least: float, alpha: float = ALPHA) -> float:
    """What is found, as a share of the baseline."""
    found = least_found(figures, metrics, least, alpha)
    assert found is not None
    assert found.share is not None
    return found.share


def runs(count: int, spread: float, path: str = P95) -> Figures:
    """So many runs a side whose logarithms have this standard deviation, about 1."""
    steps = np.linspace(-1, 1, count)
    steps = steps / np.std(steps, ddof=1) * spread
    values = np.exp(steps).tolist()
    return given(path, values, values)


@pytest.mark.parametrize(("metrics", "expected"), [(1, 5), (2, 5), (3, 6), (5, 6), (9, 6), (10, 7)])
def test_runs_needed_at_one_in_a_hundred(metrics: int, expected: int) -> None:
    assert runs_needed(metrics) == expected
    assert can_tell(expected, expected, metrics)
    assert not can_tell(expected - 1, expected - 1, metrics)


def test_at_one_in_twenty_four_a_side_will_do_for_one() -> None:
    """3 against 3 come to 1 in 20, which is not below it."""
    assert runs_needed(1, 0.05) == 4


def test_without_a_level_no_number_of_runs_will_do() -> None:
    with pytest.raises(ValueError, match=r"alpha: 0\.0 is too small"):
        runs_needed(1, 0.0)


def test_no_run_tells_nothing() -> None:
    assert not can_tell(0, 100_000, 1)


@pytest.mark.parametrize(("count", "level", "sigmas"), [(4, 0.05, 2.2), (5, 0.05, 1.75), (5, 0.01, 2.75)])
def test_it_is_what_simulation_had_said_of_one_metric(count: int, level: float, sigmas: float) -> None:
    """`capacity.md` of the design: with 80% power, in standard deviations between runs."""
    found = share(runs(count, 0.01), 1, 0.0, level + 1e-9)
    assert math.log1p(found) / 0.01 == pytest.approx(sigmas, rel=0.12)


@pytest.mark.parametrize(("n", "m", "metrics"), [(6, 6, 5), (5, 5, 2), (10, 4, 5), (9, 8, 5)])
def test_a_worsening_of_that_size_is_found_in_4_of_5(n: int, m: int, metrics: int) -> None:
    spread, alpha, least = 0.03, 0.01, 0.03
    base = runs(max(n, m), spread)
    base = replace(base, baseline=base.baseline[:n], candidate=base.candidate[:m])
    shift = math.log1p(share(base, metrics, least, alpha))
    actual = math.sqrt(sum(np.var(np.log(side), ddof=1) * (len(side) - 1) for side in base.sides) / (n + m - 2))
    random, tries, hits = np.random.default_rng(23), 300, 0
    for _ in range(tries):
        logs = random.normal(0, actual, n + m)
        logs[n:] += shift
        p = ps_of(logs[:n], logs[n:])[0]
        hits += metrics * p < alpha and logs[n:].mean() - logs[:n].mean() > math.log1p(least)
    assert hits / tries == pytest.approx(0.8, abs=0.08)


def test_runs_that_hardly_differ_still_find_no_less_than_the_least_change() -> None:
    assert share(runs(6, 1e-9), 5, 0.05) == pytest.approx(0.05, rel=1e-3)
    assert least_found(given("error_rate", [0.1] * 6, [0.1] * 6), 5, 0.05) == Found(
        pytest.approx(0.05), pytest.approx(0.005), pytest.approx(0.105)
    )


def test_of_a_rate_it_is_what_is_lost() -> None:
    slower, less = (share(runs(6, 0.05, path), 5, 0.03) for path in (P95, "throughput_rps"))
    assert less == pytest.approx(1 - 1 / (1 + slower), rel=0.02)
    assert share(runs(6, 1e-9, "throughput_rps"), 5, 0.05) == pytest.approx(0.05, rel=1e-3)
    assert least_found(runs(6, 0.05), 5, 0.03) == Found(slower, None, pytest.approx(1 + slower))
    assert least_found(runs(6, 0.05, "throughput_rps"), 5, 0.03) == Found(less, None, pytest.approx(1 - less))


def test_more_runs_find_less_and_more_metrics_more() -> None:
    def found(count: int, metrics: int) -> float:
        return share(runs(count, 0.03), metrics, 0.0)

    assert found(10, 5) < found(6, 5)
    assert found(6, 1) < found(6, 5)


@pytest.mark.parametrize(
    "figures",
    [
        runs(5, 0.03),
        given(P95, [1.0] * 6, [math.inf] * 6),
        given("error_rate", [0.0] * 6, [0.0] * 6),
        given("throughput_rps", [1.0] * 6, [1.0] * 5 + [0.0]),
        given("error_rate", [None] * 6, [0.1] * 6),
    ],
)
def test_there_is_none_where_it_can_t_be_told(figures: Figures) -> None:
    assert least_found(figures, 5, 0.03) is None


def test_from_a_baseline_of_nothing_it_is_known_in_points_alone() -> None:
    """One failure in 500 requests of one of twelve runs: its share has a standard deviation of 0.06 points."""
    found = least_found(given("error_rate", [0.0] * 6, [0.0] * 5 + [0.002]), 5, 0.03)
    assert found is not None
    assert found.share is None
    assert found.points == found.mean
    assert 0.001 < found.mean < 0.004


@pytest.mark.parametrize(("spread", "sharp"), [(0.07, True), (0.085, False)])
def test_runs_that_find_a_third_and_no_less_can_t_say_that_there_is_none(spread: float, sharp: bool) -> None:
    """Of six runs a side 3.3 standard deviations are found for five metrics."""
    assert is_sharp(runs(6, spread), 5, 0.03) is sharp
    assert is_sharp(runs(6, spread, "rtf.p95"), 5, 0.03) is sharp


def test_who_lets_half_pass_need_not_find_a_third() -> None:
    assert is_sharp(runs(6, 0.09), 5, 0.5)
    assert not is_sharp(runs(6, 0.14), 5, 0.5)


def test_of_a_share_a_percentage_point_will_do() -> None:
    """Twice as many of 0.2% failures are few; twice as many of 5% aren't."""

    def around(mean: float) -> list[float]:
        return [mean * one for one in (0.5, 0.7, 0.9, 1.1, 1.3, 1.5)]

    for path in ("error_rate", "accuracy.wer"):
        assert is_sharp(given(path, around(0.002), around(0.002)), 5, 0.03)
        assert not is_sharp(given(path, around(0.05), around(0.05)), 5, 0.03)
    assert not is_sharp(given("dropped", around(0.002), around(0.002)), 5, 0.03)


def test_where_the_least_change_is_large_it_is_that_and_the_noise_of_the_means() -> None:
    """The difference of two means of six has a standard deviation of spread x sqrt(1/6 + 1/6); 0.84 of these are
    needed for 4 of 5."""
    excess = math.log1p(share(runs(6, 0.05), 5, 0.5)) - math.log1p(0.5)
    assert excess == pytest.approx(0.8416 * 0.05 * math.sqrt(1 / 3), rel=0.1)


def test_of_a_share_that_is_better_when_it_is_higher_it_lies_below() -> None:
    found = least_found(given("goodput_ratio", [0.9, 0.91, 0.92, 0.9, 0.91, 0.92], [0.9] * 6), 5, 0.03)
    assert found is not None
    assert found.points is not None
    assert found.mean == pytest.approx(0.91 - found.points)

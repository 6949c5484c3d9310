"""Nearest ranks and their intervals."""

import math
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.stats.metrics import Distribution
from stt_load.stats.quantiles import QUANTILES, distribution, interval, quantile, rank
from tests.stats.simulation import Loops, closed_loops

NOTHING = Distribution(0, None, None, None, None, None, None, None, None, None)

latencies = st.lists(st.floats(1e-6, 1e4), min_size=1, max_size=300)
shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [
        (1, 0.5, 1),
        (2, 0.5, 1),
        (3, 0.5, 2),
        (10, 0.0, 1),
        (10, 1.0, 10),
        (20, 0.95, 19),
        (90, 0.95, 86),
        (99, 0.99, 99),
        (100, 0.07, 7),
        (100, 0.99, 99),
        (101, 0.95, 96),
        (1000, 0.999, 999),
    ],
)
def test_known_ranks(n: int, p: float, expected: int) -> None:
    assert rank(n, p) == expected


@given(latencies, shares, shares)
def test_a_quantile_is_one_of_the_values_and_has_its_share_below(values: list[float], p: float, other: float) -> None:
    found = quantile(np.array(values), p)
    assert found is not None
    assert found in values
    assert sum(value <= found for value in values) >= Fraction(str(p)) * len(values)
    assert sum(value < found for value in values) <= Fraction(str(p)) * len(values)
    least, most = sorted((p, other))
    assert (quantile(np.array(values), least) or 0) <= (quantile(np.array(values), most) or 0)


def test_the_quantile_of_nothing_is_unknown() -> None:
    assert quantile(np.empty(0), 0.5) is None


def test_a_distribution_by_hand() -> None:
    found = distribution(np.array([4.0, 2.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), 1)
    assert (found.n, found.mean, found.median, found.min, found.max) == (8, 5.0, 4.0, 2.0, 9.0)
    assert (found.p90, found.p95, found.p99, found.p999) == (9.0, 9.0, 9.0, None)
    assert found.stdev == pytest.approx(math.sqrt(32 / 7))
    assert found.intervals == {}


def test_one_value_has_no_spread_and_none_has_nothing() -> None:
    assert distribution(np.array([3.0]), 1) == Distribution(1, 3.0, 3.0, 3.0, 3.0, None, 3.0, 3.0, 3.0, None)
    assert distribution(np.empty(0), 1) == NOTHING


def test_p999_takes_a_thousand_values() -> None:
    assert distribution(np.arange(999.0), 1).p999 is None
    assert distribution(np.arange(1000.0), 1).p999 == 998.0


@given(latencies.filter(lambda values: len(values) > 1), st.randoms(use_true_random=False))
def test_the_order_of_the_values_does_not_matter(values: list[float], shuffler: random.Random) -> None:
    shuffled = shuffler.sample(values, len(values))
    one, other = distribution(np.array(values), 1), distribution(np.array(shuffled), 1)
    assert replace(one, intervals={}) == replace(other, intervals={})


def evenly(n: int) -> list[float]:
    """0..n-1 in an order in which every twentieth of them holds the same share of low ones."""
    size = n // 20
    return [float(20 * (i % size) + i // size) for i in range(n)]


def lopsided() -> list[float]:
    """0..999 in 20 batches; every other one holds 45 of the lower half and 5 of the upper, the rest 5 and 45."""
    low, high = iter(range(500)), iter(range(500, 1000))
    rows = [[next(low) for _ in range(lows)] + [next(high) for _ in range(50 - lows)] for lows in (45, 5) * 10]
    return [float(value) for row in rows for value in row]


def test_values_that_do_not_depend_on_each_other_are_worth_their_number() -> None:
    found = interval(np.array(evenly(1000)), 0.5, 5)
    # 1000 x (0.5 ± 2.0930 sqrt(0.25 / 1000)) = 466.9 and 533.1: the 466th and the 534th of the values 0, 1, 2...
    assert found is not None
    assert (found.low, found.high, found.n_eff) == (465.0, 533.0, 1000.0)


def test_values_that_do_are_worth_less() -> None:
    found = interval(np.array(lopsided()), 0.5, 5)
    # v = 20 x 0.4^2 / 19, n_eff = 1000 x 0.25 / (50 v) = 29.6875, 1000 x (0.5 ± 0.19206)
    assert found is not None
    assert found.n_eff == pytest.approx(29.6875)
    assert (found.low, found.high) == (306.0, 692.0)


def test_values_that_hang_together_too_much_have_no_interval() -> None:
    # Sorted: v = 20 x 0.25 / 19, n_eff = 19, of which 9.5 are on either side of the median.
    assert interval(np.arange(1000.0), 0.5, 5) is None


@pytest.mark.parametrize(("n", "users", "stated"), [(1000, 33, True), (1000, 34, False), (20, 1, False)])
def test_an_interval_takes_thirty_requests_a_user(n: int, users: int, stated: bool) -> None:
    assert (interval(np.array(evenly(n)), 0.5, users) is not None) == stated


@pytest.mark.parametrize(
    ("n", "p", "stated"), [(200, 0.95, True), (180, 0.95, False), (1000, 0.99, True), (980, 0.99, False)]
)
def test_an_interval_takes_ten_independent_values_beyond_the_quantile(n: int, p: float, stated: bool) -> None:
    assert (interval(np.array(evenly(n)), p, 1) is not None) == stated


def test_equal_values_have_an_interval_without_width() -> None:
    found = interval(np.full(1000, 0.5), 0.5, 5)
    assert found is not None
    assert (found.low, found.high) == (0.5, 0.5)


@given(st.integers(0, 2**32), st.integers(60, 3000))
def test_an_interval_holds_its_quantile_and_is_of_the_values(seed: int, n: int) -> None:
    values = np.random.default_rng(seed).gamma(2, 1, n)
    found = distribution(values, 2)
    for name, one in found.intervals.items():
        assert one.low <= getattr(found, name) <= one.high
        assert {one.low, one.high} <= set(values.tolist())
        assert 0 < one.n_eff <= n


LOOPS = {"(5, 5)": (5, 5, 2_000), "(8, 2)": (8, 2, 2_000), "(32, 4)": (32, 4, 4_000)}


@pytest.fixture(scope="module", params=LOOPS)
def loops(request: pytest.FixtureRequest) -> tuple[Loops, dict[float, float]]:
    """300 runs, and the true quantiles: those of as many others, past their beginning."""
    users, slots, requests = LOOPS[request.param]
    rng = np.random.default_rng(20_240_101)
    others = closed_loops(rng, runs=300, users=users, slots=slots, requests=4_000).response_s[:, 500:]
    truth = {p: quantile(others.ravel(), p) or 0.0 for p in (0.5, 0.95)}
    return closed_loops(rng, runs=300, users=users, slots=slots, requests=requests), truth


@pytest.mark.simulation
@pytest.mark.parametrize("name", ["median", "p95"])
def test_an_interval_holds_the_truth_as_often_as_it_says(loops: tuple[Loops, dict[float, float]], name: str) -> None:
    runs, truth = loops
    p = QUANTILES[name]
    found = [one for values in runs.response_s if (one := interval(values, p, runs.users))]
    assert len(found) > 0.9 * len(runs.response_s)
    assert 0.90 <= np.mean([one.low <= truth[p] <= one.high for one in found]) <= 0.995


@pytest.mark.simulation
def test_the_textbook_interval_does_not_where_there_is_a_queue(loops: tuple[Loops, dict[float, float]]) -> None:
    runs, truth = loops
    n = runs.response_s.shape[1]
    half = 1.96 * math.sqrt(n * 0.25)
    ordered = np.sort(runs.response_s, axis=1)
    low, high = ordered[:, math.floor(n / 2 - half) - 1], ordered[:, math.floor(n / 2 + half)]
    held = float(np.mean((low <= truth[0.5]) & (truth[0.5] <= high)))
    assert (held > 0.9) == (runs.users == 5)

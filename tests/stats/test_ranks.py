"""The rank tests against counts of every case there is."""

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.stats.ranks import dependence, mean_ranks, rank_sum_z, trend_p, upper_tail

few = st.lists(st.integers(0, 9).map(float), min_size=1, max_size=12)


def score(values: tuple[float, ...]) -> int:
    return sum((b > a) - (b < a) for a, b in combinations(values, 2))


def with_score(n: int, wanted: int) -> list[float]:
    """n values with that Kendall score: from the rising order, neighbours are swapped until it is reached."""
    values = [float(i) for i in range(n)]
    swaps = (n * (n - 1) // 2 - wanted) // 2
    while swaps:
        for i in range(n - 1):
            if swaps and values[i] < values[i + 1]:
                values[i], values[i + 1] = values[i + 1], values[i]
                swaps -= 1
    return values


@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_a_trend_is_as_likely_as_the_orders_that_show_it(n: int) -> None:
    orders = list(permutations(range(n)))
    for wanted in range(n * (n - 1) // 2, -1, -2):
        expected = sum(abs(score(order)) >= wanted for order in orders) / len(orders)
        assert trend_p(np.array(with_score(n, wanted))) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("n", "wanted", "one_sided"), [(4, 6, 0.042), (5, 8, 0.042), (8, 16, 0.031), (10, 21, 0.036), (10, 27, 0.0083)]
)
def test_a_trend_has_the_published_probability(n: int, wanted: int, one_sided: float) -> None:
    assert trend_p(np.array(with_score(n, wanted))) / 2 == pytest.approx(one_sided, rel=0.02)


def test_twenty_values_are_significant_from_a_score_of_100_on() -> None:
    p = {wanted: trend_p(np.array(with_score(20, wanted))) for wanted in range(0, 191, 2)}
    assert {wanted for wanted in p if p[wanted] < 0.001} == set(range(100, 191, 2))
    # Far from the tail the normal approximation is good: variance n (n - 1) (2 n + 5) / 18 = 950.
    for wanted in range(2, 60, 2):
        assert p[wanted] == pytest.approx(2 * upper_tail((wanted - 1) / math.sqrt(950)), rel=0.05)


def test_with_equal_values_a_trend_is_never_made_more_of_than_it_is() -> None:
    values = (1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 4.0)
    orders = list(permutations(values))
    exact = sum(abs(score(order)) >= score(values) for order in orders) / len(orders)
    assert exact <= trend_p(np.array(values)) < 0.1


def test_nothing_moves_in_equal_values() -> None:
    assert trend_p(np.full(20, 0.5)) == pytest.approx(1)
    assert rank_sum_z(np.full(5, 0.5), np.full(9, 0.5)) == 0.0
    assert rank_sum_z(np.empty(0), np.full(9, 0.5)) == 0.0


@given(few)
def test_a_trend_is_the_same_backwards_and_on_another_scale(values: list[float]) -> None:
    forwards = np.array(values)
    assert 0 <= trend_p(forwards) <= 1
    assert trend_p(forwards[::-1]) == pytest.approx(trend_p(forwards))
    assert trend_p(np.exp(forwards)) == pytest.approx(trend_p(forwards))


def test_ranks_by_hand() -> None:
    assert mean_ranks(np.array([0.3, 0.1, 0.3, 0.2, 0.3])).tolist() == [4.0, 1.0, 4.0, 2.0, 4.0]


@pytest.mark.parametrize("values", [[1.0, 2, 3, 4, 5, 6, 7, 8], [1.0, 1, 2, 2, 2, 5, 5, 9]])
def test_a_rank_sum_has_the_mean_and_the_variance_of_all_splits(values: list[float]) -> None:
    ranks = mean_ranks(np.array(values))
    sums = [sum(ranks[list(split)]) for split in combinations(range(8), 3)]
    expected = (sum(ranks[5:]) - np.mean(sums) - 0.5) / np.std(sums)
    assert rank_sum_z(np.array(values[5:]), np.array(values[:5])) == pytest.approx(expected)


@given(few, few)
def test_what_ranks_above_is_what_the_other_ranks_below(first: list[float], second: list[float]) -> None:
    one, other = np.array(first), np.array(second)
    assert rank_sum_z(one, other) == pytest.approx(-rank_sum_z(other, one))


def test_the_normal_tail() -> None:
    assert upper_tail(0) == 0.5
    assert upper_tail(1.959964) == pytest.approx(0.025, abs=1e-7)
    assert upper_tail(3.090232) == pytest.approx(0.001, abs=1e-8)


def test_independent_values_do_not_depend_on_each_other_and_repeated_ones_do() -> None:
    values = np.random.default_rng(1).exponential(1, 20_000)
    assert dependence(values, 100) == pytest.approx(1, abs=0.25)
    assert dependence(np.repeat(values[:2_000], 10), 100) == pytest.approx(10, rel=0.25)
    assert dependence(np.full(100, 0.5), 10) == 1.0


def test_how_much_values_depend_by_hand() -> None:
    # Ranks 1..10 vary by 99 / 12, means of independent pairs by half of that; 1.5, 3.5 ... 9.5 vary by 10.
    assert dependence(np.arange(10.0), 2) == pytest.approx(10 / (99 / 12 / 2))


def test_how_much_values_depend_takes_five_batches() -> None:
    values = np.random.default_rng(1).exponential(1, 50)
    assert dependence(values, 10) is not None
    assert dependence(values[1:], 10) is None

"""The incomplete beta function, against the sums that it stands for."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from stt_load.stats.beta import beta_below


def at_least(k: int, n: int, p: Fraction) -> Fraction:
    """The probability of k or more of n, each with probability p; exactly."""
    return sum((comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1)), Fraction(0))


@pytest.mark.parametrize("n", [1, 8, 60, 300])
@pytest.mark.parametrize("p", ["1/1000", "1/100", "1/20", "1/2", "9/10"])
def test_it_is_the_tail_of_the_binomial_distribution(n: int, p: str) -> None:
    share = Fraction(p)
    for k in sorted({1, 2, (n + 1) // 2, n}):
        assert beta_below(float(share), k, n - k + 1) == pytest.approx(float(at_least(k, n, share)), rel=1e-10)


def test_none_over_of_45_is_surely_below_a_twentieth_at_one_in_ten() -> None:
    assert beta_below(0.05, 1, 44) < 0.9 < beta_below(0.05, 1, 45)


@pytest.mark.parametrize(("x", "a", "b", "expected"), [(0, 2, 3, 0), (1, 2, 3, 1), (0.5, 0, 3, 1), (0.5, 3, 0, 0)])
def test_at_its_ends_it_is_0_or_1(x: float, a: float, b: float, expected: float) -> None:
    assert beta_below(x, a, b) == expected


def test_it_takes_broken_numbers_and_large_ones() -> None:
    assert beta_below(0.3, 2.5, 4.5) + beta_below(0.7, 4.5, 2.5) == pytest.approx(1)
    assert beta_below(0.05, 50_000, 950_000) == pytest.approx(0.5, abs=0.01)

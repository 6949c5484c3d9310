"""The incomplete beta function, of which the exact limits of a share are made."""

from __future__ import annotations

import math

TERMS = 10_000
_TINY = 1e-300
_NEAR = 1e-15


def beta_below(x: float, a: float, b: float) -> float:
    """The probability that what has the distribution Beta(a, b) is at most `x`: the regularised incomplete beta
    function.

    a, b: at least 0, not both; where one is 0 all is at 0, or at 1. By its continued fraction (DLMF 8.17.22), after
    Lentz, on the side where that converges quickly.
    """
    if x >= 1 or a <= 0:
        return 1.0
    if x <= 0 or b <= 0:
        return 0.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x) - math.log(a)
    )
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d1 / (1 + d2 / (1 + ...)), from the top down: `value` is what the parts so far come to."""
    value, numerators, denominators = 1.0, 1.0, 0.0
    for i in range(1, TERMS):
        m = i // 2
        if i % 2:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        denominators = 1 / _some(1 + part * denominators)
        numerators = _some(1 + part / numerators)
        value *= numerators * denominators
        if abs(numerators * denominators - 1) < _NEAR:
            return value
    raise ArithmeticError(f"the incomplete beta function of {x!r}, {a!r}, {b!r} was not found in {TERMS} terms")


def _some(value: float) -> float:
    return value if abs(value) > _TINY else _TINY

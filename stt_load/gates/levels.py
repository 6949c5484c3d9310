"""How strict each limit of a gate has to be, so that the whole gate seldom fails a good run."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np

from stt_load.samples.table import FloatArray
from stt_load.stats.student import t_above

FALSE_ALARMS = {False: 0.01, True: 0.001}
"""What is said of a gate, by whether it is strict: the probability that a good run and a second one fail it, which is
that both are over the same limit, whichever."""
_PLANNED = {False: 0.01, True: 0.0004}
"""What it comes to where logarithms are normal. A strict gate reaches so far out that their tails count: with those
of Student's t of 5 degrees it is up to 2.5 times as much."""
_MOST_LEVEL = {False: 0.05, True: 0.01}
"""However few limits there are: a first run over a limit is to be something to look at."""

FEWEST_RUNS = {False: 5, True: 10}
"""Of a baseline, by whether the gate is strict."""
FOUND = 0.8
"""What is said to be found is found in 4 of 5 tries."""
_POINTS = 401
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_LEAST, _MOST, _NEAR = -20.0, 200.0, 1e-7


@cache
def level(runs: int, limits: int, *, strict: bool) -> float:
    """The probability with which one good run may be over one limit, for a baseline of so many runs (2 at least) and
    so many limits (1 at least).

    Each limit may fail twice in a row with its part of what is planned for all: then their sum is an upper bound,
    whatever figures have to do with each other. 5% for one limit of five runs, 1.4% for five.
    """
    planned = _PLANNED[strict] / limits
    found = _falling(lambda deviations: both_beyond(deviations, runs), planned)
    return min(_MOST_LEVEL[strict], t_above(found / math.sqrt(1 + 1 / runs), runs - 1))


@cache
def found_beyond(runs: int) -> float:
    """How many of the baseline's standard deviations a worsening has to lie beyond a limit to be found in 4 of 5
    tries, each of which is of two runs: 1.56 for five runs."""
    return -_falling(lambda deviations: both_beyond(deviations, runs), FOUND)


def both_beyond(deviations: float, runs: int) -> float:
    """The probability that two further runs are both more than so many standard deviations of a baseline of so many
    runs above its mean, where nothing has changed.

    Given the standard deviation, which has the distribution of chi over the root of its degrees of freedom, the two
    are bivariate normal, correlated by what the mean of the baseline is off: 1 / (runs + 1).
    """
    degrees = runs - 1
    at = np.linspace(0, 1 + 12 / math.sqrt(2 * degrees), _POINTS)[1:]
    log_density = (degrees - 1) * np.log(at) - degrees * at**2 / 2
    density = np.exp(log_density - log_density.max())
    beyond = _both_above(deviations / math.sqrt(1 + 1 / runs) * at, 1 / (runs + 1))
    return float((beyond * density).sum() / density.sum())


def _both_above(at: FloatArray, correlation: float) -> FloatArray:
    """The probability that both of two standard normal values so correlated are above each of `at`: that of
    independent ones, and its derivative by the correlation, which is their density at (at, at), added up (Plackett,
    *A Reduction Formula for Normal Multivariate Integrals*, Biometrika 41, 1954)."""
    alone = np.array([math.erfc(one / math.sqrt(2)) / 2 for one in at])
    half = correlation / 2
    r = half * (1 + _NODES)
    density = np.exp(-np.square(at)[:, None] / (1 + r)) / (2 * math.pi * np.sqrt(1 - r**2))
    return np.asarray(alone**2 + half * (density @ _WEIGHTS))


def _falling(probability: Callable[[float], float], wanted: float) -> float:
    """Where a probability that falls from 1 to 0 is `wanted`."""
    low, high = _LEAST, _MOST
    while high - low > _NEAR:
        middle = (low + high) / 2
        low, high = (middle, high) if probability(middle) > wanted else (low, middle)
    return (low + high) / 2

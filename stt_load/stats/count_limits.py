"""How many errors a run may have beside a baseline, before chance is no explanation any more."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from stt_load.stats.beta import beta_below
from stt_load.stats.counts import Counts

FEWEST_ABOVE = 3
"""Errors above what is expected that it takes, where each comes by itself; more where they come together."""
_STEPS = 100
_NEAR = 1e-6


def most_failures(baseline: Counts, total: int, level: float) -> int:
    """The most failed requests that a run of `total` may have, 0 < level < 1.

    One more has a hypergeometric tail below `level`, and is at least three above what the baseline's rate comes to.
    """
    expected = baseline.rate * total
    few, many = math.ceil(expected + FEWEST_ABOVE) - 1, total
    if few >= total:
        return total
    while few < many:  # the tail falls with each failure more
        middle = (few + many) // 2
        if failures_by_chance(middle + 1, total, baseline) < level:
            many = middle
        else:
            few = middle + 1
    return few


def failures_by_chance(errors: int, total: int, baseline: Counts) -> float:
    """The probability that at least `errors` of all that failed, in a run of `total` requests and its baseline
    together, fall into the run, were each request as likely to fail as any other: the tail of the hypergeometric
    distribution (Fisher's exact test, one-sided).

    It holds for any rate, 0 of the baseline included.
    """
    all_failed, good = errors + baseline.errors, total - errors + baseline.total - baseline.errors
    most = min(total, all_failed)
    ways = _log_choose(all_failed, errors) + _log_choose(good, total - errors)
    first = ways - _log_choose(all_failed + good, total)
    place = np.arange(errors, most, dtype=float)
    steps = (all_failed - place) * (total - place) / ((place + 1) * (good - total + place + 1))
    return min(1.0, math.exp(first) * (1.0 + float(np.cumprod(steps).sum())))


def most_wrong(baseline: Counts, run: Counts, level: float) -> float:
    """The highest rate of errors that a run of as many words as `run`, whose errors come together as those of both
    do, may have, 0 < level < 1.

    Errors over their clustering are worth as many that come each by itself (a quasi-Poisson model: McCullagh and
    Nelder, *Generalized Linear Models*, 2nd edition, 1989, 6.2). Of so many, where the rate is the same, a binomial
    part falls into the run, by its share of all words (Przyborowski and Wilenski, *Homogeneity of Results in Testing
    Samples from Poisson Series*, Biometrika 31, 1940); its tail is an incomplete beta function, which has a value
    between whole numbers, too. At least three of these have to be above what is expected.
    """
    clustering = _of_both(baseline, run)
    share = run.total / (run.total + baseline.total)
    before = baseline.errors / clustering
    expected = before * run.total / baseline.total

    def by_chance(errors: float) -> float:
        return beta_below(share, errors, before + 1)

    most = _highest(by_chance, level, expected + FEWEST_ABOVE)
    return most * clustering / run.total


def _of_both(baseline: Counts, run: Counts) -> float:
    errors = baseline.errors + run.errors
    if not errors:
        return 1.0
    return (baseline.clustering * baseline.errors + run.clustering * run.errors) / errors


def _highest(by_chance: Callable[[float], float], level: float, least: float) -> float:
    """The number of errors, at least `least`, that `by_chance` gives `level`; it falls as they grow."""
    low, high = least, max(1.0, 2 * least)
    if by_chance(low) < level:
        return low
    while by_chance(high) >= level:
        low, high = high, 2 * high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if by_chance(middle) >= level else (low, middle)
        if high - low <= _NEAR * high:
            break
    return high


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

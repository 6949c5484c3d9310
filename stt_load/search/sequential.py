"""Whether a share of requests is below its limit, or above it, as far as so many of them can tell."""

from __future__ import annotations

from typing import Literal

import numpy as np

from stt_load.samples.table import BoolArray, FloatArray
from stt_load.stats.beta import beta_below
from stt_load.stats.quantiles import BATCHES, batches
from stt_load.stats.ranks import mean_ranks

RARE = 5
"""So few of the one kind show no dependence of their own."""
FEWEST_BATCHES = 4
FEWEST_WAVES = 6
LOOSE = 0.1
"""A test that may be as wrong as that takes no notice of how alike the requests of one wave are, when it fails."""
OF_A_VARIANCE = 0.877
"""What is left of n where the variance is one that was estimated from 20 batches: (1.96 / 2.093)^2."""


def verdict(
    over: BoolArray, ranked: FloatArray, concurrency: int, limit: float, alpha: float, *, is_open: bool
) -> Literal["pass", "fail", "open"]:
    """Whether the share of requests that are `over` is at most `limit` (pass), more than it (fail), or can't be told.

    over, ranked: one value a request, in the order of the intended starts: whether it is over, and the figure that
    tells it, failed ones on top (equal ones count as equal). concurrency: requests in flight. alpha: the probability
    of an error. is_open: whether they arrived by themselves.

    The bounds are the exact ones of a share (Clopper and Pearson, *Biometrika* 26, 1934), with as many independent
    requests as these are worth. Requests that share a batch or a queue share their fate: none over of 60 says little
    where 12 are answered at a time.
    """
    n, c = len(over), int(np.count_nonzero(over))
    worth = independent(over, ranked, concurrency, is_open=is_open)
    if worth is None or not n:
        return "open"
    share = c / n
    n_eff = worth if c in (0, n) else worth * OF_A_VARIANCE
    x = share * n_eff
    if beta_below(limit, x + 1, n_eff - x) >= 1 - alpha:
        return "pass"
    if 0 < c < n and not is_open and alpha < LOOSE:
        n_eff = min(n_eff, n / _effect_of_waves(over, concurrency) * OF_A_VARIANCE)
        x = share * n_eff
    if x > 0 and beta_below(limit, x, n_eff - x + 1) < alpha:
        return "fail"
    return "open"


def independent(over: BoolArray, ranked: FloatArray, concurrency: int, *, is_open: bool) -> float | None:
    """How many independent requests know the share as well as these do; None where nobody can tell.

    By the variance of the means of batches, of the indicator itself. Where nearly all are of one kind it hardly
    varies, however alike neighbours are: then the ranks of the figure say how alike they are, in batches of as many
    as are in flight at least. Arrivals of an open loop are held against both always: a queue lasts longer there.
    """
    n, c = len(over), int(np.count_nonzero(over))
    effect = 1.0
    if 0 < c < n:
        size = max(1, n // BATCHES)
        effect = max(1.0, size * _variance_of_means(over.astype(float), size) / (c / n * (1 - c / n)))
    if is_open or c < RARE or n - c < RARE:
        of_ranks = _effect_of_ranks(ranked, max(concurrency, n // BATCHES))
        if not is_open:  # users take turns: no more of them than there are share a fate
            of_ranks = concurrency if of_ranks is None else min(of_ranks, concurrency)
        if of_ranks is None:
            return None
        effect = max(effect, of_ranks)
    return n / effect


def _effect_of_waves(over: BoolArray, concurrency: int) -> float:
    """How many times more the means of `over` vary from wave to wave, of as many requests as are in flight, than if
    they were independent; 1 where there are too few waves.

    Early in a level a twentieth of it is less than a batch that shares one fate: means of so few tell nothing of it.
    (Simulated at one that answers up to 16 at a time: else 12 of 360 searches have an end confirmed as failing that
    carries; so 4.)
    """
    n, share = len(over), float(np.mean(over))
    if n // concurrency < FEWEST_WAVES:
        return 1.0
    effect = concurrency * _variance_of_means(over.astype(float), concurrency) / (share * (1 - share))
    return max(1.0, min(float(concurrency), effect))


def _effect_of_ranks(values: FloatArray, size: int) -> float | None:
    """How many times more the means of batches of the ranks vary than if neighbours were independent; None where
    there are fewer than four batches."""
    size = max(1, size)
    if len(values) // size < FEWEST_BATCHES:
        return None
    ranks: FloatArray = mean_ranks(values)
    variance = float(np.var(ranks))
    return size * _variance_of_means(ranks, size) / variance if variance > 0 else 1.0


def _variance_of_means(values: FloatArray, size: int) -> float:
    count = len(values) // size
    return float(np.var(batches(values, count).mean(axis=1), ddof=1)) if count > 1 else 0.0

"""Tests that look at the order of values only, so that no shape of the latency distribution is assumed."""

from __future__ import annotations

import math

import numpy as np

from stt_load.samples.table import FloatArray
from stt_load.stats.quantiles import batches

FEWEST_BATCHES = 5


def trend_p(values: FloatArray) -> float:
    """Two-sided p of "these values, in the order of time, neither rise nor fall": Kendall's test.

    The score is the number of pairs that rise less those that fall. How many of the n! orders reach it is counted,
    not approximated: a value put before k of the n - 1 others adds k falls, any k from 0 to n - 1 being as likely as
    another (Kendall, *Rank Correlation Methods*, chapter 5). Equal values neither rise nor fall; with them the true
    p is smaller. Meant for tens of values.
    """
    n = len(values)
    score = int(sum(np.sign(values[i + 1 :] - values[i]).sum() for i in range(n - 1)))
    falls = np.ones(1)
    for size in range(2, n + 1):
        falls = np.convolve(falls, np.full(size, 1 / size))
    scores = n * (n - 1) // 2 - 2 * np.arange(len(falls))
    return min(1.0, float(falls[np.abs(scores) >= abs(score)].sum()))


def rank_sum_z(first: FloatArray, second: FloatArray) -> float:
    """How far the values of `first` rank above those of `second`: about standard normal when they don't differ.

    The rank-sum test (Wilcoxon; Mann and Whitney, *Annals of Mathematical Statistics* 18, 1947): mean ranks for ties,
    the variance corrected for them (Lehmann, *Nonparametrics*, 1.4), a continuity correction of one half. 0.0 when
    there is nothing to compare, or all values are equal.
    """
    m, n = len(first), len(second)
    if not m or not n:
        return 0.0
    ranks = mean_ranks(np.concatenate((first, second)))
    excess = float(ranks[:m].sum()) - m * (m + n + 1) / 2
    # The corrected variance is m n / (N - 1) times the variance of the ranks themselves, ties and all.
    variance = m * n / (m + n - 1) * float(np.var(ranks))
    if variance <= 0:
        return 0.0
    return math.copysign(max(0.0, abs(excess) - 0.5), excess) / math.sqrt(variance)


def dependence(values: FloatArray, size: int) -> float | None:
    """How many times more the means of batches vary than if values near in time were independent; at least 1.

    A batch is `size` consecutive values or a few more, and what is averaged is their ranks: by the square root of the
    result a `rank_sum_z` of `size` values against these is too large. None when there are fewer than 5 batches.
    """
    count = len(values) // size
    if count < FEWEST_BATCHES:
        return None
    ranks: FloatArray = batches(mean_ranks(values), count)
    independent = float(np.var(ranks)) / len(ranks[0])
    if independent <= 0:
        return 1.0
    seen = float(np.var(ranks.mean(axis=1), ddof=1))
    return max(1.0, seen / independent)


def mean_ranks(values: FloatArray) -> FloatArray:
    """The rank of each value among all, from 1 on; equal values share the mean of theirs."""
    _, position, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[position])


def upper_tail(z: float) -> float:
    """The share of a standard normal distribution above z."""
    return math.erfc(z / math.sqrt(2)) / 2

"""How far a mean, or a share of requests, is known: from the means of 20 batches in the order of time.

As of quantiles (`stats/quantiles.py`): requests that wait in one queue are alike, and how much so is what the batches
tell.
"""

from __future__ import annotations

import math

import numpy as np

from stt_load.samples.table import BoolArray, FloatArray
from stt_load.stats.quantiles import BATCHES, FEWEST_BEYOND, FEWEST_WAVES, STUDENT_T_19, batches


def mean_interval(values_in_start_order: FloatArray, users: int) -> tuple[float, float] | None:
    """95% confidence interval of the mean under a load of `users` users, by Student's t (19 degrees). None below 30
    requests a user."""
    n = len(values_in_start_order)
    if n < max(BATCHES, FEWEST_WAVES * users):
        return None
    means = batches(values_in_start_order, BATCHES).mean(axis=1)
    half = STUDENT_T_19 * float(np.std(means, ddof=1)) / math.sqrt(BATCHES)
    mean = float(np.mean(np.sort(values_in_start_order)))
    return mean - half, mean + half


def share_interval(which_in_start_order: BoolArray, users: int) -> tuple[float, float] | None:
    """The same of the share of true ones. None, too, with fewer than 10 independent ones of the rarer kind."""
    n = len(which_in_start_order)
    if n < max(BATCHES, FEWEST_WAVES * users):
        return None
    share = float(np.mean(which_in_start_order))
    independent = share * (1 - share) / (n // BATCHES)
    variance = max(independent, float(np.var(batches(which_in_start_order, BATCHES).mean(axis=1), ddof=1)))
    if variance <= 0 or n * independent / variance * min(share, 1 - share) < FEWEST_BEYOND:
        return None
    half = STUDENT_T_19 * math.sqrt(variance * (n // BATCHES) / n)
    return max(0.0, share - half), min(1.0, share + half)

"""One run against one: whether the requests of one differ from those of the other by more than theirs do among
themselves.

That is all it says. Two runs of the same service differ, too: by what the machine, the network and the neighbours did
in these minutes, of which one run a side knows nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stt_load.comparison.model import Range
from stt_load.comparison.resampling import Ratio, Statistic, in_flight, statistic
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.quantiles import BATCHES, FEWEST_BEYOND, FEWEST_WAVES
from stt_load.stats.ranks import upper_tail
from stt_load.stats.student import t_point

DRAWS = 1_000
FEWEST_DRAWS = 200
MOST_ROWS = 20_000_000
"""Drawn in all: of long runs fewer draws."""
SEED = 20_140_731
"""Any number would do, as long as it stays: the same runs are to have the same interval."""


@dataclass(frozen=True, slots=True)
class Within:
    """interval: 95% of the change, of these two runs. differs: there is more of one on one side than chance among
    these requests makes; known, too, where the baseline is 0 and there is no change to tell."""

    interval: Range | None
    differs: bool


def within(path: str, baseline: Samples, candidate: Samples) -> Within | None:
    """The metric at `path` below `metrics`, of the measured ones among the rows of both runs.

    By the block bootstrap (Künsch, *The Jackknife and the Bootstrap for General Stationary Observations*, Annals of
    Statistics 17, 1989; Politis and Romano's circular one, 1992): each run is put together anew of 20 stretches of
    its own, in the order of its starts, as requests that wait in one queue are alike. The percentiles of the change
    are put further out as Student's t of 19 degrees is to the normal, as 20 stretches are few (Hesterberg, *What
    Teachers Should Know About the Bootstrap*, The American Statistician 69, 2015).
    None where the metric can't be told so; below 20 rows, and 30 for each that is in flight at a time, as a stretch
    is to be longer than what its requests have in common; and where fewer than 10 requests of both runs lie beyond a
    quantile, or have what a share is of.
    """
    draws = []
    beyond = 0.0
    for seed, rows in enumerate((baseline, candidate), start=SEED):
        measured = rows.phase(Phase.MEASURED)
        found = statistic(path, measured)
        if found is None or len(measured) < max(BATCHES, FEWEST_WAVES * in_flight(measured)):
            return None
        beyond += _beyond(found)
        draws.append(_drawn(found, len(measured), seed))
    if beyond < FEWEST_BEYOND:
        return None
    return _within(*draws)


def _beyond(found: Statistic) -> float:
    """How many rows tell of it."""
    if isinstance(found, Ratio):
        return float(np.count_nonzero(found.part))
    count = np.count_nonzero(~np.isnan(found.values))
    return round(count * min(found.p, 1 - found.p), 6)


def _drawn(found: Statistic, n: int, seed: int) -> FloatArray:
    """The metric in each draw. A stretch that begins near the end goes on at the beginning."""
    size = n // BATCHES
    count = max(FEWEST_DRAWS, min(DRAWS, MOST_ROWS // n))
    starts = np.random.default_rng(seed).integers(n, size=(count, math.ceil(n / size)))
    steps = np.arange(size)
    return np.asarray([found.of(((one[:, None] + steps).ravel() % n)[:n]) for one in starts])


def _within(baseline: FloatArray, candidate: FloatArray) -> Within:
    count = min(len(baseline), len(candidate))
    baseline, candidate = baseline[:count], candidate[:count]
    with np.errstate(divide="ignore", invalid="ignore"):
        changes, differences = candidate / baseline - 1, candidate - baseline
    differences = np.where(np.isnan(differences), 0.0, differences)  # both beyond all that succeeded, or no data
    low, high = _ends(differences)
    is_known = not np.isnan(changes).any()
    interval = _ends(changes) if is_known else None
    return Within(None if interval is None else Range(*map(_finite, interval)), low > 0 or high < 0)


def _ends(values: FloatArray) -> tuple[float, float]:
    tail = upper_tail(t_point(0.975, BATCHES - 1) * math.sqrt(BATCHES / (BATCHES - 1)))
    ordered = np.sort(values)
    beyond = int(tail * len(ordered))
    return float(ordered[beyond]), float(ordered[-1 - beyond])


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

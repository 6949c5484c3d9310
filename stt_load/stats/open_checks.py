"""The checks of an open loop: whether what was due was sent, and when."""

from __future__ import annotations

import math

import numpy as np

from stt_load.samples.table import FloatArray
from stt_load.stats.evidence import Evidence, at_least, check_of
from stt_load.stats.model import Check
from stt_load.stats.open_loop import arrivals, dropped, schedule_lag_s
from stt_load.stats.quantiles import quantile

TAIL = 0.01
"""The share of values that are above P99."""
UNLIKELY = 0.001


def achieved_rate(evidence: Evidence) -> Check:
    """How much of what was due was not sent in its time, as a share: see `Arrivals`."""
    return check_of("achieved_rate", arrivals(evidence.as_asked).missing_share, evidence.limits.achieved_rate)


def schedule_lag(evidence: Evidence) -> Check:
    """P99 of how late requests were sent, as a share of the median response time. In a level of a search, whose rows
    are few, what P99 is at least, but for one case in a thousand: one that was late of 80 is no sign of anything, and
    it would end the search."""
    lags_s, median_s = schedule_lag_s(evidence.as_asked), evidence.median_s
    lag_s = at_least_p99(lags_s) if evidence.tested else quantile(lags_s, 0.99)
    limits = evidence.limits
    if lag_s is None or not median_s:
        return check_of("schedule_lag", None, limits.schedule_lag)
    return check_of("schedule_lag", lag_s / median_s, at_least(limits.schedule_lag, limits.schedule_lag_s, median_s))


def at_least_p99(values: FloatArray) -> float | None:
    """What P99 is at least, with p < 0.001, by the binomial law of how many are above it. None of no values."""
    values = np.sort(values[np.isfinite(values)])
    n, above, chance = len(values), 0, 1.0
    while above < n and chance >= UNLIKELY:
        ways = math.lgamma(n + 1) - math.lgamma(above + 1) - math.lgamma(n - above + 1)
        chance -= math.exp(ways + above * math.log(TAIL) + (n - above) * math.log(1 - TAIL))
        above += 1
    return float(values[n - above]) if n else None


def dropped_arrivals(evidence: Evidence) -> Check:
    """The share of arrivals that no slot was free for."""
    arrived = len(evidence.as_asked)
    share = dropped(evidence.as_asked) / arrived if arrived else None
    return check_of("dropped", share, evidence.limits.dropped)

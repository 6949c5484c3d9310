"""What the end of a capacity is like: a slope, on which a little more load costs a little more time, or a cliff."""

from __future__ import annotations

from typing import Literal

from stt_load.search.strategy import Tried
from stt_load.stats.model import SloVerdict, Summary

CLIFF = 2.0
"""So many times what the load grows by. In a closed loop that is full, times grow as the load does; what is more than
twice that is no queue that grows, but something that breaks."""


def boundary(carried: Tried, failed: Tried, binding: str | None) -> Literal["cliff", "slope"] | None:
    """carried, failed: the levels at both ends. binding: the limit that fails.

    A figure of no direction but more (a time, a share of failures) is held against what it was at the lower end, a
    share against its limit at least: it may be 0 there. Where it lies beyond all answers it is a cliff. A share of
    good requests says nothing of that, as it goes from all to few within one step of any queue: it is told from P95
    of their times. None where nobody can tell.
    """
    before, after = _of(carried, binding), _of(failed, binding)
    if before is None or after is None:
        return None
    grows = failed.trial.value / carried.trial.value
    if after.metric == "goodput_ratio":
        return _of_times(carried.summary, failed.summary, grows)
    if after.beyond:
        return "cliff"
    if after.observed is None or before.observed is None:
        return None
    first, last = before.observed, after.observed
    if ">" in after.expression and after.unit == "share":
        first, last, limit = 1 - first, 1 - last, 1 - after.limit
    elif ">" in after.expression:
        first, last, limit = last, first, after.limit
    else:
        limit = after.limit
    least = max(first, limit) if after.unit in ("share", "count") else first
    return "cliff" if last > CLIFF * grows * least else "slope"


def _of_times(carried: Summary, failed: Summary, grows: float) -> Literal["cliff", "slope"] | None:
    first, last = (one.metrics.all.response_time_s.p95 for one in (carried, failed))
    if first is None or not failed.metrics.requests.total:
        return None
    return "cliff" if last is None or last > CLIFF * grows * first else "slope"


def _of(tried: Tried, binding: str | None) -> SloVerdict | None:
    return next((one for one in tried.summary.slo if one.expression == binding), None)

"""Rates, and what an open loop came to, beside what they must have been."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stt_load.selftest.cases import Trial
from stt_load.selftest.figure import EARLY_S, LAST_DIGIT, LATE_S, Figure, late, rounded
from stt_load.selftest.prediction import STATISTICS, Request

MOMENT_S = 0.02
"""After the last due instant: by then those before it count as sent."""


def rates(trial: Trial, reported: Mapping[str, Any], measured: Sequence[Request]) -> Iterator[Figure]:
    first_s, last_s = min(one.due_s for one in measured), max(one.due_s for one in measured)
    end_s = max(one.done_s for one in measured)
    ok = [one for one in measured if one.kind is None]
    window_s = end_s - first_s
    yield late("window_s", window_s, reported["window_s"])
    yield late("drain_s", end_s - last_s, reported["drain_s"])
    for name, truth in (
        ("throughput_rps", len(ok) / window_s),
        ("audio_throughput", math.fsum(one.audio_s for one in ok) / window_s),
    ):
        # The same number over a window that is as long as allowed.
        low, high = (truth * window_s / (window_s + by_s) - truth for by_s in (LATE_S, -EARLY_S))
        yield Figure(name, "/s", truth, reported[name], low, high)
    work_s = last_s - first_s
    ended = sum(one.done_s <= last_s for one in ok)
    if trial.case.is_open:  # the instants are known beforehand: only ends just before the last one may be told later
        least = ended - sum(one.done_s <= last_s - LATE_S for one in ok)
        most = sum(one.done_s <= last_s + EARLY_S for one in ok) - ended
    else:  # each user ends a request just before it sends its last one: which of these ends is first, is luck
        least = most = trial.case.load["concurrent_requests"]
    low, high = -least / work_s - LAST_DIGIT, most / work_s + LAST_DIGIT
    yield Figure("steady_rps", "/s", ended / work_s, reported["steady_rps"], low, high)


def load(trial: Trial, reported: Mapping[str, Any], measured: Sequence[Request]) -> Iterator[Figure]:
    """What was asked of the load, and what it came to: by the client's own word when it has sent, as nobody else
    knows what was due when."""
    window_s = max(one.done_s for one in measured) - min(one.due_s for one in measured)
    busy_s = math.fsum(one.service_s for one in measured)
    truth = busy_s / window_s
    low, high = busy_s / (window_s + LATE_S), (busy_s + len(measured) * LATE_S) / (window_s - EARLY_S)
    yield Figure("in_flight", "", truth, reported["in_flight"], low - truth, high - truth)
    yield Figure("dropped", "", 0, reported["dropped"])  # there are slots for all
    opened = sum(one.opens for one in measured)
    yield Figure("connected", "", opened, reported["connected"], -opened if trial.case.is_open else 0, 0)
    if not trial.case.is_open:
        yield Figure("schedule_lag_s.n", "", 0, reported["schedule_lag_s"]["n"])
        return
    first_s, last_s = min(one.due_s for one in measured), max(one.due_s for one in measured)
    before = [one for one in measured if one.due_s < last_s]
    gone = sum(one.sent_s <= last_s + MOMENT_S for one in before)
    for name, count in (("offered_rps", len(before)), ("achieved_rps", gone)):
        yield rounded(name, "/s", count / (last_s - first_s), reported[name])
    lags_s, name = [one.sent_s - one.due_s for one in measured], "schedule_lag_s"
    yield Figure(f"{name}.n", "", len(lags_s), reported[name]["n"])
    for statistic, of in STATISTICS.items():
        yield rounded(f"{name}.{statistic}", "s", of(lags_s), reported[name][statistic])
    yield rounded(f"{name}.stdev", "s", statistics.stdev(lags_s), reported[name]["stdev"])

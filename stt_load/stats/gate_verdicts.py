"""A run held against the limits of a gate."""

from __future__ import annotations

import math
from functools import cache

from stt_load.samples.gate import GateFile, GateLimit, GateResult
from stt_load.samples.table import Samples
from stt_load.stats.count_limits import FEWEST_ABOVE, most_failures, most_wrong
from stt_load.stats.counts import Counts, counted
from stt_load.stats.metrics import Metrics
from stt_load.stats.spread import figures
from stt_load.stats.student import t_point

LEAST_WORSENING = 0.03
"""A limit is at least so far, as a share, from the baseline's mean: what is less is no worsening, however sure."""
_ROUNDING = 1e-6
"""Of a number of errors that comes back from a share."""
_MOST_LOGARITHM = 50.0
"""Of a number of errors: a gate's file may have been changed by hand, and no run has e^50 words."""


def verdicts(gate: GateFile, measured: Samples, metrics: Metrics) -> tuple[GateResult, ...]:
    """Of each limit, in their order.

    measured: the measured rows of the run. metrics: their figures.
    """
    values = figures(metrics)
    results = []
    for one in gate.limits:
        counts = None if one.method == "prediction" else counted(one.metric, measured, metrics)
        results.append(held(one, gate.level, values.get(one.metric), counts))
    return tuple(results)


def held(limit: GateLimit, level: float, value: float | None, counts: Counts | None = None) -> GateResult:
    """What one limit comes to in a run that has `value`, and for a limit of counts `counts`.

    A run that has no value is over the limit: no data is never a pass, and a percentile that lies beyond all answers
    is slower than any.
    """
    if limit.method == "prediction":
        return GateResult(metric=limit.metric, observed=value, limit=limit.limit, is_over=_is_worse(limit, value))
    if value is None or counts is None:
        return GateResult(metric=limit.metric, observed=value, limit=None, is_over=True)
    most = most_for(limit, level, counts)
    return GateResult(
        metric=limit.metric,
        observed=value,
        limit=1 - most if limit.better == "higher" else most,
        is_over=counts.errors > most * counts.total + _ROUNDING,
    )


@cache
def deviations(runs: int, level: float) -> float:
    """How many standard deviations of a baseline of so many runs (2 at least) another run has to be from its mean for
    that to have the probability `level`, on one side: a prediction limit of normal values, t sqrt(1 + 1 / k) (Hahn
    and Meeker, *Statistical Intervals*, 1991, 4.8)."""
    return t_point(1 - level, runs - 1) * math.sqrt(1 + 1 / runs)


def on_logarithms(errors: float) -> float:
    """What runs are compared by that have so many errors each, which are worth as many that come by themselves.

    Rates differ by factors from run to run, so it is the logarithm; of three more, so that there is one of 0, and
    that chance, which is all where errors are few, moves it by little (Bartlett, *The Use of Transformations*,
    Biometrics 3, 1947, has log(x + 1)). Simulated, limits on this scale are kept at any number of errors and any
    variation of rates; those on square roots are not where many errors vary by half.
    """
    return math.log(errors + FEWEST_ABOVE)


def most_between(limit: GateLimit, level: float) -> float:
    """The most that a share may be by how far the runs of the baseline lie apart, and by the least worsening."""
    baseline, runs = baseline_of(limit), len(limit.values)
    far = limit.mean + deviations(runs, level) * limit.spread
    errors = math.exp(min(_MOST_LOGARITHM, far)) - FEWEST_ABOVE
    return max(errors * baseline.clustering * runs / baseline.total, (1 + LEAST_WORSENING) * baseline.rate)


def most_for(limit: GateLimit, level: float, run: Counts) -> float:
    """The most that the share or rate of a run with the chances of `run` may be, by a limit of counts: over it is
    what neither chance among its requests or answers, nor what differs from run to run, explains."""
    baseline = baseline_of(limit)
    if limit.method == "errors":
        by_counts = most_failures(baseline, run.total, level) / run.total
        # The most that is not over: what a person reads as a limit is a share that a run can have.
        return max(by_counts, math.floor(most_between(limit, level) * run.total) / run.total)
    return max(most_wrong(baseline, run, level), most_between(limit, level))


def baseline_of(limit: GateLimit) -> Counts:
    """What a limit of counts was learnt from, all runs together."""
    return Counts(limit.errors or 0, limit.total or 1, limit.clustering or 1.0)


def _is_worse(limit: GateLimit, value: float | None) -> bool:
    if value is None or limit.limit is None:
        return True
    return value > limit.limit if limit.better == "lower" else value < limit.limit

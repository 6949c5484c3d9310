"""The limit of a share or a rate of errors, which may be 0 in every good run."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace

from stt_load.gates.levels import found_beyond
from stt_load.samples.gate import GateLimit, LimitMethod
from stt_load.stats.count_limits import FEWEST_ABOVE
from stt_load.stats.counts import Counts, pooled
from stt_load.stats.gate_verdicts import most_for, on_logarithms
from stt_load.stats.metrics import Metric

_NEAR = 1e-6


def count_limit(
    metric: Metric, values: Sequence[float], counts: Sequence[Counts], method: LimitMethod, level: float
) -> GateLimit:
    """Of a metric that is errors over chances, or 1 less that, of at least two runs.

    values: what each run has; counts: of what. level: the probability with which one good run is to be over it, at
    most: it has to be so by chance among requests or answers and by how far the runs lie apart, too. What a run may
    have depends on how many requests it has; what is found is said of one as long as those.
    """
    whole = pooled(counts)
    chances = whole.total / len(counts) / whole.clustering
    logarithms = [on_logarithms(one.rate * chances) for one in counts]
    limit = GateLimit(
        metric=metric.path,
        better=metric.better or "lower",
        method=method,
        limit=None,
        finds=None,
        mean=statistics.fmean(logarithms),
        spread=statistics.stdev(logarithms),
        values=tuple(values),
        errors=whole.errors,
        total=whole.total,
        clustering=whole.clustering,
    )
    found = _found(limit, whole, len(counts), level)
    if found is None:
        return limit
    worsening = found / whole.rate - 1 if whole.errors else None
    return replace(limit, finds=worsening, finds_at=1 - found if metric.better == "higher" else found)


def _found(limit: GateLimit, whole: Counts, runs: int, level: float) -> float | None:
    """The rate of errors that both of two runs, as long as those of the baseline are on average, have more of than
    they may in 4 of 5 tries; None where none is high enough.

    They are taken to lie apart by chance and, beyond that, as far as those of the baseline, part of which is chance,
    too: where rates differ much from run to run, few runs know too little of by how much.
    """
    run = Counts(round(whole.errors / runs), max(1, round(whole.total / runs)), whole.clustering)
    chances = run.total / whole.clustering
    most = most_for(limit, level, run) * chances
    if limit.method == "errors":
        most += 0.5  # the least that is over is one failure more

    def is_found(errors: float) -> bool:
        apart = math.hypot(limit.spread, _by_chance(errors))
        return on_logarithms(errors) - found_beyond(runs) * apart >= on_logarithms(most)

    found = _least(is_found, most) / chances
    return found if found < 1 or limit.method == "words" else None


def _by_chance(errors: float) -> float:
    """Standard deviation of `on_logarithms` of a number of errors that is a matter of chance, so many on average."""
    return math.sqrt(errors) / (errors + FEWEST_ABOVE)


def _least(is_found: Callable[[float], bool], above: float) -> float:
    """Errors from which on they are found, more than `above`."""
    low, high = above, 2 * above + 1
    while not is_found(high):
        low, high = high, 2 * high
    while high - low > _NEAR * high:
        middle = (low + high) / 2
        low, high = (low, middle) if is_found(middle) else (middle, high)
    return high

"""The limit of a time or a rate: where the next run lies, unless something has changed."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from stt_load.gates.levels import found_beyond
from stt_load.samples.gate import GateLimit
from stt_load.stats.gate_verdicts import LEAST_WORSENING, deviations
from stt_load.stats.metrics import Metric


def prediction_limit(metric: Metric, values: Sequence[float], level: float) -> GateLimit:
    """Of a metric that has a better direction, and was above 0 in each of at least two runs.

    level: the probability with which one good run is to be over it. Times differ by factors from run to run, so it is
    a prediction limit of their logarithms, mean + t sqrt(1 + 1 / k) s, and at least 3% from their geometric mean.
    """
    logarithms = [math.log(value) for value in values]
    mean, spread = statistics.fmean(logarithms), statistics.stdev(logarithms)
    least, sign = _least_worsening(metric)
    far = max(least, deviations(len(values), level) * spread)
    found = far + found_beyond(len(values)) * spread
    return GateLimit(
        metric=metric.path,
        better=metric.better or "lower",
        method="prediction",
        limit=math.exp(mean + sign * far),
        finds=abs(math.expm1(sign * found)),
        finds_at=math.exp(mean + sign * found),
        mean=mean,
        spread=spread,
        values=tuple(values),
    )


def _least_worsening(metric: Metric) -> tuple[float, int]:
    """As a logarithm, and which way it goes: 3% more, or 3% less."""
    if metric.better == "higher":
        return -math.log1p(-LEAST_WORSENING), -1
    return math.log1p(LEAST_WORSENING), 1

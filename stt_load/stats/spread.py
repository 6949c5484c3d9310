"""How far the figures of several runs of the same lie apart."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from stt_load.stats.accuracy import student_t
from stt_load.stats.metrics import METRICS

T_975 = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281)
"""97.5% points of Student's t with 1, 2, ... degrees of freedom, where its expansion is not good enough."""


@dataclass(frozen=True, slots=True)
class Ends:
    """A confidence interval of 95%."""

    low: Annotated[float, "Lower end."]
    high: Annotated[float, "Upper end."]


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over the runs that have it. None where there are too few of these, or where it would mislead."""

    n: Annotated[int, "Runs that have the figure."]
    mean: Annotated[float | None, "Arithmetic mean."]
    stdev: Annotated[float | None, "Standard deviation between runs (n - 1); null for one run."]
    min: Annotated[float | None, "Smallest."]
    max: Annotated[float | None, "Largest."]
    range: Annotated[float | None, "Largest less smallest."]
    interval: Annotated[Ends | None, "95% of the mean, by Student's t over the runs; null for one run."]


def spread(values: Sequence[float]) -> Spread:
    """Of the figure's values, one for each run that has it."""
    n = len(values)
    if not n:
        return Spread(0, None, None, None, None, None, None)
    mean, low, high = statistics.fmean(values), min(values), max(values)
    if n == 1:
        return Spread(1, mean, None, low, high, 0.0, None)
    stdev = statistics.stdev(values)
    half = t_975(n - 1) * stdev / math.sqrt(n)
    return Spread(n, mean, stdev, low, high, high - low, Ends(mean - half, mean + half))


def spreads(runs: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """By the path of each figure that any run has, in the order of the result. runs: the `figures` of each.

    Over every intent a figure that a run lacks is beyond all others, or of no requests: what is left would be too
    good a mean, so there is none.
    """
    found: dict[str, Spread] = {}
    for metric in METRICS:
        values = [run[metric.path] for run in runs if metric.path in run]
        if values:
            whole = metric.population != "all" or len(values) == len(runs)
            found[metric.path] = spread(values) if whole else Spread(len(values), None, None, None, None, None, None)
    return found


def figures(metrics: Any) -> dict[str, float]:
    """The numbers of one run by their path; metrics: a `Metrics`. What has no value is left out."""
    return dict(_numbers(metrics))


def t_975(degrees: int) -> float:
    """The 97.5% point of Student's t."""
    return T_975[degrees - 1] if degrees <= len(T_975) else student_t(degrees)


def _numbers(metrics: Any) -> Iterator[tuple[str, float]]:
    for metric in METRICS:
        value = metrics
        for name in metric.path.split("."):
            value = getattr(value, name)
        if isinstance(value, int | float) and math.isfinite(value):
            yield metric.path, value

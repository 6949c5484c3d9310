"""By how much a candidate differs from its baseline, from the values of their runs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stt_load.comparison.figures import Figures
from stt_load.comparison.model import Range
from stt_load.samples.table import FloatArray
from stt_load.stats.student import t_point

LEVEL = 0.975
"""Of each end of an interval of 95%."""


@dataclass(frozen=True, slots=True)
class Change:
    """The means of both sides, geometric ones of times and rates: None without data, infinite where a run is beyond
    all that succeeded."""

    baseline: float | None
    candidate: float | None

    @property
    def share(self) -> float | None:
        """candidate / baseline - 1; None where there is no such number."""
        if self.baseline is None or self.candidate is None or not self.baseline:
            return None
        share = self.candidate / self.baseline - 1
        return share if math.isfinite(share) else None

    def worsening(self, better: str | None) -> float:
        """The same towards what is worse, below 0 where it is better: infinite from a baseline of 0, or beyond all
        that succeeded. 0 without data."""
        if self.baseline is None or self.candidate is None or self.baseline == self.candidate:
            return 0.0
        share = self.candidate / self.baseline - 1 if self.baseline else math.copysign(math.inf, self.candidate)
        if math.isnan(share):
            return 0.0
        return share if better == "lower" else -share


def change_of(figures: Figures) -> Change:
    """Of the runs of both sides."""
    return Change(*(_mean(side, figures.is_logarithmic) for side in figures.sides))


def _mean(values: FloatArray, logarithmic: bool) -> float | None:
    if not len(values):
        return None
    if not logarithmic:
        return float(np.mean(values))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = float(np.exp(np.mean(np.log(values))))
    return None if math.isnan(mean) else mean


def interval_of(figures: Figures) -> Range | None:
    """95% of the change; None of less than two runs on one side and one on the other, and where there is no change to
    tell of.

    By Welch's t: of the difference of logarithms, or of the ratio of means, whose variance is to first order that of
    candidate - ratio x baseline, over the baseline's mean squared (Welch, *The Generalization of 'Student's' Problem
    when Several Different Population Variances Are Involved*, Biometrika 34, 1947)."""
    baseline, candidate = figures.sides
    if not len(baseline) or not len(candidate):
        return None
    whole = np.concatenate((baseline, candidate))
    if len(whole) < 3 or not np.all(np.isfinite(whole)):
        return None
    if figures.is_logarithmic:
        if not np.all(whole > 0):
            return None
        logs, others = np.log(baseline), np.log(candidate)
        half = _half(logs, others, 1.0)
        difference = float(np.mean(others) - np.mean(logs))
        with np.errstate(over="ignore"):
            return _range(float(np.expm1(difference - half)), float(np.expm1(difference + half)))
    mean = float(np.mean(baseline))
    if not mean:
        return None
    ratio = float(np.mean(candidate)) / mean
    half = _half(baseline, candidate, ratio) / abs(mean)
    least = -1.0 if np.all(whole >= 0) else -math.inf
    return _range(max(least, ratio - half - 1), ratio + half - 1)


def _half(baseline: FloatArray, candidate: FloatArray, ratio: float) -> float:
    """Half the interval of mean(candidate) - ratio x mean(baseline). Where a side has one run, the other one's spread
    is taken for both."""
    n, m = len(baseline), len(candidate)
    if n == 1 or m == 1:
        variance = float(np.var(candidate if n == 1 else baseline, ddof=1))
        return t_point(LEVEL, n + m - 2) * math.sqrt(variance * (ratio * ratio / n + 1 / m))
    first, second = ratio * ratio * float(np.var(baseline, ddof=1)) / n, float(np.var(candidate, ddof=1)) / m
    if not first + second:
        return 0.0
    degrees = (first + second) ** 2 / (first**2 / (n - 1) + second**2 / (m - 1))
    return t_point(LEVEL, degrees) * math.sqrt(first + second)


def _range(low: float, high: float) -> Range:
    return Range(low if math.isfinite(low) else None, high if math.isfinite(high) else None)

"""The values that a metric has in runs, and the scale on which they are held against each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stt_load.comparison.names import COMPARABLE
from stt_load.samples.table import FloatArray
from stt_load.stats.blocks import Unit
from stt_load.stats.metrics import Metric
from stt_load.storage.run_record import RunRecord

LOGARITHMIC_UNITS = ("s", "rps", "bytes")
LOGARITHMIC = ("rtf", "audio_throughput")
"""Ratios of times, and of time per time, which differ by factors as these do."""
IN_PERCENT = ("accuracy.", "stability.")
"""Ratios that are shares, or nearly."""
FAR = math.log(10)
"""How far beyond all other values, as a logarithm, one stands that is beyond all that succeeded, or 0."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A metric's value in each run of both sides. None: no data; infinite: a quantile beyond all that succeeded."""

    metric: Metric
    baseline: tuple[float | None, ...]
    candidate: tuple[float | None, ...]

    @property
    def sides(self) -> tuple[FloatArray, FloatArray]:
        """The values that there are, of the baseline and of the candidate."""
        first, second = ([one for one in side if one is not None] for side in (self.baseline, self.candidate))
        return np.asarray(first, dtype=float), np.asarray(second, dtype=float)

    @property
    def is_share(self) -> bool:
        """Whether it is one, so that percentage points can be told of it."""
        return is_share(self.metric.unit, self.metric.path)

    @property
    def is_logarithmic(self) -> bool:
        """Whether runs differ by factors: times and rates. Shares and counts can be 0, and what a formula has may be
        negative."""
        by_factors = self.metric.unit in LOGARITHMIC_UNITS or self.metric.name in LOGARITHMIC
        return by_factors and all(one is None or one >= 0 for one in (*self.baseline, *self.candidate))

    @property
    def scaled(self) -> tuple[FloatArray, FloatArray]:
        """The same, as they are compared: logarithms, or as they are. All finite: a value that has none is put beyond
        all that have, which a test that draws its conclusion from the order of sums may do."""
        first, second = self.sides
        if not self.is_logarithmic:
            return first, second
        with np.errstate(divide="ignore"):
            logs = np.log(np.concatenate((first, second)))
        finite = logs[np.isfinite(logs)]
        least, most = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
        logs = np.clip(logs, least - FAR, most + FAR)
        return logs[: len(first)], logs[len(first) :]


def is_share(unit: Unit, path: str) -> bool:
    """Whether the values of the metric at `path` are shares, which are written in percent."""
    return unit == "share" or (unit == "ratio" and path.startswith(IN_PERCENT))


def figures(
    metrics: Sequence[str], baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]
) -> tuple[Figures, ...]:
    """Of the metrics at these paths below `metrics`, in their order, each once.

    Raises `ValueError` for a path that is no metric's, or of one that has no better direction.
    """
    for path in metrics:
        if path not in COMPARABLE:
            raise ValueError(f"metric {path!r} can't be compared; it is none, or has no better direction")
    return tuple(
        Figures(one, *(tuple(value(one, run) for run in side) for side in (baseline, candidate)))
        for one in (COMPARABLE[path] for path in dict.fromkeys(metrics))
    )


def value(metric: Metric, run: RunRecord) -> float | None:
    """What `run` has for `metric`: None without data, infinite beyond all that succeeded."""
    found: Any = run.summary.metrics
    block = found
    for name in metric.path.split("."):
        block, found = found, getattr(found, name)
    if found is None:
        # Of every intent a quantile is missing where it falls on a failed one, and P99.9 where there are too few.
        beyond = metric.population == "all" and block.n > 0 and (metric.path.endswith("p999") <= (block.n >= 1_000))
        return math.inf if beyond else None
    return float(found)

"""A distribution as a curve over shares, by which the tail takes as much room as what most requests have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stt_load.html.blocks import Table
from stt_load.html.plot import Axis, Line, Role, Series
from stt_load.report.messages import Messages
from stt_load.samples.table import FloatArray
from stt_load.stats.quantiles import FEWEST_FOR_P999, quantile

MARKED = {"P50": 0.5, "P95": 0.95, "P99": 0.99}
"""Quantiles that are marked on the curve, by their names."""
SHARES = {"P10": 0.1, "P25": 0.25, "P50": 0.5, "P75": 0.75, "P90": 0.9, "P95": 0.95, "P99": 0.99, "P99.9": 0.999}
"""Quantiles of the table behind it."""
PER_DECADE = 200
"""Steps of a curve between 90% and 99%, and between 99% and 99.9%: more than a screen has points for."""
ALL_KEPT = 1_000
"""Values of which each has its step."""
LEAST_END = 0.995
"""So far the axis goes at least, so that P99 is on it."""


def axis(say: Messages, most: int) -> Axis:
    """Of the shares of at most so many values: to the middle of the step of the largest one, as there is no 100% on
    such an axis."""
    return Axis(label=say("plots.shares"), quantity="share", scale="tail", least=0.0, most=_end(most))


def curve(name: str, values: FloatArray, role: Role = "main") -> Series:
    """By each share the least value that as many of `values`, in any order, do not exceed: steps, the i-th smallest
    of n from (i - 1) / n on, the nearest rank as everywhere.

    Infinite ones, as of requests that failed, count in n, and the curve ends before them. Of many values those steps
    are left out that are nearer to each other than what the eye can tell apart on such an axis; the tail has all.
    """
    n, known = len(values), np.sort(values[np.isfinite(values)])
    if not len(known):
        return Series(name=name, form="steps", x=np.empty(0), y=np.empty(0), role=role)
    shares = np.arange(len(known)) / n
    place = np.floor(-np.log10(1 - shares) * PER_DECADE)
    kept = np.flatnonzero(np.diff(place, prepend=-1.0)) if n > ALL_KEPT else np.arange(len(known))
    end = _end(n) if len(known) == n else len(known) / n
    x, y = np.append(shares[kept], end), np.append(known[kept], known[-1])
    return Series(name=name, form="steps", x=x, y=y, role=role)


def marks(say: Messages, values: FloatArray) -> tuple[Series, tuple[Line, ...]]:
    """The quantiles that everybody asks for, of finite `values`: points on their curve, and lines that stand at their
    shares with the figures in their names."""
    found = {name: quantile(values, p) for name, p in MARKED.items()}
    y = np.asarray([np.nan if value is None else value for value in found.values()])
    points = Series(name=", ".join(MARKED), form="points", x=np.asarray(list(MARKED.values())), y=y)
    lines = tuple(
        Line(name=f"{name}: {say.seconds(value)}", at=MARKED[name], stands=True, role="quiet")
        for name, value in found.items()
    )
    return points, lines


def told(say: Messages, values: FloatArray) -> dict[str, str]:
    """The same quantiles for a sentence, as `p50`, `p95` and `p99`."""
    return {name.lower(): say.seconds(quantile(values, p)) for name, p in MARKED.items()}


def table(say: Messages, caption: str, columns: Mapping[str, FloatArray]) -> Table:
    """The quantiles of finite values, a column for each distribution by its heading."""
    rows = [("plots.min", 0.0), *shares_of(max(map(len, columns.values()))).items(), ("plots.max", 1.0)]
    cells = (
        (say(name) if name in say else name, *(say.number(quantile(values, p), 3) for values in columns.values()))
        for name, p in rows
    )
    return Table(caption, (say("plots.quantile"), *columns), tuple(cells))


def shares_of(n: int) -> dict[str, float]:
    """Those of the table that so many values have: below 1,000 there is no P99.9."""
    return {name: p for name, p in SHARES.items() if name != "P99.9" or n >= FEWEST_FOR_P999}


def _end(n: int) -> float:
    return max(LEAST_END, 1 - 0.5 / max(n, 1))

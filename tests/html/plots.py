"""Plots for the tests of what draws them, and a small page around them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

import stt_load.html
from stt_load.html.blocks import Table
from stt_load.html.plot import Axis, Band, Line, Plot, Quantity, Scale, Series

FOLDER = Path(stt_load.html.__file__).parent
TABLE = Table("Numbers", ("Time (s)", "Response (s)"), (("1", "0.5"),))


def series(x: npt.ArrayLike, y: npt.ArrayLike, **more: object) -> Series:
    values = {"name": "Rows", "form": "points", **more}
    return Series(x=np.asarray(x, dtype=float), y=np.asarray(y, dtype=float), **values)  # type: ignore[arg-type]


def axis(quantity: Quantity = "s", scale: Scale = "linear", label: str = "Time (s)", **ends: float) -> Axis:
    return Axis(label=label, quantity=quantity, scale=scale, **ends)


def plot(*rows: Series, x: Axis | None = None, y: Axis | None = None, **more: object) -> Plot:
    values = {"id": "rows", "title": "Latency", "about": "Response times.", "table": TABLE, **more}
    return Plot(x=x or axis(), y=y or axis(label="Response (s)"), series=rows, **values)  # type: ignore[arg-type]


def latency_over_time(count: int = 3_000) -> Plot:
    """A run of two minutes with a warm-up, two stalls, failures and a limit."""
    numbers = np.random.default_rng(1)
    x = np.sort(numbers.uniform(0, 120, count))
    y = numbers.lognormal(-0.2, 0.3, count) * (1 + 0.5 * (x > 80))
    failed = numbers.random(count) < 0.01
    measured = x >= 10
    moving = np.arange(10.0, 121.0, 2.0)
    return plot(
        series(x[~measured], y[~measured], name="Warm-up rows", role="warmup"),
        series(x[measured & ~failed], y[measured & ~failed], name="Succeeded"),
        series(x[measured & failed], y[measured & failed], name="Failed", role="bad"),
        series(moving, 1.3 + 0.6 * (moving > 80), name="Moving P95", form="line", role="second"),
        id="latency",
        title="Latency over time",
        bands=(
            Band(name="Warm-up", first=0, last=10, role="warmup"),
            Band(name="Stall of the generator", first=33, last=34.5, role="stall"),
            Band(name="Stall of the generator", first=62, last=62.1, role="stall"),
            Band(name="Stage 1: 4 users", first=10, last=80, role="stage"),
            Band(name="Stage 2: 8 users", first=80, last=120, role="stage"),
        ),
        lines=(Line(name="SLO: P95 ≤ 2 s", at=2.0), Line(name="P95 1.9 s", at=1.9, role="second")),
    )


def distribution(count: int = 20_000) -> Plot:
    """On the scale of a tail, with a limit that is far above."""
    numbers = np.random.default_rng(2)
    y = np.sort(numbers.lognormal(-0.2, 0.4, count))
    x = np.arange(count) / count
    return plot(
        series(x, y, name="Succeeded", form="line"),
        series(x[: count - 50], 1.1 * y[: count - 50], name="Every intent", form="line", role="second"),
        id="distribution",
        title="Distribution",
        x=axis("share", "tail", "Share of requests"),
        y=axis(label="Response time (s)"),
        lines=(
            Line(name="SLO: P99 ≤ 60 s", at=60.0),
            Line(name="P50", at=0.5, stands=True, role="quiet"),
            Line(name="P95", at=0.95, stands=True, role="quiet"),
            Line(name="P99", at=0.99, stands=True, role="quiet"),
        ),
    )


def throughput() -> Plot:
    """Steps and an area."""
    x = np.arange(0.0, 60.0)
    return plot(
        series(x, 8 + 2 * np.sin(x / 5), name="In flight", form="area", role="third"),
        series(x, np.floor(x / 20) * 3 + 5, name="Offered", form="steps", role="second"),
        series(x, np.where((x > 30) & (x < 35), np.nan, 5 + x / 10), name="Achieved", form="line"),
        id="throughput",
        title="Throughput",
        y=axis("rps", label="Requests per second"),
    )


def failures() -> Plot:
    """Bars beside each other, on a logarithmic axis of x."""
    x = np.arange(0.0, 10.0)
    return plot(
        series(x, x % 4, name="timeout", form="bars", role="bad"),
        series(x, x % 3, name="server_error", form="bars", role="second"),
        id="failures",
        title="Failures over time",
        y=axis("count", label="Failures"),
    )


def capacity() -> Plot:
    """Load against P95, both logarithmic, with the edge."""
    x = np.array([1.0, 2, 4, 8, 12, 16, 32])
    return plot(
        series(x, 0.3 + 0.02 * x**1.6, name="P95", form="line"),
        series(x, 0.3 + 0.02 * x**1.6, name="P95", form="points"),
        id="capacity",
        title="Capacity",
        x=axis("count", "log", "Users"),
        y=axis(scale="log", label="P95 (s)"),
        lines=(
            Line(name="carried", at=12, stands=True, role="edge"),
            Line(name="not carried", at=16, stands=True, role="bad"),
            Line(name="limit 2 s", at=2.0),
        ),
    )


GALLERY = (latency_over_time, distribution, throughput, failures, capacity)

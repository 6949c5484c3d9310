"""Response times in the course of a run: each request, a moving P95, and what happened meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from stt_load.html import timeline
from stt_load.html.axes import limits, seconds_axis
from stt_load.html.blocks import Table, Text
from stt_load.html.page import Section
from stt_load.html.plot import Plot, Role, Series
from stt_load.report.messages import Messages
from stt_load.samples.run_info import OpenLoop
from stt_load.samples.sample import Phase
from stt_load.samples.table import BoolArray, FloatArray, Samples
from stt_load.stats.over_time import POINTS, WIDEST, fewest, moving_quantile, window_s
from stt_load.stats.quantiles import quantile
from stt_load.storage.run_record import RunRecord

FIGURE = "response_time_s"
MOST_INTERVALS = 24
FEWEST_POINTS = 20
"""Of the moving P95 in each stage."""


def latency_time(say: Messages, run: RunRecord) -> Section | None:
    """None without requests."""
    rows = timeline.rows_of(run)
    if not len(rows):
        return None
    measured = rows.where((rows["phase"] == Phase.MEASURED) & rows.ok)
    series = tuple(_series(say, rows, measured))
    y = seconds_axis(say("plots.response"), *(one.y for one in series))
    plot = Plot(
        id="plot-latency-time",
        title=say("plots.latency_time_title"),
        about=say(
            "plots.latency_time_about",
            requests=say.requests(len(rows)),
            p95=say.seconds(quantile(measured.response_s, 0.95)),
        ),
        x=timeline.axis(say, run),
        y=y,
        series=series,
        table=_table(say, rows),
        bands=timeline.bands(say, run, rows),
        lines=(*timeline.stage_lines(say, run, rows), *limits(run, FIGURE)),
    )
    return Section("latency-time", say("plots.latency_time"), (plot, *_notes(say, run, rows, series)))


def _notes(say: Messages, run: RunRecord, rows: Samples, series: Sequence[Series]) -> Iterator[Text]:
    """What the moving P95 is, or why there is none, and why an open loop begins with nothing."""
    measured = rows.where((rows["phase"] == Phase.MEASURED) & rows.ok)
    if any(one.form == "line" for one in series):
        yield Text(say("plots.moving_means", window=say.duration(window_s(measured["start_s"]))))
    elif len(measured):
        yield Text(say("plots.no_moving", n=fewest(0.95), share=f"{WIDEST:.0%}"))
    due_s = rows["start_s"][rows["phase"] != Phase.WARMUP]
    if isinstance(run.info.load, OpenLoop) and run.info.barrier_s is not None and len(due_s):
        yield Text(say("plots.first_due", after=say.duration(float(due_s.min()))))


def _series(say: Messages, rows: Samples, measured: Samples) -> Iterator[Series]:
    """Those that have anything in them, what is to be seen above the others last."""
    is_measured = rows["phase"] == Phase.MEASURED
    shown: tuple[tuple[str, BoolArray, Role], ...] = (
        ("uncounted", ~is_measured & rows.ok, "quiet"),
        ("ok", is_measured & rows.ok, "main"),
        ("unfinished", rows.unfinished, "third"),
        ("failed", rows.failed, "bad"),
    )
    for name, chosen, role in shown:
        if chosen.any():
            part = rows.where(chosen)
            yield Series(name=say(f"plots.{name}"), form="points", x=part["start_s"], y=part.response_s, role=role)
    moving = _moving(say, measured)
    if np.isfinite(moving.y).any():
        yield moving


def _moving(say: Messages, measured: Samples) -> Series:
    """A line for each stage, so that none is made of two loads."""
    width_s, stages = window_s(measured["start_s"]), np.unique(measured["stage"]).tolist()
    x: list[FloatArray] = []
    y: list[FloatArray] = []
    for stage in stages:
        part = measured.where(measured["stage"] == stage)
        points = max(FEWEST_POINTS, POINTS // len(stages))
        at_s, p95_s = moving_quantile(part["start_s"], part.response_s, 0.95, width_s, points)
        x += [at_s[:1], at_s]  # what has no value between two lines keeps them apart
        y += [np.full(len(at_s[:1]), np.nan), p95_s]
    whole_x, whole_y = (np.concatenate(parts[1:]) if parts else np.empty(0) for parts in (x, y))
    return Series(name=say("plots.moving_p95"), form="line", x=whole_x, y=whole_y, role="second")


def _table(say: Messages, rows: Samples) -> Table:
    """By their starts."""
    ends_s = timeline.intervals(rows, MOST_INTERVALS)
    heads = (say("plots.started"), *(say(f"levels.{name}") for name in ("requests", "failed")))
    heads += tuple(say(f"plots.{name}_s") for name in ("median", "p95", "max"))
    place = np.clip(np.searchsorted(ends_s, rows["start_s"], side="right") - 1, 0, max(len(ends_s) - 2, 0))
    times_s, ok, failed = rows.response_s, rows.ok, rows.failed
    cells = []
    for number, name in enumerate(timeline.names(say, ends_s)):
        inside = place == number
        shown = (say.number(quantile(times_s[inside & ok], p), 3) for p in (0.5, 0.95, 1.0))
        cells.append((name, str(np.count_nonzero(inside)), str(np.count_nonzero(inside & failed)), *shown))
    return Table(say("plots.latency_time_table"), heads, tuple(cells))

"""How response times are distributed, the tail as wide as the rest."""

from __future__ import annotations

import numpy as np

from stt_load.html import tail_curve
from stt_load.html.axes import limits, seconds_axis
from stt_load.html.blocks import Table, Text
from stt_load.html.page import Section
from stt_load.html.plot import Plot
from stt_load.report.messages import Messages
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.blocks import Distribution
from stt_load.stats.quantiles import rank
from stt_load.storage.run_record import RunRecord

FIGURE = "response_time_s"
NAMES = {"P50": "median", "P90": "p90", "P95": "p95", "P99": "p99", "P99.9": "p999"}
"""Of the quantiles that may have an interval."""


def distribution(say: Messages, run: RunRecord) -> Section | None:
    """None where no request succeeded."""
    measured = run.samples.phase(Phase.MEASURED)
    ok_s = measured.response_s[measured.ok]
    if not len(ok_s):
        return None
    all_s = np.where(measured.failed, np.inf, measured.response_s)
    differs = len(all_s) > len(ok_s)
    points, stands = tail_curve.marks(say, ok_s)
    every = (tail_curve.curve(say("plots.every", n=len(all_s)), all_s, "second"),) if differs else ()
    times = run.summary.metrics.response_time_s
    plot = Plot(
        id="plot-distribution",
        title=say("plots.distribution_title"),
        about=say(
            "plots.distribution_about",
            requests=say.requests(len(ok_s)),
            **{name: say.seconds(getattr(times, name)) for name in ("median", "p95", "p99")},
        ),
        x=tail_curve.axis(say, len(all_s)),
        y=seconds_axis(say("plots.response"), ok_s),
        series=(*every, tail_curve.curve(say("plots.succeeded", n=len(ok_s)), ok_s), points),
        table=_table(say, measured, times, differs=differs),
        lines=(*stands, *limits(run, FIGURE)),
    )
    texts = [Text(say("plots.every_means"))] if differs else []
    return Section("distribution", say("plots.distribution"), (plot, *texts))


def _table(say: Messages, measured: Samples, times: Distribution, *, differs: bool) -> Table:
    """A row for each quantile, with its interval where it has one, and over every intent where that differs."""
    ok_s = np.sort(measured.response_s[measured.ok])
    heads = [say("plots.quantile"), say("plots.succeeded_s"), say("plots.interval_s")]
    heads += [say("plots.every_s")] if differs else []
    rows = [[say("plots.min"), say.number(float(ok_s[0]), 3), ""]]
    for name, p in tail_curve.shares_of(len(ok_s)).items():
        rows.append([name, say.number(_at(ok_s, p), 3), _interval(say, times, name)])
    rows.append([say("plots.max"), say.number(float(ok_s[-1]), 3), ""])
    if differs:
        for row, shown in zip(rows, _every(say, measured, len(rows)), strict=True):
            row.append(shown)
    return Table(say("plots.distribution_table"), tuple(heads), tuple(map(tuple, rows)))


def _every(say: Messages, measured: Samples, count: int) -> list[str]:
    """The same quantiles over every intent: one that falls on a failed request is beyond all that succeeded, and one
    that falls on what was cut off may be more."""
    times_s = np.where(measured.failed, np.inf, measured.response_s)
    order = np.lexsort((measured.unfinished, times_s))  # of two that are alike, the one that may be more is slower
    ordered, cut = times_s[order], measured.unfinished[order]
    shown = []
    for place in _ranks(len(ordered), count):
        value = float(ordered[place - 1])
        text = say.number(value, 3) if np.isfinite(value) else say("latency.beyond")
        shown.append(f">= {text}" if cut[place - 1] else text)
    return shown


def _ranks(n: int, count: int) -> list[int]:
    """Of the smallest of n, of the first quantiles of the table, `count` rows in all, and of the largest."""
    shares = list(tail_curve.SHARES.values())[: count - 2]
    return [1, *(rank(n, p) for p in shares), n]


def _at(ordered: FloatArray, p: float) -> float:
    return float(ordered[rank(len(ordered), p) - 1])


def _interval(say: Messages, times: Distribution, name: str) -> str:
    found = times.intervals.get(NAMES.get(name, ""))
    if found is None:
        return ""
    return say("levels.ramp", first=say.number(found.low, 3), last=say.number(found.high, 3))

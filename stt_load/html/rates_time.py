"""How many requests went through, and how many were in flight, in the course of a run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stt_load.html import timeline
from stt_load.html.blocks import Table
from stt_load.html.page import Section
from stt_load.html.plot import Axis, Plot, Role, Series
from stt_load.report.messages import Messages
from stt_load.samples.run_info import OpenLoop
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.open_loop import due
from stt_load.stats.over_time import in_flight, per_second
from stt_load.storage.run_record import RunRecord

FEWEST_INTERVALS, MOST_INTERVALS = 8, 40
REQUESTS = 20
"""In an interval, about, where there are not the fewest intervals: a rate of a few is chance."""
ROLES: dict[str, Role] = {"offered": "quiet", "ok": "main", "failed": "bad"}
"""Of the rates, in the order in which they are drawn."""


def rates_time(say: Messages, run: RunRecord) -> Section | None:
    """None where nothing was sent, or all at one instant."""
    rows = timeline.rows_of(run)
    ends_s = timeline.intervals(rows, min(MOST_INTERVALS, max(FEWEST_INTERVALS, len(rows) // REQUESTS)))
    if len(ends_s) < 2:
        return None
    rates = _rates(rows, ends_s, is_open=isinstance(run.info.load, OpenLoop))
    sent = rows.where(np.isfinite(rows["sent_s"]))
    busy = in_flight(sent["sent_s"], sent["done_s"], ends_s)
    return Section(
        "rates-time",
        say("plots.rates"),
        (_of_rates(say, run, rows, ends_s, rates), _of_in_flight(say, run, rows, ends_s, busy)),
    )


def _rates(rows: Samples, ends_s: FloatArray, *, is_open: bool) -> Mapping[str, FloatArray]:
    """Per second in each interval: what was due, in an open loop; what ended well there; what failed there, if
    anything did."""
    found = {}
    if is_open:
        offered = due(rows.where(rows["phase"] != Phase.WARMUP))
        found["offered"] = per_second(offered["start_s"], ends_s, "left")
    found["ok"] = per_second(rows["done_s"][rows.ok], ends_s, "right")
    if rows.failed.any():
        found["failed"] = per_second(rows["done_s"][rows.failed], ends_s, "right")
    return found


def _of_rates(
    say: Messages, run: RunRecord, rows: Samples, ends_s: FloatArray, rates: Mapping[str, FloatArray]
) -> Plot:
    series = tuple(_steps(say(f"plots.{name}_rate"), ends_s, rates[name], ROLES[name]) for name in rates)
    heads = (say("plots.interval"), *(say(f"plots.{name}_per_second") for name in rates))
    cells = [[name] for name in timeline.names(say, ends_s)]
    for values in rates.values():
        for row, value in zip(cells, values.tolist(), strict=True):
            row.append(say.number(value, 2))
    return Plot(
        id="plot-rates",
        title=say("plots.rates_over_time"),
        about=say("plots.rates_about", rate=say.rate(run.summary.metrics.throughput_rps)),
        x=timeline.axis(say, run),
        y=Axis(label=say("plots.per_second"), quantity="rps", least=0.0),
        series=series,
        table=Table(say("plots.rates_table"), heads, tuple(map(tuple, cells))),
        bands=timeline.bands(say, run, rows),
        lines=timeline.stage_lines(say, run, rows),
    )


def _of_in_flight(say: Messages, run: RunRecord, rows: Samples, ends_s: FloatArray, busy: FloatArray) -> Plot:
    users = () if isinstance(run.info.load, OpenLoop) else (_users(say, rows),)
    cells = tuple(
        (name, say.number(value, 1)) for name, value in zip(timeline.names(say, ends_s), busy.tolist(), strict=True)
    )
    return Plot(
        id="plot-in-flight",
        title=say("plots.in_flight_over_time"),
        about=say("plots.in_flight_about", value=say.number(run.summary.metrics.in_flight, 1)),
        x=timeline.axis(say, run),
        y=Axis(label=say("plots.in_flight"), quantity="count", least=0.0),
        series=(*users, _steps(say("plots.in_flight"), ends_s, busy, "main")),
        table=Table(say("plots.in_flight_table"), (say("plots.interval"), say("plots.in_flight")), cells),
        bands=timeline.bands(say, run, rows),
        lines=timeline.stage_lines(say, run, rows),
    )


def _users(say: Messages, rows: Samples) -> Series:
    """How many there were whenever a request was sent: where it changed, and at the end."""
    users = rows["users"].astype(float)
    changed = np.flatnonzero(np.diff(users, prepend=-1.0))
    x = np.append(rows["start_s"][changed], rows["done_s"].max())
    return Series(name=say("plots.users"), form="steps", x=x, y=np.append(users[changed], users[-1]), role="quiet")


def _steps(name: str, ends_s: FloatArray, values: FloatArray, role: Role) -> Series:
    """The value of each interval from its beginning to its end."""
    return Series(name=name, form="steps", x=ends_s, y=np.append(values, values[-1]), role=role)

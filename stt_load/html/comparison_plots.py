"""What is drawn of a comparison: the distributions of all runs over each other, and a dot for each run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from stt_load.comparison.model import Comparison, Difference
from stt_load.comparison.names import name_of
from stt_load.html import tail_curve
from stt_load.html.blocks import Table
from stt_load.html.plot import Axis, Plot, Quantity, Role, Series
from stt_load.report import comparison_words as words
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray
from stt_load.storage.run_record import RunRecord

SIDES: tuple[tuple[str, Role], ...] = (("baseline", "main"), ("candidate", "second"))
ROOM = 0.15
"""Of the range of all values, beyond the least and the greatest one."""
TOLD = ("median", "p90", "p95", "p99", "p999")


def distribution(say: Messages, baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]) -> Plot | None:
    """The response times of every run, by the share of requests that took no longer; None where nothing was
    measured. A curve ends where requests failed: these are beyond all others."""
    sides = zip(SIDES, (baseline, candidate), strict=True)
    measured = [(name, role, every_intent_s(run)) for (name, role), runs in sides for run in runs]
    series = [tail_curve.curve(say(f"compare.side_{name}"), times_s, role) for name, role, times_s in measured]
    if not any(len(one.x) for one in series):
        return None
    known = np.concatenate([one.y for one in series])
    return Plot(
        id="distributions",
        title=say("compare.plot_distribution"),
        about=say("compare.plot_distribution_about"),
        x=tail_curve.axis(say, max(len(times_s) for *_, times_s in measured)),
        y=close(say("compare.axis_response"), "s", float(known.min()), float(known.max())),
        series=tuple(one for one in series if len(one.x)),
        table=_quantiles(say, baseline, candidate),
    )


def every_intent_s(run: RunRecord) -> FloatArray:
    """The response time of every measured request in seconds; one that failed is slower than all others."""
    measured = run.samples.phase(Phase.MEASURED)
    return np.where(measured.failed, np.inf, measured.response_s)


def _quantiles(say: Messages, baseline: Sequence[RunRecord], candidate: Sequence[RunRecord]) -> Table:
    """The numbers behind the curves: a row for each run."""
    rows = []
    for (name, _), runs in zip(SIDES, (baseline, candidate), strict=True):
        for run in runs:
            every = run.summary.metrics.all.response_time_s
            file = say("report.not_saved") if run.path is None else plain(run.path.name)
            side = say(f"compare.side_{name}")
            rows.append((file, side, *(say.number(getattr(every, one), 3) for one in TOLD)))
    heads = (say("compare.run_file"), say("compare.run_side"), *(say(f"html.name_{one}") for one in TOLD))
    return Table(say("compare.plot_distribution_caption"), heads, tuple(rows))


def dots(say: Messages, found: Comparison, one: Difference, id_: str) -> Plot:
    """A dot for each run in their order, the baseline's before the candidate's, and both means. At least one run has
    a value."""
    values = [value for value in (*one.baseline, *one.candidate) if value is not None]
    return Plot(
        id=id_,
        title=name_of(one.metric),
        about=words.line(say, found, one),
        x=Axis(
            label=say("compare.axis_run"),
            quantity="count",
            least=0.5,
            most=len(one.baseline) + len(one.candidate) + 0.5,
        ),
        y=close(_label(one), quantity(one), min(values), max(values)),
        series=tuple(_sides(say, one)),
        table=_values(say, found, one),
        has_zoom=False,
    )


def close(label: str, quantity_: Quantity, low: float, high: float) -> Axis:
    """An axis from about `low` to about `high`, as what is looked for is a difference; from 0 where that is near. A
    dot at 0 has room below, too little for a tick; where all values are the same, they stand in the middle."""
    room = ROOM * (high - low) or abs(high) / 2
    if not room:
        return Axis(label=label, quantity=quantity_)
    least = low - room
    if low >= 0 > least:
        least = 0.0 if low else -room / 3
    return Axis(label=label, quantity=quantity_, least=least, most=high + room)


def _sides(say: Messages, one: Difference) -> Iterator[Series]:
    """The dots of each side, and its mean where there are several, as a line as long as they reach."""
    first = 1
    sides = ((one.baseline, one.baseline_mean), (one.candidate, one.candidate_mean))
    for (name, role), (values, mean) in zip(SIDES, sides, strict=True):
        x = np.arange(first, first + len(values), dtype=float)
        y = np.array([math.nan if value is None else value for value in values])
        yield Series(name=say(f"compare.side_{name}"), form="points", x=x, y=y, role=role)
        if mean is not None and len(values) > 1:
            ends = np.array([first - 0.4, first + len(values) - 0.6])
            yield Series(name=say(f"compare.mean_{name}"), form="line", x=ends, y=np.array([mean, mean]), role=role)
        first += len(values)


def _values(say: Messages, found: Comparison, one: Difference) -> Table:
    rows = []
    for (name, _), files, values in zip(
        SIDES, (found.baseline, found.candidate), (one.baseline, one.candidate), strict=True
    ):
        for file, value in zip(files, values, strict=True):
            rows.append((plain(file), say(f"compare.side_{name}"), words.amount(say, one, value)))
    heads = (say("compare.run_file"), say("compare.run_side"), name_of(one.metric))
    return Table(say("compare.plot_values_caption", name=name_of(one.metric)), heads, tuple(rows))


def quantity(one: Difference) -> Quantity:
    """How its values are written at an axis."""
    if words.is_share(one):
        return "share"
    match one.unit:
        case "s":
            return "s"
        case "rps":
            return "rps"
        case "ratio":
            return "ratio"
    return "count"


def _label(one: Difference) -> str:
    """The metric with its unit."""
    unit = {"s": "s", "share": "%", "rps": "/s", "ratio": "", "count": "", "bytes": "bytes"}
    shown = unit["share"] if words.is_share(one) else unit[one.unit]
    return f"{name_of(one.metric)} ({shown})" if shown else name_of(one.metric)

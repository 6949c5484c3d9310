"""When the text of streamed answers came: the first of it, and how long it was between one piece and the next."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from stt_load.html import tail_curve
from stt_load.html.axes import limits, seconds_axis
from stt_load.html.page import Section
from stt_load.html.plot import Plot, Role
from stt_load.report.messages import Messages
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray
from stt_load.stats.row_values import ttft
from stt_load.storage.run_record import RunRecord

FIGURE = "ttft_s"
GAPS: dict[str, Role] = {"mean": "main", "p95": "second", "max": "third"}
"""What a row has of the times between its pieces."""


def streaming(say: Messages, run: RunRecord) -> Section | None:
    """None where no answer that is ok was streamed."""
    rows = run.samples
    ok = rows.where((rows["phase"] == Phase.MEASURED) & rows.ok & np.isfinite(rows["first_text_s"]))
    first_s = _known(ttft(ok))
    gaps = {name: _known(ok.seconds(f"gap_{name}_s")) for name in GAPS}
    gaps = {name: values for name, values in gaps.items() if len(values)}
    if not len(first_s):
        return None
    plots = (_of_first(say, run, first_s), *((_of_gaps(say, gaps),) if gaps else ()))
    return Section("streaming", say("plots.streaming"), plots)


def _of_first(say: Messages, run: RunRecord, first_s: FloatArray) -> Plot:
    points, stands = tail_curve.marks(say, first_s)
    name = say("plots.ttft")
    return Plot(
        id="plot-ttft",
        title=name,
        about=say("plots.ttft_about", n=len(first_s), **tail_curve.told(say, first_s)),
        x=tail_curve.axis(say, len(first_s)),
        y=seconds_axis(say("plots.ttft_axis"), first_s),
        series=(tail_curve.curve(name, first_s), points),
        table=tail_curve.table(say, say("plots.ttft_table"), {say("plots.seconds"): first_s}),
        lines=(*stands, *limits(run, FIGURE)),
    )


def _of_gaps(say: Messages, gaps: Mapping[str, FloatArray]) -> Plot:
    named = {say(f"plots.gap_{name}"): values for name, values in gaps.items()}
    most = max(map(len, gaps.values()))
    return Plot(
        id="plot-gaps",
        title=say("plots.gaps"),
        about=say("plots.gaps_about", n=most),
        x=tail_curve.axis(say, most),
        y=seconds_axis(say("plots.gaps_axis"), *gaps.values()),
        series=tuple(
            tail_curve.curve(name, values, role)
            for (name, values), role in zip(named.items(), (GAPS[one] for one in gaps), strict=True)
        ),
        table=tail_curve.table(say, say("plots.gaps_table"), named),
    )


def _known(values: FloatArray) -> FloatArray:
    return np.asarray(values[np.isfinite(values)])

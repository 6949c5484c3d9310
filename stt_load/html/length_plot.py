"""How long answers took by the length of their clips, and the formula of it where there is one."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from stt_load.html.axes import seconds_axis
from stt_load.html.blocks import Table, Text
from stt_load.html.page import Section
from stt_load.html.plot import Axis, Plot, Series
from stt_load.report import lengths
from stt_load.report.messages import Messages
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray
from stt_load.stats.blocks import ServiceTimeFit
from stt_load.stats.fit import STARTED_S
from stt_load.stats.quantiles import quantile
from stt_load.storage.run_record import RunRecord

MOST_INTERVALS = 12


def length_plot(say: Messages, run: RunRecord) -> Section | None:
    """None where all clips that were answered are of one length."""
    measured = run.samples.phase(Phase.MEASURED)
    ok = measured.where(measured.ok & (measured["audio_s"] > 0) & np.isfinite(measured["sent_s"]))
    audio_s = ok.seconds("audio_s")
    if not len(ok) or audio_s.min() == audio_s.max():
        return None
    fit = run.summary.metrics.service_time_fit
    points = Series(name=say("plots.answers"), form="points", x=audio_s, y=ok.service_s)
    formula = [Text(sentence) for sentence in lengths.formula(say, fit)]
    plot = Plot(
        id="plot-length",
        title=say("plots.length_title"),
        about=say("plots.length_about", n=len(ok), shortest=f"{audio_s.min():.1f}", longest=f"{audio_s.max():.1f}"),
        x=Axis(label=say("plots.audio"), quantity="s"),
        y=seconds_axis(say("plots.service"), ok.service_s),
        series=(points, *_line(say, fit)),
        table=_table(say, audio_s, ok.service_s),
    )
    reason = [] if fit.reason is None else [Text(say(f"plots.unfit_{fit.reason}"))]
    return Section("length", say("plots.length"), (plot, *formula, *reason))


def _line(say: Messages, fit: ServiceTimeFit) -> tuple[Series, ...]:
    """From the shortest clip that it holds for to the longest one."""
    if fit.shortest_s is None or fit.longest_s is None or fit.fixed_s is None:
        return ()
    if fit.model == "linear":
        x = np.asarray([fit.shortest_s, fit.longest_s])
        y = fit.fixed_s + (fit.per_audio_s or 0.0) * x
        return (Series(name=say("plots.fit"), form="line", x=x, y=y, role="second"),)
    first, last = math.ceil(fit.shortest_s / STARTED_S), math.ceil(fit.longest_s / STARTED_S)
    begun = np.arange(first, last + 1)
    x = np.asarray([fit.shortest_s, *(STARTED_S * begun[:-1]), fit.longest_s])
    y = fit.fixed_s + (fit.per_started_30_s or 0.0) * np.asarray([*begun, last])
    return (Series(name=say("plots.fit"), form="steps", x=x, y=y, role="second"),)


def _table(say: Messages, audio_s: FloatArray, service_s: FloatArray) -> Table:
    """By length, in as many equal parts."""
    ends_s = np.linspace(audio_s.min(), audio_s.max(), MOST_INTERVALS + 1)
    place = np.clip(np.searchsorted(ends_s, audio_s, side="right") - 1, 0, MOST_INTERVALS - 1)
    rows = []
    for number, (first, last) in enumerate(pairwise(ends_s)):
        times_s = service_s[place == number]
        if len(times_s):
            shown = (say.number(quantile(times_s, p), 3) for p in (0.5, 0.95, 1.0))
            rows.append((say("plots.between", first=f"{first:.2f}", last=f"{last:.2f}"), str(len(times_s)), *shown))
    heads = (
        say("plots.audio"),
        say("lengths.answers"),
        *(say(f"plots.{name}_s") for name in ("median", "p95", "max")),
    )
    return Table(say("plots.length_table"), heads, tuple(rows))

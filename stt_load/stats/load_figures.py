"""How much went through in which time: rates, and what an open loop came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from stt_load.samples.run_info import Load, OpenLoop
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.slo.model import Each
from stt_load.stats.goodput import good
from stt_load.stats.open_loop import arrivals, connected, dropped, in_flight, in_flight_over, schedule_lag_s
from stt_load.stats.quantiles import distribution
from stt_load.stats.rates import Rates, Span, rates, requests_of, working
from stt_load.stats.stages import counted

OF_WORDS = frozenset({"wer", "cer"})
"""What a request has only where its answer was scored."""


def load_figures(
    measured: Samples, users: int, load: Load | None, each: Each | None, *, rows: Samples, spans: Sequence[Span] = ()
) -> dict[str, Any]:
    """The fields of `Metrics` that tell of them, by their names.

    measured, users, load, each: as for `metrics`. rows: of every phase. spans: the windows of the stages, where there
    were any. Between these the next stage settles, which is no time that anything is measured in: then rates are of
    what ended inside of them, over their lengths added up.
    """
    spans = [span for span in spans if span.length_s > 0]
    good_ones = _good(measured, each)
    good_ended: float | None = good_ones
    speeds, busy = rates(measured, users), in_flight(measured, measured)
    if spans:
        rows = counted(rows)
        ended = _ended(rows, spans)
        speeds, good_ended, busy = _over(spans, ended, measured), _good_ended(ended, each), _busy(rows, spans)
    is_open = isinstance(load, OpenLoop)
    due = arrivals(measured) if is_open else None
    lag_s = schedule_lag_s(measured) if is_open else np.empty(0)
    return asdict(speeds) | {
        "goodput_rps": _share(good_ended, speeds.window_s),
        "goodput_ratio": _share(good_ones, requests_of(measured).judged),
        "offered_rps": None if due is None else due.offered_rps,
        "achieved_rps": None if due is None else due.achieved_rps,
        "schedule_lag_s": replace(distribution(lag_s, users), intervals={}),
        "dropped": dropped(measured),
        "connected": int(np.count_nonzero(connected(measured))),
        "in_flight": busy,
    }


def _ended(rows: Samples, spans: Sequence[Span]) -> Samples:
    """Those that are over inside one of the spans."""
    done_s = rows["done_s"]
    inside = np.zeros(len(rows), dtype=bool)
    for span in spans:
        inside |= (done_s > span.from_s) & (done_s <= span.to_s)
    return rows.where(inside)


def _over(spans: Sequence[Span], ended: Samples, measured: Samples) -> Rates:
    """Every span ends with a start, so that the rate is a steady one."""
    window_s, work, ok = _length_s(spans), working(measured), ended.where(ended.ok)
    return Rates(
        window_s=window_s,
        throughput_rps=len(ok) / window_s,
        steady_rps=len(ok) / window_s,
        drain_s=None if work is None else float(measured["done_s"].max()) - work.to_s,
        audio_throughput=float(ok.seconds("audio_s").sum()) / window_s,
    )


def _busy(rows: Samples, spans: Sequence[Span]) -> float:
    return sum(in_flight_over(span, rows) * span.length_s for span in spans) / _length_s(spans)


def _length_s(spans: Sequence[Span]) -> float:
    return sum(span.length_s for span in spans)


def _good(rows: Samples, each: Each | None) -> int | None:
    """How many are good ones; None where nobody says what is, or nobody knows."""
    found = None if each is None else good(rows, each)
    return None if found is None else int(np.count_nonzero(found))


def _good_ended(ended: Samples, each: Each | None) -> float | None:
    """How many of those that are over inside the spans are good ones.

    Words are scored of measured answers only. Where `each` asks for them, the settling answers count as the measured
    ones do: with as large a part of good ones.
    """
    if each is None or not each.fields & OF_WORDS:
        return _good(ended, each)
    measured = ended.phase(Phase.MEASURED)
    found, answers = _good(measured, each), int(np.count_nonzero(measured.ok))
    return found if not found else found * int(np.count_nonzero(ended.ok)) / answers


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None

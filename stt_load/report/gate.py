"""What became of the limits that were learnt from good runs, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stt_load.comparison.names import name_of
from stt_load.report.messages import Messages
from stt_load.report.width import plain, wrap
from stt_load.samples.gate import GateFile, GateLimit, GateResult
from stt_load.stats.metrics import METRICS, Metric
from stt_load.storage.run_record import RunRecord

IN_PERCENT = ("accuracy.", "stability.")
"""Ratios that are written so, as shares are."""
_TABLE: Mapping[str, Metric] = {metric.path: metric for metric in METRICS}


def lines(say: Messages, run: RunRecord) -> Iterator[str]:
    """A block with a line for each limit, those that the run is over first, and what to do then; none where the run
    was held against no gate. Of a run that is not fit for it a line says so."""
    if run.info.gate is None or not run.summary.gate:
        return
    yield ""
    yield from wrap(heading(say, run.info.gate.file, run.info.gate.learnt), say.width, "", "  ")
    if not run.is_fit_for_gate:
        yield from wrap(say("gate.unjudged"), say.width, "  - ", "    ")
        return
    yield from of_limits(say, run.info.gate.learnt, run.summary.gate)
    if run.over_gate:
        yield from wrap(say("gate.again"), say.width, "  ", "  ")


def heading(say: Messages, file: str, gate: GateFile) -> str:
    """Which gate it is."""
    return say("gate.heading", file=plain(file), limits=len(gate.limits), runs=len(gate.runs))


def of_limits(say: Messages, gate: GateFile, results: Sequence[GateResult]) -> Iterator[str]:
    """A line for each limit, those that a run is over first."""
    for one in sorted(results, key=lambda one: not one.is_over):
        name = say("gate.over" if one.is_over else "gate.within")
        yield from wrap(f"{name}: {name_of(one.metric)} ({said(say, gate, one)})", say.width, "  - ", "    ")


def said(say: Messages, gate: GateFile, found: GateResult) -> str:
    """What was seen of a limit, and what it is."""
    if found.observed is None and not _may_be_beyond(found.metric):
        seen = say("gate.no_data")
    else:
        seen = say("gate.observed", value=amount(say, found.metric, found.observed))
    limit = limit_of(say, gate, found)
    return ", ".join((seen, limit) if limit else (seen,))


def limit_of(say: Messages, gate: GateFile, found: GateResult) -> str:
    """What a run may come to; "" where that is not known."""
    if found.limit is None:
        return ""
    return bound(say, better_of(gate, found.metric), found.metric, found.limit)


def better_of(gate: GateFile, metric: str) -> str:
    """Which direction is, of a limit of the gate."""
    return next((one.better for one in gate.limits if one.metric == metric), "lower")


def bound(say: Messages, better: str, metric: str, limit: float) -> str:
    """A limit as a most or a least."""
    return say("gate.at_most" if better == "lower" else "gate.at_least", value=amount(say, metric, limit))


def finds_cell(say: Messages, limit: GateLimit) -> str:
    """How much worse it has to become for the gate to find it in 4 of 5 tries; of counts, which value it has then."""
    if limit.finds_at is not None and limit.limit is None:
        return say("gate.finds_from", value=amount(say, limit.metric, limit.finds_at))
    return say("none") if limit.finds is None else say("gate.share_worse", share=f"{limit.finds:.1%}")


def amount(say: Messages, metric: str, value: float | None) -> str:
    """A value of a metric in its unit, fine enough to be held against a limit; None: there is none, or it is beyond
    all that succeeded."""
    if value is None:
        return say("latency.beyond") if _may_be_beyond(metric) else say("none")
    of = _TABLE.get(metric)
    unit = None if of is None else of.unit
    if unit == "share" or (unit == "ratio" and metric.startswith(IN_PERCENT)):
        return f"{value:.2%}"
    match unit:
        case "s":
            return say.seconds(value)
        case "rps":
            return say.rate(value)
        case "bytes":
            return say.size(round(value))
        case "count":
            return f"{value:.12g}"
    return say.number(value, 3)


def degraded(runs: Sequence[RunRecord]) -> list[str]:
    """Names of those whose measurement is in doubt."""
    doubtful = [run.path for run in runs if run.summary.validity.verdict == "DEGRADED"]
    return [path.name for path in doubtful if path is not None]


def _may_be_beyond(metric: str) -> bool:
    return metric.startswith("all.")

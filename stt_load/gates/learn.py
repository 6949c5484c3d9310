"""A gate from good runs: what the next one may come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stt_load import __version__
from stt_load.comparison.conditions import ABSENT, WHOLE, conditions
from stt_load.comparison.model import DEFAULT_METRICS, FINDS_AT_MOST
from stt_load.comparison.names import COMPARABLE, name_of
from stt_load.gates.counts import count_limit
from stt_load.gates.levels import FALSE_ALARMS, FEWEST_RUNS, level
from stt_load.gates.prediction import prediction_limit
from stt_load.samples.gate import GATE_VERSION, OF_COUNTS, GateFile, GateLimit, LeftOut, LimitMethod
from stt_load.samples.rounding import DECIMALS
from stt_load.samples.run_info import now
from stt_load.samples.sample import Phase
from stt_load.stats.counts import Counts, counted
from stt_load.stats.gate_verdicts import baseline_of
from stt_load.stats.metrics import Metric
from stt_load.stats.spread import figures
from stt_load.storage.run_record import RunRecord

MOST_COUNTED_FOUND = 0.3
"""Of counts, which are found where they are several times as many, a limit is none that finds only what is worse by
more than this of all requests, or words."""
BY_PREDICTION = ("s", "rps", "ratio")
"""Units of metrics that differ by factors from run to run."""
_NEITHER = ("stability.", "service_time_fit.")
"""Beginnings of paths of figures that are ratios of a few answers, or the slope of a line."""


class GateError(ValueError):
    """No gate can be learnt; the text has a line for each thing that is wrong."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """A metric of all runs. counts: of one that is made of counts."""

    metric: Metric
    method: LimitMethod
    values: tuple[float, ...]
    counts: tuple[Counts, ...] = ()


def learn(runs: Sequence[RunRecord], *, metrics: Sequence[str] = DEFAULT_METRICS, strict: bool = False) -> GateFile:
    """Limits of `metrics`, which are paths, from runs in which nothing was wrong.

    strict: 1 in 1,000 false alarms in place of 1 in 100. How strict each limit is depends on how many runs there are
    and on how many metrics, those among them whose limit turned out to find too little: which ones do is chance, too.
    Raises `GateError` where the runs, or the metrics, are none that a gate can be learnt from.
    """
    names = _names(runs)
    faults = [*_of_metrics(metrics), *_of_runs(runs, names, strict)]
    if faults:
        raise GateError("\n".join(faults))
    found = [_learnt(COMPARABLE[path], runs, names) for path in dict.fromkeys(metrics)]
    learnt = [one for one in found if isinstance(one, _Learnt)]
    each = level(len(runs), max(1, len(learnt)), strict=strict)
    limits = [_limit(one, each) for one in learnt]
    left_out = [one for one in (*found, *limits) if isinstance(one, LeftOut)]
    kept = tuple(one for one in limits if isinstance(one, GateLimit))
    if not kept:
        reasons = [f"{name_of(one.metric)}: {one.reason}" for one in left_out]
        raise GateError("\n".join(("no metric has a limit that is worth anything:", *reasons)))
    return GateFile(
        gate_version=GATE_VERSION,
        version=__version__,
        made_at=now(),
        strict=strict,
        runs=tuple(names),
        level=each,
        false_alarms=FALSE_ALARMS[strict],
        limits=kept,
        left_out=tuple(left_out),
        conditions=conditions(runs[0]),
    )


def _names(runs: Sequence[RunRecord]) -> list[str]:
    """Of their files, for a person."""
    return [f"run {place}" if run.path is None else run.path.name for place, run in enumerate(runs, start=1)]


def _of_metrics(metrics: Sequence[str]) -> Iterator[str]:
    """What is wrong with those that were asked for."""
    if not metrics:
        yield "metrics: there are none; a gate has at least one limit"
    for path in metrics:
        if path not in COMPARABLE:
            yield f"metrics: {path!r} is no path of a metric that can be better or worse"
        elif _method(COMPARABLE[path]) is None:
            yield (
                f"metrics: {path!r} has no limit in a gate; choose times, rates, error_rate, shed_rate, "
                "goodput_ratio, wer or cer"
            )


def _of_runs(runs: Sequence[RunRecord], names: Sequence[str], strict: bool) -> Iterator[str]:
    """What is wrong with them."""
    fewest = FEWEST_RUNS[strict]
    if len(runs) < fewest:
        kind = "strict gate" if strict else "gate"
        yield f"runs: {len(runs)}; a {kind} is learnt from {fewest} at least"
    known: dict[tuple[str, int, float | None], str] = {}
    for name, run in zip(names, runs, strict=True):
        info, verdict = run.info, run.summary.validity.verdict
        same = known.setdefault((info.started_at, info.seed, info.barrier_s), name)
        if same is not name:
            yield f"{name}: the same run as {same}; each may be there once"
        if verdict == "INVALID":
            yield f"{name}: INVALID; its figures can't be believed"
        if info.end_reason not in WHOLE:
            yield f"{name}: it did not run to its end ({info.end_reason}); a gate is learnt from whole runs"
    yield from _unlike([conditions(run) for run in runs], names)


def _unlike(found: Sequence[dict[str, str]], names: Sequence[str]) -> Iterator[str]:
    """What runs don't have in common."""
    for condition in dict.fromkeys(name for one in found for name in one):
        having: dict[str, list[str]] = defaultdict(list)
        for name, one in zip(names, found, strict=True):
            having[one.get(condition, ABSENT)].append(name)
        if len(having) > 1:
            each = "; ".join(f"{value} in {', '.join(files)}" for value, files in having.items())
            yield f"{condition}: the runs differ: {each}"


def _method(metric: Metric) -> LimitMethod | None:
    """How a limit of it is found; None where there is none: of counts, which grow with a run, and the like."""
    of_counts = OF_COUNTS.get(metric.path)
    if of_counts is not None or metric.unit not in BY_PREDICTION or metric.path.startswith(_NEITHER):
        return of_counts
    return "prediction"


def _learnt(metric: Metric, runs: Sequence[RunRecord], names: Sequence[str]) -> _Learnt | LeftOut:
    """What all runs have of it; or why there is no limit, whatever the others have."""
    method = _method(metric) or "prediction"
    values = [figures(run.summary.metrics).get(metric.path) for run in runs]
    there = tuple(round(value, DECIMALS) for value in values if value is not None)  # as their results have it
    if not there:
        return LeftOut(metric=metric.path, reason="No run has a value.")
    if len(there) < len(values):
        without = ", ".join(name for name, value in zip(names, values, strict=True) if value is None)
        return LeftOut(metric=metric.path, reason=f"There is no value, or one beyond all answers, in {without}.")
    if method != "prediction":
        return _counted(metric, method, there, runs)
    if min(there) <= 0:
        zeros = ", ".join(name for name, value in zip(names, there, strict=True) if value <= 0)
        return LeftOut(
            metric=metric.path, reason=f"It is 0 in {zeros}, and nothing is by so much per cent more than 0."
        )
    return _Learnt(metric, method, there)


def _counted(
    metric: Metric, method: LimitMethod, values: tuple[float, ...], runs: Sequence[RunRecord]
) -> _Learnt | LeftOut:
    counts = [
        counted(metric.path, run.samples.where(run.samples["phase"] == Phase.MEASURED), run.summary.metrics)
        for run in runs
    ]
    there = tuple(one for one in counts if one is not None)
    if len(there) < len(runs):
        return LeftOut(metric=metric.path, reason="Not all runs have the rows that it is counted from.")
    return _Learnt(metric, method, values, there)


def _limit(learnt: _Learnt, each: float) -> GateLimit | LeftOut:
    """each: the level of one limit."""
    if learnt.method != "prediction":
        return _count_limit(learnt, each)
    limit = prediction_limit(learnt.metric, learnt.values, each)
    if limit.finds is not None and limit.finds > FINDS_AT_MOST:
        return LeftOut(
            metric=limit.metric,
            reason=f"It would find only what is worse by {limit.finds:.0%} and more; more runs, or such that lie "
            "closer together, make it sharper.",
        )
    return limit


def _count_limit(learnt: _Learnt, each: float) -> GateLimit | LeftOut:
    limit = count_limit(learnt.metric, learnt.values, learnt.counts, learnt.method, each)
    rate = baseline_of(limit).rate
    base = 1 - rate if limit.better == "higher" else rate
    if limit.finds_at is not None and abs(limit.finds_at - base) <= MOST_COUNTED_FOUND:
        return limit
    found = "nothing" if limit.finds_at is None else f"only {limit.finds_at:.0%} and worse"
    return LeftOut(
        metric=limit.metric,
        reason=f"It would find {found}, and the baseline has {base:.2%}; longer runs, more runs, or such that lie "
        "closer together, make it sharper.",
    )

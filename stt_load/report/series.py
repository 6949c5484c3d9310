"""What is said of a series of runs, `repeat`: a few lines of each, and at its end how far apart their figures are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from stt_load.comparison.names import name_of
from stt_load.gates.twice import decision, in_both
from stt_load.report import accuracy, console, ending, gate, judgement, slo
from stt_load.report.asked_load import number
from stt_load.report.messages import Messages, fitted
from stt_load.report.tables import table
from stt_load.report.width import plain, wrap
from stt_load.samples.levels import Capacity
from stt_load.stats.spread import Spread, spreads
from stt_load.storage.run_record import RunRecord
from stt_load.storage.series import LevelSpread, OneRun, SeriesRecord, answer_spreads, level_spreads

RULE = console.RULE
HEADLINES = (
    "response_time_s.mean",
    "response_time_s.median",
    "response_time_s.p95",
    "response_time_s.p99",
    "all.response_time_s.p95",
    "service_time_s.median",
    "service_time_s.p95",
    "ttft_s.median",
    "ttft_s.p95",
    "throughput_rps",
    "steady_rps",
    "audio_throughput",
    "rtf.overall",
    "error_rate",
    "shed_rate",
    "goodput_rps",
    "goodput_ratio",
    "accuracy.wer",
    "accuracy.cer",
)
"""Figures whose spread is shown, those of them that there are."""
OF_LEVELS = (
    "response_time_s.median",
    "response_time_s.p95",
    "response_time_s.p99",
    "throughput_rps",
    "audio_throughput",
    "error_rate",
    "accuracy.wer",
)
"""Those whose spread is shown of each level of a sweep."""
RATIOS = ("error_rate", "shed_rate", "goodput_ratio", "accuracy.wer", "accuracy.cer")
"""Those that are written in percent."""


def judged(say: Messages, run: RunRecord) -> Iterator[str]:
    """In a few lines whether to believe a run, and what came of it."""
    yield judgement.verdict(say, run)
    yield from console.headline(say, run)
    yield from accuracy.alarm(say, run)
    yield from judgement.doubts(say, run)
    yield from slo.lines(say, run)
    yield from gate.lines(say, run)


@fitted
def heading(say: Messages, number: int, planned: int, seed: int) -> Iterator[str]:
    """Before each run."""
    yield ""
    yield say("series.run", number=number, planned=planned, seed=seed)


@fitted
def levels_heading(say: Messages, number: int, planned: int) -> Iterator[str]:
    """Before each run of levels; each level has a seed of its own."""
    yield ""
    yield say("series.run_of_levels", number=number, planned=planned)


@fitted
def brief(say: Messages, run: RunRecord) -> Iterator[str]:
    """After each run, in the place of its whole report, which `stt-load report` gives."""
    yield from judged(say, run)
    yield from ending.faults(say, run)
    yield from ending.ending(say, run)


@fitted
def summary(say: Messages, series: SeriesRecord, path: Path | None) -> Iterator[str]:
    """The end of a series. path: of its summary; None where it could not be written."""
    runs, rule = series.runs, "=" * min(RULE, say.width)
    yield from ("", rule, say("series.heading", runs=len(runs), planned=series.planned), rule)
    if len(runs) < series.planned:
        yield say("series.cut_short", runs=len(runs), planned=series.planned)
    doubtful = [str(run.number) for run in runs if run.verdict != "VALID"]
    if doubtful:
        yield from wrap(say("series.doubtful", runs=", ".join(doubtful)), say.width, "", "   ")
    yield from _slo(say, runs)
    yield from _gate(say, runs)
    found = spreads([run.figures for run in runs])
    shown = {name: found[name] for name in HEADLINES if name in found and found[name].mean is not None}
    levels, answers = level_spreads(runs), answer_spreads(runs)
    if shown:
        yield from _table(say, shown)
    yield from _levels(say, levels)
    yield from _answers(say, runs, answers)
    if (shown or levels or answers) and len(runs) > 1:
        yield ""
        yield from wrap(say("series.interval_means", n=len(runs), degrees=len(runs) - 1), say.width, "  ", "  ")
    yield rule
    if path is not None:
        yield say("series.saved", path=path)


def _slo(say: Messages, runs: Sequence[OneRun]) -> Iterator[str]:
    """Of each limit, in how many runs it was met."""
    for expression in dict.fromkeys(one for run in runs for one in run.slo):
        verdicts = Counter(run.slo[expression] for run in runs if expression in run.slo)
        counts = {name: verdicts[name] for name in ("met", "missed", "uncertain")}
        yield from wrap(say("series.slo", expression=plain(expression), **counts), say.width, "", "   ")


def _gate(say: Messages, runs: Sequence[OneRun]) -> Iterator[str]:
    """Which runs are over which limits of a gate, and what to think of that."""
    found = [frozenset(run.over) for run in runs]
    names = dict.fromkeys(metric for run in runs for metric in run.over)
    for metric in names:
        numbers = ", ".join(str(run.number) for run in runs if metric in run.over)
        yield from wrap(say("gate.series", runs=numbers, names=plain(name_of(metric))), say.width, "", "   ")
    match decision(found):
        case "over":
            twice = in_both(found)
            told = ", ".join(plain(name_of(metric)) for metric in names if metric in twice)
            yield from wrap(say("gate.series_twice", names=told), say.width, "", "   ")
        case "again":
            yield from wrap(say("gate.series_again"), say.width, "", "   ")


def _levels(say: Messages, levels: Sequence[LevelSpread]) -> Iterator[str]:
    """A table for each figure, with a row for each level."""
    for name in OF_LEVELS if levels else ():
        shown = [(one, one.spread[name]) for one in levels if name in one.spread]
        if not any(spread.mean for _, spread in shown):
            continue  # no errors, or nothing that was scored
        yield from ("", say("series.of_levels", name=name))
        heads = [say(f"series.axis_{levels[0].axis}"), *_heads(say)]
        rows = [[number(one.value), *_row(say, name, spread)[1:]] for one, spread in shown if spread.n]
        yield from table(heads, rows, say.width, named=True)


def _answers(say: Messages, runs: Sequence[OneRun], ends: Mapping[str, Spread]) -> Iterator[str]:
    """What each search has found, and how far apart that is."""
    for run in runs:
        if run.capacity is not None:
            yield from wrap(_answer(say, run.number, run.capacity), say.width, "", "   ")
    known = {name: one for name, one in ends.items() if one.n}
    if known:
        yield ""
        yield from _table(say, known)


def _answer(say: Messages, number_: int, found: Capacity) -> str:
    def end(value: float | None) -> str:
        return say("none") if value is None else say(f"tried.as_{found.axis}", load=number(value))

    return say("series.answer", number=number_, carries=end(found.carries), fails_at=end(found.fails_at))


def _heads(say: Messages) -> list[str]:
    return [say(f"series.{name}") for name in ("mean", "stdev", "min", "max", "interval")]


def _table(say: Messages, shown: Mapping[str, Spread]) -> Iterator[str]:
    yield from table(["", *_heads(say)], [_row(say, name, one) for name, one in shown.items()], say.width, named=True)


def _row(say: Messages, name: str, one: Spread) -> list[str]:
    def said(value: float | None) -> str:
        if value is None:
            return "-"
        return say.share(value) if name in RATIOS else say.number(value, 3)

    ends = "-" if one.interval is None else f"{said(one.interval.low)}..{said(one.interval.high)}"
    return [name, said(one.mean), said(one.stdev), said(one.min), said(one.max), ends]

"""The figures by the length of the clips as a table, and in words what of its time an answer owes to the length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from stt_load.report.messages import Messages
from stt_load.report.tables import table
from stt_load.report.width import wrap
from stt_load.stats.blocks import ServiceTimeFit
from stt_load.stats.model import DurationFigures, Summary
from stt_load.stats.quantiles import FEWEST_FOR_P99

COLUMNS = ("length", "answers", "median", "p95", "p99", "rtf")
MARK = "*"


def lines(say: Messages, summary: Summary) -> Iterator[str]:
    """A blank line, then what there is to say; nothing of clips of one length."""
    sentences = formula(say, summary.metrics.service_time_fit)
    broken = [line for sentence in sentences for line in wrap(sentence, say.width, "  ", "    ")]
    told = [*_table(say, summary.durations), *broken]
    if told:
        yield from ("", *told)


def span(say: Messages, one: DurationFigures) -> str:
    """The lengths that `one` is about."""
    if one.up_to_s is None:
        return say("lengths.over", s=f"{one.over_s:g}")
    return say("lengths.between", low=f"{one.over_s:g}", high=f"{one.up_to_s:g}")


def _table(say: Messages, found: tuple[DurationFigures, ...]) -> Iterator[str]:
    if not found:
        return
    yield say("lengths.heading")
    yield from table(*cells(say, found), say.width)
    yield from notes(say, found)


def cells(say: Messages, found: Sequence[DurationFigures]) -> tuple[list[str], list[list[str]]]:
    """The heads of the columns, and a row for each length."""
    marked = any(one.n < FEWEST_FOR_P99 for one in found)
    heads = [say(f"lengths.{name}") + (" " if marked and name == "p99" else "") for name in COLUMNS]
    return heads, [_cells(say, one, marked=marked) for one in found]


def notes(say: Messages, found: Sequence[DurationFigures]) -> Iterator[str]:
    """What there is to know about these rows."""
    if any(one.n < FEWEST_FOR_P99 for one in found):
        yield say("lengths.is_max", mark=MARK, n=FEWEST_FOR_P99)


def _cells(say: Messages, one: DurationFigures, *, marked: bool) -> list[str]:
    """marked: the P99 of some length is, and the digits of the others are to stand below its."""
    times, mark = one.response_time_s, (MARK if one.n < FEWEST_FOR_P99 else " ") if marked else ""
    quantiles = [say.number(value, 3) for value in (times.median_s, times.p95_s, times.p99_s)]
    quantiles[-1] += mark
    return [span(say, one), str(one.n), *quantiles, say.number(one.rtf.overall, 3)]


def formula(say: Messages, fit: ServiceTimeFit) -> Iterator[str]:
    """A sentence that says it, and one that says how near to it the answers are; nothing where there is none."""
    if fit.model is None or fit.shortest_s is None or fit.longest_s is None:
        return
    each = fit.per_audio_s if fit.model == "linear" else fit.per_started_30_s
    values = {"fixed": _seconds(say, fit.fixed_s), "each": _seconds(say, each)}
    queueing = "" if fit.one_user else say("lengths.queueing")
    yield say(f"lengths.{fit.model}", **values) + queueing
    clips = {"shortest": f"{fit.shortest_s:.1f}", "longest": f"{fit.longest_s:.1f}"}
    yield say("lengths.holds", **clips, left=say.seconds(fit.residual_p95_s))


def _seconds(say: Messages, value_s: float | None) -> str:
    """With two decimals, and as many more as it takes for two digits to say something, down to a microsecond."""
    known = round(value_s or 0.0, 6)
    return say("seconds", value=say.number(value_s, max(2, 1 - math.floor(math.log10(abs(known)))) if known else 2))

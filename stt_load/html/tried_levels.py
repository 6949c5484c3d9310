"""The levels of a sweep or a search: a table of all, why some can't be believed, and each by itself."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.html.accuracy import pairs_of
from stt_load.html.blocks import Block, Fact, Facts, Folded, Items, Table, Text, Tone
from stt_load.html.load_curve import by_load
from stt_load.html.page import Section
from stt_load.html.sentences import joined, listed, unbroken
from stt_load.html.verdict import TONES as OF_VALIDITY
from stt_load.html.verdict import slos
from stt_load.report import judgement, level_table, levels_report
from stt_load.report.exit_code import verdict_of
from stt_load.report.messages import Messages
from stt_load.samples.levels import Outcome
from stt_load.samples.run_info import OpenLoop
from stt_load.stats.blocks import Distribution
from stt_load.storage.levels_record import LevelsRecord, TriedLevel

MOST_LEVELS = 30
"""That are shown by themselves, too; the table has them all."""
MOST_EXAMPLES = 1
"""Answers of one level that are shown, the worst: a page is to stay small."""
QUANTILES = ("mean", "median", "p90", "p95", "p99", "max")
TONES: dict[Outcome, Tone] = {"pass": "good", "fail": "bad", "open": "plain", "measured": "plain"}


def tried_levels(say: Messages, record: LevelsRecord) -> Section | None:
    """None where no level was tried."""
    if not record.levels:
        return None
    levels = by_load(record.levels)
    heads = level_table.heads(say, levels)
    rows = tuple(tuple(level_table.cells(say, level, levels)) for level in levels)
    table = Table(say("tried.heading").rstrip(":"), tuple(heads), rows, tuple(map(tone_of, levels)))
    notes = level_table.notes(say, levels, say("tried.doubtful", mark=level_table.DOUBT))
    doubts = tuple((heading, tuple(troubles)) for heading, troubles in levels_report.doubts(say, record))
    blocks: list[Block] = [table, *(Text(note.strip()) for note in notes)]
    if doubts:
        blocks.append(Items(doubts, "doubtful"))
    blocks += (Folded(_summary(say, level), tuple(_alone(say, level))) for level in levels[:MOST_LEVELS])
    if len(levels) > MOST_LEVELS:
        blocks.append(Text(say("tables.more_levels", n=len(levels) - MOST_LEVELS)))
    return Section("levels", say("tables.levels"), tuple(blocks))


def tone_of(level: TriedLevel) -> Tone:
    """Of what came of its test; doubtful where its figures can't be believed, or not quite."""
    return TONES[level.outcome] if verdict_of(level) in ("VALID", None) else "doubtful"


def _summary(say: Messages, level: TriedLevel) -> str:
    return joined(levels_report.line(unbroken(say), level))


def _alone(say: Messages, level: TriedLevel) -> Iterator[Block]:
    """Whether it can be believed, its limits, its times, what it made wrong and what else was found."""
    run = level.run
    yield Facts((_believed(say, level),))
    if run.summary.slo:
        yield slos(say, run.summary.slo)
    yield from _times(say, level)
    wrong = [] if run.accuracy is None else [one for one in run.accuracy.worst if one.wer > 0]
    if wrong:
        yield pairs_of(say, wrong[:MOST_EXAMPLES])
    found = tuple((text, ()) for text, _ in listed(judgement.findings(unbroken(say), run)))
    if found:
        yield Items(found)


def _believed(say: Messages, level: TriedLevel) -> Fact:
    """Whether its figures can be believed; in a search the count of requests is its test's affair."""
    found = verdict_of(level)
    name = str(found) if found is not None else "nothing"
    return Fact(say("html.measurement"), found or say("none"), say(f"html.believed_{name}"), OF_VALIDITY[found])


def _times(say: Messages, level: TriedLevel) -> Iterator[Table]:
    """Nothing where none was answered."""
    metrics = level.run.summary.metrics
    blocks = {"response": metrics.response_time_s, "ttft": metrics.ttft_s}
    if isinstance(level.run.info.load, OpenLoop):  # of users both are the same
        blocks["service"] = metrics.service_time_s
    rows = [(say(f"markdown.{name}"), *_row(say, times)) for name, times in blocks.items() if times.n]
    if rows:
        heads = ("", *(say(f"html.name_{name}") for name in QUANTILES))
        yield Table(say("markdown.seconds"), heads, tuple(rows))


def _row(say: Messages, times: Distribution) -> Iterator[str]:
    return (say.number(getattr(times, name), 3) for name in QUANTILES)

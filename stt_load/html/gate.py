"""The gate of a run: each limit that was learnt from good runs, and what the run had."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.comparison.names import name_of
from stt_load.html.blocks import Block, Fact, Table, Text, Tone
from stt_load.html.page import Section
from stt_load.report import gate as words
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.samples.gate import GateFile, GateResult
from stt_load.storage.run_record import RunRecord


def gate(say: Messages, run: RunRecord) -> Section | None:
    """A row for each limit, those that the run is over first; None where it was held against no gate."""
    if run.info.gate is None or not run.summary.gate:
        return None
    return Section("gate", say("gate.title"), tuple(_blocks(say, run.info.gate.file, run.info.gate.learnt, run)))


def _blocks(say: Messages, file: str, learnt: GateFile, run: RunRecord) -> Iterator[Block]:
    if not run.is_fit_for_gate:
        yield Text(say("gate.unjudged"), "doubtful")
        return
    found = sorted(run.summary.gate, key=lambda one: not one.is_over)
    if run.over_gate:
        yield Text(say("gate.again"), "doubtful")
    heads = tuple(say(f"gate.{name}") for name in ("head_metric", "verdict", "head_observed", "head_limit"))
    heads += (say("gate.head_finds"),)
    caption = say("gate.caption", file=plain(file), runs=len(learnt.runs))
    tones: tuple[Tone, ...] = tuple("bad" if one.is_over else "good" for one in found)
    yield Table(caption, heads, tuple(_row(say, learnt, one) for one in found), tones, stacks=True)


def fact(say: Messages, run: RunRecord) -> Iterator[Fact]:
    """All limits in a word, for the verdict on the run; nothing where it was held against no gate, or is not fit
    for it."""
    found = run.summary.gate
    if run.info.gate is None or not found or not run.is_fit_for_gate:
        return
    over = sum(one.is_over for one in found)
    about = say("gate.fact_about", over=over, limits=len(found))
    value = say("gate.fact_over" if over else "gate.fact_within")
    yield Fact(say("gate.title"), value, about, "doubtful" if over else "good")


def _row(say: Messages, learnt: GateFile, one: GateResult) -> tuple[str, ...]:
    limit = next((limit for limit in learnt.limits if limit.metric == one.metric), None)
    return (
        plain(name_of(one.metric)),
        say("gate.over" if one.is_over else "gate.within"),
        words.amount(say, one.metric, one.observed),
        words.limit_of(say, learnt, one),
        "" if limit is None else words.finds_cell(say, limit),
    )

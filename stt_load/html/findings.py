"""What the service did that is worth knowing, and what the measurement was judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from stt_load.html.accuracy import pair_of
from stt_load.html.blocks import Block, Folded, Items, Pairs, Table, Text, Tone
from stt_load.html.page import Section
from stt_load.html.sentences import joined, unbroken
from stt_load.report import judgement, stability
from stt_load.report.messages import Messages
from stt_load.stats.model import Check
from stt_load.storage.run_record import RunRecord

TONES: dict[str | None, Tone] = {"VALID": "plain", "DEGRADED": "doubtful", "INVALID": "bad", None: "plain"}


def findings(say: Messages, run: RunRecord) -> Section | None:
    """A sentence for each finding, with examples where there are answers to show; and all checks of the measurement,
    folded."""
    say = unbroken(say)
    blocks = tuple(_blocks(say, run))
    return Section("findings", say("html.findings"), blocks) if blocks else None


def _blocks(say: Messages, run: RunRecord) -> Iterator[Block]:
    found = judgement.told(say, run)
    if found:
        yield Items(tuple((sentence, ()) for sentence in found.values()))
        yield from _said_again(say, run, found)
    elif run.summary.metrics.requests.total:
        yield Text(say("html.no_others" if _is_told_above(run) else "html.no_findings"))
    if unchecked := joined(judgement.unchecked(say, run)):
        yield Text(unchecked)
    if run.summary.validity.checks:
        yield Folded(say("html.checks"), (_checks(say, run.summary.validity.checks),))


def _is_told_above(run: RunRecord) -> bool:
    """Whether other sections have something that stands out: failures, what the verdict says above all, a limit that
    was not kept."""
    summary = run.summary
    missed = any(one.verdict == "missed" for one in summary.slo) or bool(run.over_gate)
    return bool(summary.metrics.requests.failed or summary.findings) or missed


def _said_again(say: Messages, run: RunRecord, names: Iterable[str]) -> Iterator[Folded]:
    """Answers to clips that were said again, beside the first ones; those with a flaw of their own are in the section
    of the accuracy."""
    examples = [example for name in names for example in stability.of_finding(run, name)]
    if examples:
        pairs = tuple(replace(pair_of(say, one), about=stability.named(say, one)) for one in examples)
        yield Folded(say("html.said_again"), (Pairs(say("stability.first"), say("stability.then"), pairs),))


def _checks(say: Messages, checks: tuple[Check, ...]) -> Table:
    names = ("check", "value", "degraded_above", "invalid_above", "verdict")
    heads = tuple(say(f"html.{name}") for name in names)
    rows = tuple(
        (
            say(f"check.{check.name}"),
            say("none") if check.value is None else _amount(say, check, check.value),
            *(
                "–" if limit is None else _amount(say, check, limit)
                for limit in (check.degraded_above, check.invalid_above)
            ),
            check.verdict or say("none"),
        )
        for check in checks
    )
    return Table(say("html.checks_caption"), heads, rows, tuple(TONES[check.verdict] for check in checks))


def _amount(say: Messages, check: Check, value: float) -> str:
    return f"{value:g}" if judgement.is_count(check) else say.share(value)

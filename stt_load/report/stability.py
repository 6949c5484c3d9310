"""What the console says of answers to clips that were said again."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.report.aligned import compared
from stt_load.report.messages import Messages
from stt_load.report.width import columns, wrap
from stt_load.samples.accuracy import Example, Repeats
from stt_load.stats.blocks import Stability
from stt_load.storage.run_record import RunRecord

SMALLEST_P = 0.001
FINDING = "again_"
"""Findings of flaws among these answers begin so."""


def lines(say: Messages, run: RunRecord) -> Iterator[str]:
    """A blank line, then how much the answers differ under load and without it; nothing where nothing was said
    again."""
    repeats, found = _repeats(run), run.summary.metrics.stability
    if repeats is None:
        return
    yield ""
    if not found.n:
        yield from wrap(say("stability.unknown", asked=repeats.asked), say.width, "", "  ")
        return
    yield from wrap(say("stability.heading", n=found.n), say.width, "", "  ")
    load = say("stability.load", value=say.share(found.load), unit=say(f"stability.{repeats.unit}"))
    yield from wrap(load, say.width, "  ", "    ")
    yield from wrap(
        say("stability.control", value=say.share(found.control)) + _chance(say, found), say.width, "  ", "    "
    )


def examples(say: Messages, run: RunRecord, finding: str, indent: str) -> Iterator[str]:
    """The answers that a finding is about, as far as they are kept, below the first answer to the same clip."""
    for example in of_finding(run, finding):
        yield from _example(say, example, indent)


def of_finding(run: RunRecord, finding: str) -> list[Example]:
    """The answers that a finding is about, as far as they are kept."""
    repeats = _repeats(run)
    if repeats is None or not finding.startswith(FINDING):
        return []
    return [example for example in repeats.examples if example.flaw == finding.removeprefix(FINDING)]


def _repeats(run: RunRecord) -> Repeats | None:
    return None if run.accuracy is None else run.accuracy.repeats


def _chance(say: Messages, found: Stability) -> str:
    if found.p is None or (found.load or 0.0) <= (found.control or 0.0):
        return ""
    return say("stability.p", p=f"p < {SMALLEST_P}" if found.p < SMALLEST_P else f"p = {found.p:.3f}")


def _example(say: Messages, example: Example, indent: str) -> Iterator[str]:
    yield from wrap(named(say, example), say.width, indent, f"{indent}  ")
    labels = say("stability.first"), say("stability.then")
    widest = max(map(columns, labels))
    first, then = (label + " " * (widest - columns(label)) for label in labels)
    yield from compared(example.said, example.heard, say.width, (first, then), f"{indent}  ")


def named(say: Messages, example: Example) -> str:
    """Which request an example is of, and how far its answer is from the first one."""
    key = "stability.example" if example.other_seq is None else "stability.example_other"
    return say(key, seq=example.seq, value=f"{example.wer:.0%}", other=example.other_seq)

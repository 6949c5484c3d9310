"""The comparison of runs for the page that a CI system makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stt_load.comparison.model import Claim, Comparison, Difference, Verdict
from stt_load.report import comparison
from stt_load.report import comparison_words as words
from stt_load.report.cases import Outcome
from stt_load.report.markdown import MARKS, WIDE, shown, table, whole
from stt_load.report.messages import Messages

OF_VERDICTS: Mapping[Verdict, Outcome] = {"no_worse": "passed", "cant_tell": "doubtful", "worse": "failed"}
OF_CLAIMS: Mapping[Claim, Outcome] = {
    "worse": "failed",
    "better": "passed",
    "no_difference": "passed",
    "differs": "doubtful",
    "cant_tell": "doubtful",
}


def markdown(say: Messages, found: Comparison) -> str:
    """The verdict, the table of metrics, how many runs would say more, and the report of the console, folded away."""
    wide = Messages(say.language, WIDE)
    lines = [
        f"## {MARKS[OF_VERDICTS[found.verdict]]} {shown(words.heading(wide, found))}",
        "",
        *(f"{shown(line)}\n" for line in words.verdict(wide, found)),
        *_forced(wide, found),
        *_metrics(wide, found),
        *(f"{shown(line)}\n" for line in words.notes(wide, found)),
        *whole(say, comparison.report(say, found)),
    ]
    return "\n".join(lines) + "\n"


def _metrics(say: Messages, found: Comparison) -> Iterator[str]:
    """The table of the console, with a mark for each claim and its words: these, and the metric's name, are no
    numbers."""
    heads = ["", *comparison.heads(say, found), say("compare.head_claim")]
    rows = [_row(say, found, one) for one in words.in_order(found)]
    return table(heads, rows, texts=(0, 1, len(heads) - 1))


def _row(say: Messages, found: Comparison, one: Difference) -> list[str]:
    return [MARKS[OF_CLAIMS[one.claim]], *comparison.cells(say, found, one), say(f"compare.claim_{one.claim}")]


def _forced(say: Messages, found: Comparison) -> Iterator[str]:
    if not found.unlike:
        return
    yield from (shown(say("compare.forced")), "")
    yield from (f"- {shown(words.unlike(say, one))}" for one in found.unlike)
    yield ""

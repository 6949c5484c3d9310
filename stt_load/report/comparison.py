"""The comparison of runs as the console has it."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.comparison.model import Comparison, Difference
from stt_load.comparison.names import name_of
from stt_load.report import comparison_words as words
from stt_load.report.console import RULE
from stt_load.report.messages import Messages, fitted
from stt_load.report.tables import table
from stt_load.report.width import plain, wrap


@fitted
def report(say: Messages, found: Comparison) -> Iterator[str]:
    """The lines: the verdict, the table of metrics, what can be said of each, and how many runs would say more."""
    rule = "=" * min(RULE, say.width)
    yield from (rule, words.heading(say, found), rule)
    yield from _files(say, found)
    yield from _forced(say, found)
    yield ""
    for line in words.verdict(say, found):
        yield from wrap(line, say.width, "", "   ")
    yield ""
    rows = [cells(say, found, one) for one in found.differences]
    yield from table(heads(say, found), rows, say.width, named=True)
    yield ""
    for one in words.in_order(found):
        yield from _metric(say, found, one)
    for note in words.notes(say, found):
        yield ""
        yield from wrap(note, say.width, "", "   ")
    yield rule


def heads(say: Messages, found: Comparison) -> list[str]:
    """Of the table of metrics; one run a side has no p."""
    names = ("metric", "baseline", "candidate", "change", "interval", "p")
    return [say(f"compare.head_{name}") for name in (names if found.smallest_p is not None else names[:-1])]


def cells(say: Messages, found: Comparison, one: Difference) -> list[str]:
    """Its row of a metric: the means of both sides, and how they differ."""
    means = (one.baseline_mean, one.candidate_mean)
    told = [
        name_of(one.metric),
        *(words.NONE if mean is None else words.amount(say, one, mean) for mean in means),
        words.change(one.change),
        words.interval(one.interval),
    ]
    return told if found.smallest_p is None else [*told, words.probability(one.p_adjusted)]


def _files(say: Messages, found: Comparison) -> Iterator[str]:
    for key, names in (("baseline", found.baseline), ("candidate", found.candidate)):
        files = ", ".join(map(plain, names))
        yield from wrap(say(f"compare.{key}", files=files), say.width, "", "   ")


def _forced(say: Messages, found: Comparison) -> Iterator[str]:
    """In what the runs differ that were compared all the same."""
    if not found.unlike:
        return
    yield ""
    yield from wrap(say("compare.forced"), say.width, "", "   ")
    for one in found.unlike:
        yield from wrap(words.unlike(say, one), say.width, "  - ", "    ")


def _metric(say: Messages, found: Comparison, one: Difference) -> Iterator[str]:
    """What can be said of it, and what each run came to."""
    yield from wrap(words.line(say, found, one), say.width, "  - ", "    ")
    if words.is_absent(one):
        return
    for key, values in (("baseline", one.baseline), ("candidate", one.candidate)):
        told = ", ".join(words.amount(say, one, value) for value in values)
        yield from wrap(say(f"compare.values_{key}", values=told), say.width, "      ", "        ")

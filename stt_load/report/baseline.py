"""What is said of a gate that has been learnt: its limits, what each can find, and what it promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from stt_load.comparison.names import name_of
from stt_load.report.gate import amount
from stt_load.report.messages import Messages, fitted
from stt_load.report.tables import table
from stt_load.report.width import plain, wrap
from stt_load.samples.gate import GateFile, GateLimit

NONE = "-"
"""In a cell of the table."""
_NUMBER = re.compile(r"^([\d.]+).*$")


@fitted
def learnt(say: Messages, gate: GateFile, path: Path, in_doubt: Sequence[str] = ()) -> Iterator[str]:
    """A row for each limit, then what has none, and how often good runs fail. path: of the gate's file.
    in_doubt: runs whose measurement is DEGRADED."""
    yield say("gate.learnt", runs=len(gate.runs), path=path)
    if in_doubt:
        yield from wrap(say("gate.degraded", runs=plain(", ".join(in_doubt))), say.width, "  ", "  ")
    yield ""
    heads = [say(f"gate.head_{name}") for name in ("metric", "limit", "baseline", "found")]
    yield from table(heads, [_row(say, one) for one in gate.limits], say.width, named=True)
    yield ""
    yield from wrap(say("gate.found_means"), say.width, "  ", "  ")
    if any(one.limit is None for one in gate.limits):
        yield from wrap(say("gate.counts_mean"), say.width, "  ", "  ")
    for one in gate.left_out:
        yield ""
        told = say("gate.left_out", name=plain(name_of(one.metric)), reason=plain(one.reason))
        yield from wrap(told, say.width, "  ", "  ")
    yield ""
    rate = say("gate.one_in", n=1_000 if gate.strict else 100)
    yield from wrap(say("gate.promise", rate=rate), say.width, "  ", "  ")


def _row(say: Messages, one: GateLimit) -> list[str]:
    return [plain(name_of(one.metric)), _limit(say, one), _range(say, one), _finds(say, one)]


def _limit(say: Messages, one: GateLimit) -> str:
    if one.limit is None:
        return say("gate.by_counts")
    return f"{'<=' if one.better == 'lower' else '>='} {_short(say, one.metric, one.limit)}"


def _range(say: Messages, one: GateLimit) -> str:
    """From the least to the most that a run of the baseline had, the unit once."""
    low, high = (_short(say, one.metric, end) for end in (min(one.values), max(one.values)))
    return high if low == high else f"{_NUMBER.sub(_first, low)}..{high}"


def _finds(say: Messages, one: GateLimit) -> str:
    """How much worse than the baseline it finds; of counts, from which value on."""
    if one.finds_at is not None and one.limit is None:
        return say("gate.finds_from", value=_short(say, one.metric, one.finds_at))
    if one.finds is None:
        return NONE
    return f"{one.finds if one.better == 'lower' else -one.finds:+.1%}"


def _short(say: Messages, metric: str, value: float) -> str:
    """As in sentences, but for rates, whose unit is long."""
    return say("compare.rate", value=f"{value:.2f}") if metric.endswith("_rps") else amount(say, metric, value)


def _first(found: re.Match[str]) -> str:
    return found[1]

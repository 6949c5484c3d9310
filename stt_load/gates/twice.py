"""What several runs, one after the other, say of a gate: over a limit once may be bad luck, twice hardly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from stt_load.samples.gate import GateResult

Decision = Literal["within", "again", "over"]
"""within: nothing is to be done. again: the last run is over a limit, and another one has to tell. over: two runs in
a row are over the same limit."""


def over(results: Iterable[GateResult]) -> frozenset[str]:
    """The metrics whose limits a run is over."""
    return frozenset(one.metric for one in results if one.is_over)


def decision(runs: Sequence[frozenset[str]]) -> Decision:
    """Of runs in their order, each by the metrics whose limits it is over. A run over a limit that the next one keeps
    is forgiven: a gate's rate of false alarms is that of two in a row."""
    if in_both(runs):
        return "over"
    return "again" if runs and runs[-1] else "within"


def in_both(runs: Sequence[frozenset[str]]) -> frozenset[str]:
    """The metrics whose limits two runs in a row are over."""
    return frozenset().union(*(first & second for first, second in pairwise(runs)))

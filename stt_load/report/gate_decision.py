"""What one run, or two in a row, say of a gate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stt_load.comparison.names import name_of
from stt_load.gates.twice import decision, in_both, over
from stt_load.report.gate import heading, of_limits
from stt_load.report.messages import Messages, fitted
from stt_load.report.width import plain, wrap
from stt_load.samples.gate import GateFile, GateResult


@dataclass(frozen=True, slots=True)
class Judged:
    """A run that was held against a gate. file: its result."""

    file: str
    results: tuple[GateResult, ...]


@fitted
def report(
    say: Messages, file: str, gate: GateFile, runs: Sequence[Judged], in_doubt: Sequence[str] = ()
) -> Iterator[str]:
    """The decision, then each run with its limits. file: of the gate. runs: in their order. in_doubt:
    those of them whose measurement is DEGRADED."""
    yield from wrap(_decided(say, runs), say.width, "", "   ")
    if in_doubt:
        yield from wrap(say("gate.degraded", runs=plain(", ".join(in_doubt))), say.width, "   ", "   ")
    yield ""
    yield from wrap(heading(say, file, gate), say.width, "", "  ")
    for run in runs:
        count = len(over(run.results))
        name = plain(Path(run.file).name)
        key = "gate.run_over" if count else "gate.run_within"
        yield ""
        yield from wrap(say(key, file=name, over=count, limits=len(run.results)), say.width, "", "   ")
        yield from of_limits(say, gate, run.results)


def _decided(say: Messages, runs: Sequence[Judged]) -> str:
    found = [over(run.results) for run in runs]
    match decision(found):
        case "over":
            return say("gate.decided_over", names=_names(in_both(found), runs))
        case "again":
            key = "gate.decided_another" if len(found) > 1 and found[-2] else "gate.decided_again"
            return say(key, names=_names(found[-1], runs))
    return say("gate.decided_forgiven" if any(found) else "gate.decided_within")


def _names(metrics: Iterable[str], runs: Sequence[Judged]) -> str:
    """In the order of the gate."""
    wanted = set(metrics)
    return ", ".join(plain(name_of(one.metric)) for one in runs[-1].results if one.metric in wanted)

"""`stt-load gate`: a saved run, or one and then another, held against a gate."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from stt_load.cli.saved_runs import runs_of
from stt_load.comparison.conditions import WHOLE, conditions
from stt_load.gates.file import GateFileError, read
from stt_load.gates.likeness import differing
from stt_load.gates.twice import Decision, decision, over
from stt_load.report.exit_code import OF_DECISIONS
from stt_load.report.gate import degraded
from stt_load.report.gate_decision import Judged, report
from stt_load.report.messages import Language
from stt_load.report.output import messages_for
from stt_load.samples.escaping import escaped, harmless
from stt_load.samples.gate import GateFile
from stt_load.samples.sample import Phase
from stt_load.stats.gate_verdicts import verdicts
from stt_load.storage.run_record import ReportError, RunRecord

DESCRIPTION = (
    "Hold a run against the limits that `stt-load baseline` has learnt. Exit code 0: within all of them. 6: over "
    "one, which may be bad luck: run it again, and give both results. 3: both runs are over the same limit. A second "
    "run that is within all limits is 0, one that is over another limit alone is 6. 2: the runs can't be held "
    "against this gate."
)
REFUSED = 2
MOST_RUNS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gate", type=Path, help="the gate, such as gate.json")
    parser.add_argument("first", metavar="run", type=Path, help="the result of the run")
    parser.add_argument("second", type=Path, nargs="?", help="of the run after it, where that was over a limit")
    parser.add_argument("--json", action="store_true", help="print what came of it as JSON")
    parser.add_argument("--language", choices=get_args(Language), help="default: the one of the run")


def run(args: argparse.Namespace) -> int:
    """Exit code 0, 3 or 6 with what came of it on stdout; 2 with the reason on stderr."""
    try:
        gate = read(args.gate)
        saved = runs_of([args.first, *([] if args.second is None else [args.second])])
        judged = _judged(gate, saved)
    except (GateFileError, ReportError) as error:
        return _refuse(str(error))
    found = decision([over(one.results) for one in judged])
    if args.json:
        print(escaped(json.dumps(_document(args.gate, judged, found), indent=2, ensure_ascii=False)))
    else:
        say = messages_for(args.language or saved[0].config["report"]["language"], sys.stdout)
        print(*map(harmless, report(say, str(args.gate), gate, judged, degraded(saved))), sep="\n")
    return OF_DECISIONS[found]


def _judged(gate: GateFile, saved: Sequence[RunRecord]) -> list[Judged]:
    """Each run, held against the gate. Raises `ReportError`, with all that is in the way, a line each."""
    if len(saved) > MOST_RUNS:
        raise ReportError(f"these are {len(saved)} runs; name one, or one and the run after it")
    if len(saved) == MOST_RUNS and _started(saved[1]) < _started(saved[0]):
        raise ReportError(f"{saved[1].path} is of an earlier run than {saved[0].path}; name them in their order")
    if reasons := [f"{one.path} {reason}" for one in saved for reason in _unfit(gate, one)]:
        raise ReportError("\n".join(reasons))
    return [
        Judged(str(one.path), verdicts(gate, one.samples.in_order().phase(Phase.MEASURED), one.summary.metrics))
        for one in saved
    ]


def _unfit(gate: GateFile, run: RunRecord) -> Iterator[str]:
    """Why a run can't be held against the gate; each reads on from its name."""
    if run.summary.validity.verdict == "INVALID":
        yield "is INVALID: its figures are not to be believed; `stt-load report` says why"
    if run.info.end_reason not in WHOLE:
        yield f"did not run to its end ({run.info.end_reason}): a gate is of whole runs"
    elif run.measured_nothing:
        yield "measured nothing: no request succeeded, which is no matter of limits"
    for one in differing(gate, conditions(run)):
        yield f"is of another kind: {one}"


def _started(run: RunRecord) -> datetime:
    """Raises `ReportError` where the result has no such time."""
    try:
        return datetime.fromisoformat(run.info.started_at).astimezone()
    except (ValueError, OverflowError):
        raise ReportError(f"{run.path} is damaged: its run has no time at which it began") from None


def _document(path: Path, judged: Sequence[Judged], found: Decision) -> dict[str, Any]:
    return {
        "gate": str(path),
        "runs": [{"file": one.file, "results": [asdict(result) for result in one.results]} for one in judged],
        "decision": found,
        "exit_code": OF_DECISIONS[found],
    }


def _refuse(reason: str) -> int:
    for line in reason.splitlines():
        print(harmless(f"stt-load: {line}"), file=sys.stderr)
    return REFUSED

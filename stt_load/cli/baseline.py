"""`stt-load baseline`: a gate, learnt from good runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import get_args

from stt_load.cli.saved_runs import runs_of
from stt_load.comparison.model import DEFAULT_METRICS
from stt_load.comparison.names import path_of
from stt_load.gates.file import is_gate, write
from stt_load.gates.learn import GateError, learn
from stt_load.report.baseline import learnt
from stt_load.report.gate import degraded
from stt_load.report.messages import Language
from stt_load.report.output import messages_for
from stt_load.samples.escaping import harmless
from stt_load.slo.tokens import SloError
from stt_load.storage.run_record import ReportError

DESCRIPTION = (
    "Learn the limits of a gate from runs of a service as it is to be: 5 at least, of the same load, on machines of "
    "the same kind. A run is then held against them by `slo: {file: gate.json}`, or by `stt-load gate`. What the "
    "limits promise, and what they find, is in docs/gates.md. NAME.summary.json stands for the runs of `repeat`."
)
NO_GATE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="file", type=Path, nargs="+", help="results of good runs")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the gate, such as gate.json"
    )
    parser.add_argument(
        "--metric",
        metavar="NAME",
        action="append",
        help="learn a limit of this, such as p95(response_time_s) or error_rate; may be given again. Default: "
        f"{', '.join(DEFAULT_METRICS)}, those of them that all runs have",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="1 in 1,000 false alarms in place of 1 in 100; takes 10 runs at least, and finds less",
    )
    parser.add_argument("--force", action="store_true", help="replace the gate that is there")
    parser.add_argument("--language", choices=get_args(Language), default="en")


def run(args: argparse.Namespace) -> int:
    """Exit code 0 with the gate written and its limits on stdout; 2 with the reason on stderr where there can be
    none."""
    try:
        metrics = DEFAULT_METRICS if args.metric is None else tuple(dict.fromkeys(map(_path, args.metric)))
        runs = runs_of(args.files)
        gate = learn(runs, metrics=metrics, strict=args.strict)
        if args.force and args.output.exists() and not is_gate(args.output):
            return _refuse(
                f"{args.output} is there already, and no gate that --force could replace; choose another name"
            )
        write(args.output, gate, replaces=args.force)
    except FileExistsError:
        return _refuse(f"{args.output} is there already; choose another name, or replace it by --force")
    except (ReportError, GateError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{args.output} can't be written: {error.strerror or error}")
    say = messages_for(args.language, sys.stdout)
    print(*map(harmless, learnt(say, gate, args.output, degraded(runs))), sep="\n")
    return 0


def _path(text: str) -> str:
    """Of the metric that an option names. Raises `ReportError`."""
    try:
        return path_of(text)
    except SloError as error:
        raise ReportError(f"--metric: `{text}` {error}") from None


def _refuse(reason: str) -> int:
    for line in reason.splitlines():
        print(harmless(f"stt-load: {line}"), file=sys.stderr)
    return NO_GATE

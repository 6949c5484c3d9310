"""`stt-load selftest`: does this machine's stt-load tell the truth?"""

from __future__ import annotations

import argparse
import math
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from stt_load.selftest.bench import Outcome, TrialError
from stt_load.selftest.bench import run as run_trial
from stt_load.selftest.capacity import run_capacity
from stt_load.selftest.cases import PACE, TRIALS, Trial
from stt_load.selftest.figure import Figure
from stt_load.selftest.figures import errors_s, figures
from stt_load.selftest.prediction import nearest_rank
from stt_load.selftest.table import Found, furthest, table
from stt_load.server.process import StartError

DESCRIPTION = (
    "Runs real locust processes (both user classes, alone and with two workers) against the embedded server and "
    "holds every figure of their results against the server's own log. Takes a minute or two. Exit code 0: all "
    "figures are right; 1: some are not; 2: it could not be tried; 5: interrupted. With --capacity: one "
    "search for how many users the embedded server carries, held against what arithmetic says."
)
WRONG = 1
NOT_TRIED = 2
INTERRUPTED = 5
DOUBTFUL = ("DEGRADED", "INVALID")
MOST_NAMED = 4
BUSY_LOAD = 0.5
"""Of a machine per core: the server and the load generator alone are two processes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is tried, and how much of it is printed."""
    parser.add_argument("-v", "--verbose", action="store_true", help="print every figure of every run")
    parser.add_argument(
        "--capacity", action="store_true", help="one search for how much a server carries, held against arithmetic"
    )


def run(args: argparse.Namespace) -> int:
    """The exit code, as in `DESCRIPTION`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="stt-load-selftest-") as folder:
            return run_capacity(Path(folder)) if args.capacity else _run(args, Path(folder))
    except (TrialError, StartError, OSError) as error:
        print(f"stt-load selftest: {error}", file=sys.stderr)
        return NOT_TRIED
    except KeyboardInterrupt:
        print("stt-load selftest: interrupted", file=sys.stderr)
        return INTERRUPTED


def _run(args: argparse.Namespace, folder: Path) -> int:
    begun_s = time.monotonic()
    load_before = os.getloadavg()[0] / (os.cpu_count() or 1)
    doubtful: list[int] = []
    print("Real locust processes against a server that knows the truth:\n")
    found: list[Found] = []
    paces: list[str] = []
    for number, trial in enumerate(TRIALS, start=1):
        outcome = run_trial(trial, folder)
        of_trial = figures(trial, outcome)
        found += [(number, figure) for figure in of_trial]
        print(f"  {number:2}. {line(trial, of_trial)}", flush=True)
        if outcome.result["validity"]["verdict"] in DOUBTFUL:
            doubtful.append(number)
        if trial.case is PACE:
            paces.append(_pace(trial, outcome))
    wrong = [one for one in found if not one[1].right]
    print()
    if not args.verbose:
        print("Each figure in the run in which it was furthest from the truth (every run: --verbose):\n")
    print("\n".join(table(found if args.verbose else furthest(found))))
    print(f"\n{len(found)} figures, {len(wrong)} of them wrong; {time.monotonic() - begun_s:.0f} s.")
    if wrong:
        print(*excuses([figure for _, figure in wrong], load_before, doubtful), sep="\n")
    print(f"This machine, sharing its cores with the server ({PACE.name}, {PACE.limit_rps:.0f}/s at most):")
    print("\n".join(paces))
    return WRONG if wrong else 0


def excuses(wrong: Sequence[Figure], load_before: float, doubtful: Sequence[int]) -> Iterator[str]:
    """Why figures may be wrong without being told wrongly. load_before: of the machine, per core, before it began.
    doubtful: the runs whose own verdict is that they can't be believed."""
    reasons = []
    if all(figure.late for figure in wrong):
        reasons.append("What is wrong is late by a little, and nothing else.")
    if load_before >= BUSY_LOAD:
        reasons.append(f"This machine was busy before it began: {load_before:.1f} processes at work for each core.")
    if doubtful:
        runs = ", ".join(map(str, doubtful))
        reasons.append(f"DEGRADED or INVALID by the run's own verdict, as the generator had too little time: {runs}.")
    yield from reasons
    if reasons:
        yield "The machine may be why: try again when it has less to do."


def line(trial: Trial, found: Sequence[Figure]) -> str:
    """How one run came out, with the names of the first figures that are wrong: it may be the last that is seen."""
    wrong = [one.name for one in found if not one.right]
    told = f"{'❌' if wrong else '✅'} {trial.name}: {len(found) - len(wrong)} of {len(found)} figures right"
    return told + (f" ({', '.join(wrong[:MOST_NAMED])}{', ...' if len(wrong) > MOST_NAMED else ''})" if wrong else "")


def _pace(trial: Trial, outcome: Outcome) -> str:
    rate_rps = outcome.result["metrics"]["throughput_rps"]
    p99_s = nearest_rank(errors_s(trial, outcome), 0.99)
    return (
        f"  {trial.subject.user_class}: at least {math.floor(rate_rps)} requests/s per worker with a P99 error under "
        f"{math.ceil(p99_s * 1e4) / 10:.1f} ms"
    )

"""`stt-load selftest --capacity`: does a search find the edge that arithmetic gives?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stt_load.selftest.bench import Outcome, run
from stt_load.selftest.cases import Subject, Trial
from stt_load.selftest.searches import ANSWERED, LIMIT_S, USERS, Planted, wrong

RIGHT = 0
WRONG = 1
CAN_NOT_TELL = 2


def search(of: Planted, subject: Subject, within: Path) -> Outcome:
    """A real one. What it raises: as `bench.run`."""
    return run(Trial(of.case, subject), within, LIMIT_S, ANSWERED)


def run_capacity(folder: Path) -> int:
    """One search, told and held against the truth; the exit code, as in `command.DESCRIPTION`."""
    began_s = time.monotonic()
    print(*told_before(USERS), sep="\n", flush=True)
    outcome = search(USERS, Subject("FastSttUser"), folder)
    print(*told_after(USERS, outcome.result, time.monotonic() - began_s), sep="\n", flush=True)
    return code(USERS, outcome.result)


def told_before(of: Planted) -> Iterator[str]:
    """What is searched for, and where it must be."""
    yield f"A real search against a server whose edge is known ({of.case.name}):\n"
    yield f"  {of.why}."
    yield f"  The limit is p95(response_time_s) < {of.limit_s:g} s, so {of.edge.carries:g} are carried,"
    yield f"  and {of.edge.fails_at:g} are not. The search is not told so. It takes two minutes or three.\n"


def told_after(of: Planted, result: Mapping[str, Any], took_s: float) -> Iterator[str]:
    """The answer beside the truth."""
    capacity = result["capacity"]
    if capacity is not None:
        confirmed = capacity["confirmed"]
        yield f"{'':10}{'carried':>10}{'not carried':>14}"
        yield f"{'truth':10}{of.edge.carries:>10g}{of.edge.fails_at:>14g}"
        yield f"{'answer':10}{_number(capacity['carries']):>10}{_number(capacity['fails_at']):>14}"
        yield f"{'':10}{_how(confirmed['carries']):>10}{_how(confirmed['fails_at']):>14}\n"
        yield f"{capacity['sentence']}\n"
    levels = result["levels"]
    rows = len(result["requests"]) if isinstance(result["requests"], list) else result["requests"]["rows"]
    yield f"{len(levels)} levels, {rows} requests, {took_s:.0f} s."
    found = list(wrong(of, capacity))
    if found:
        yield f"❌ Wrong: {'; '.join(found)}."
    elif code(of, result) == CAN_NOT_TELL:
        yield "This machine's load generator had too little time to tell more: try again when it has less to do."
    else:
        yield "✅ Right: both ends are within 10% of the truth, or one user beside it."


def code(of: Planted, result: Mapping[str, Any]) -> int:
    """0: the answer is right. 1: it is not. 2: this machine could not tell."""
    capacity = result["capacity"]
    if any(wrong(of, capacity)):
        return WRONG
    return CAN_NOT_TELL if capacity["limited"] == "generator" else RIGHT


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _how(confirmed: bool) -> str:
    return "confirmed" if confirmed else "screened"

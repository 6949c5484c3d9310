"""The code that a finished run ends with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stt_load.gates.twice import Decision
from stt_load.samples.levels import Capacity
from stt_load.samples.sample import ErrorKind
from stt_load.stats.model import Verdict
from stt_load.stats.validity import of_generator
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from stt_load.storage.run_record import RunRecord

FAILURES = 1
BAD_INPUT = 2
SLO_MISSED = 3
INVALID = 4
INTERRUPTED = 5
CANT_TELL = 6
NOTHING_MEASURED = 1

SAY_HOW_MANY = frozenset({"error_rate", "requests.failed", "requests.succeeded", "goodput_ratio"})
"""Figures whose limits say how many requests may fail."""


def exit_code(run: RunRecord | LevelsRecord, *, failures_code: int = FAILURES, gated: bool = True) -> int:
    """The first that matches: interrupted, measurement not to be believed, an SLO missed, over a limit of a gate,
    failures that no SLO says how many there may be of, nothing measured, 0.

    failures_code: what failures are worth; 0 to ignore them. gated: the gate counts; not where another run has told
    what to think of it. With `validity.strict` a DEGRADED measurement counts as an INVALID one. An exception in a
    listener of ours is among the checks of the summary, as INVALID. A run without a measured answer has measured
    nothing, whatever the reason and whatever failures are worth; one that was given up, or left by all of its users,
    is worth no more. Over the limits of a gate is neither, as another run would not tell whether that was bad luck.
    """
    if isinstance(run, LevelsRecord):
        return _of_levels(run)
    verdict, strict = run.summary.validity.verdict, run.config["validity"]["strict"]
    if run.info.end_reason == "interrupted":
        return INTERRUPTED
    if verdict == "INVALID" or (strict and verdict == "DEGRADED"):
        return INVALID
    if any(one.verdict == "missed" for one in run.summary.slo):
        return SLO_MISSED
    if gated and run.over_gate:
        return CANT_TELL
    requests = run.summary.metrics.requests
    if requests.failed and failures_code and not failures_are_allowed(run):
        return failures_code
    if run.measured_nothing:
        return NOTHING_MEASURED
    return 0


def failures_are_allowed(run: RunRecord) -> bool:
    """Whether an SLO, or a limit of a gate, says how many may fail; one of sheds says so of those alone."""
    limited = {one.metric for one in run.summary.slo} | {one.metric for one in run.summary.gate}
    failures = run.summary.metrics.failures
    only_sheds = failures.keys() == {ErrorKind.SHED}
    return bool(limited & SAY_HOW_MANY) or (only_sheds and "shed_rate" in limited)


def _of_levels(record: LevelsRecord) -> int:
    """A sweep is not judged by its levels, neither by SLOs nor by failures; it is INVALID where no level's figures
    can be believed. A search is INVALID where no level was VALID; and either where it ended as no worker was left.
    Then, of a search: its first level fails or `at_least` is not carried, it can't tell, 0, which "at least so much"
    is, too. With `validity.strict` one level that is not VALID is enough.
    """
    info, search = record.info, record.info.levels is not None and record.info.levels.search
    if info.end_reason == "interrupted":
        return INTERRUPTED
    found = {verdict for level in record.levels if (verdict := verdict_of(level)) is not None}
    strict = record.config["validity"]["strict"]
    believed = {"VALID"} if search or strict else {"VALID", "DEGRADED"}
    broken = info.faults or info.end_reason == "workers_lost"
    if broken or (found and not found & believed) or (strict and found - believed):
        return INVALID
    if not any(level.run.summary.metrics.requests.succeeded for level in record.levels):
        return SLO_MISSED if search else NOTHING_MEASURED
    if search:
        return code_of(record.capacity, search.at_least)
    return NOTHING_MEASURED if info.end_reason in ("gave_up", "no_users") else 0


def code_of(found: Capacity | None, at_least: float | None) -> int:
    """What the answer of a search alone is worth. at_least: what the service was to carry. Nothing, where the service
    was gone in the end: it carries nothing now."""
    if found is None or found.limited == "gone" or (found.carries is None and found.fails_at is None):
        return CANT_TELL
    if found.carries is None:
        return SLO_MISSED
    if at_least is None:
        return 0
    return {True: 0, False: SLO_MISSED, None: CANT_TELL}[is_carried(found, at_least)]


def is_carried(found: Capacity, at_least: float) -> bool | None:
    """Whether the service carries `at_least`, by what a search has found; None: that can't be told."""
    if found.carries is not None and found.carries >= at_least:
        return True
    return False if found.fails_at is not None and found.fails_at <= at_least else None


def verdict_of(level: TriedLevel) -> Verdict | None:
    """Whether the figures of a level can be believed. In a search its own test replaces the count of requests."""
    validity = level.run.summary.validity
    return validity.verdict if level.trial.tier == "sweep" else of_generator(validity)


OF_DECISIONS: Mapping[Decision, int] = {"within": 0, "again": CANT_TELL, "over": SLO_MISSED}
"""By what runs in a row say of a gate."""


def worst(codes: Iterable[int]) -> int:
    """Of several runs' codes the one that comes first in their order; 0 of none. What stands in no order is what
    failures were said to be worth."""
    order = (BAD_INPUT, INTERRUPTED, INVALID, SLO_MISSED, CANT_TELL)
    found = set(codes) - {0}
    others = sorted(found.difference(order), key=lambda code: (code != FAILURES, code))
    return next((code for code in order if code in found), others[0] if others else 0)

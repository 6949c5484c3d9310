"""What came of a level, when all of it is known."""

from __future__ import annotations

from collections.abc import Sequence

from stt_load.samples.levels import Judged, Outcome, Trial
from stt_load.search.indicators import others
from stt_load.search.strategy import Tried
from stt_load.slo.model import Slo
from stt_load.stats.model import Check, SloVerdict, Summary

NO_DOUBT = ("slo_samples",)
"""Checks that the test of a level replaces."""
OF_DROPS = ("dropped", "achieved_rate", "schedule_lag")
"""What comes of slots that were never free."""


def outcome_of(trial: Trial, judged: Judged | None, summary: Summary, slos: Sequence[Slo]) -> Outcome:
    """Of a level that is over. judged: by its test, None where that did not come to an end. summary: of all its rows.

    Limits that no request tells of (means, rates, words) are judged here, of a level that came to its own end: the
    few requests of one that was cut short tell nothing of them. A level whose arrivals were dropped, as the service
    held every slot, is not carried.
    """
    if trial.tier == "sweep":
        return "measured"
    if service_held_all(summary):
        return "fail"
    if judged is None:
        return "open"
    late = _late(summary, slos)
    if any(one.verdict == "missed" for one in late):
        return "fail"
    if judged.outcome == "pass" and any(one.verdict == "uncertain" for one in late):
        return "open"
    return judged.outcome


def leans(tried: Tried) -> bool:
    """Whether all limits hold as they were seen, however certain that is."""
    if tried.outcome in ("pass", "fail"):
        return tried.outcome == "pass"
    seen = _seen_to_hold(tried.summary.slo)
    return seen if tried.judged is None else tried.judged.leans == "pass" and seen


def in_doubt(summary: Summary) -> tuple[str, ...]:
    """Checks by which the load generator, not the service, may have made what was measured."""
    held = service_held_all(summary)
    return tuple(
        check.name
        for check in summary.validity.checks
        if check.verdict in ("DEGRADED", "INVALID")
        and check.name not in NO_DOUBT
        and not (held and check.name in OF_DROPS)
    )


def service_held_all(summary: Summary) -> bool:
    """Whether arrivals were dropped, and nothing but the service's requests can have held the slots."""
    if not summary.metrics.dropped:
        return False
    return not any(_is_bad(check) for check in summary.validity.checks if check.name not in (*NO_DOUBT, *OF_DROPS))


def binding_of(tried: Tried, slos: Sequence[Slo]) -> str | None:
    """The limit that fails, or is nearest to it; None where nothing tells, and where dropped arrivals fail the level,
    and no limit."""
    if service_held_all(tried.summary) and (tried.judged is None or tried.judged.outcome != "fail"):
        return None
    missed = [one.expression for one in _late(tried.summary, slos) if one.verdict != "met"]
    if tried.judged is None or (missed and tried.judged.outcome != "fail"):
        missed = missed or [one.expression for one in tried.summary.slo if one.verdict != "met"]
        return missed[0] if missed else None
    return tried.judged.binding


def _late(summary: Summary, slos: Sequence[Slo]) -> tuple[SloVerdict, ...]:
    names = {one.expression for one in others(slos)}
    return tuple(one for one in summary.slo if one.expression in names)


def _seen_to_hold(verdicts: Sequence[SloVerdict]) -> bool:
    return all(one.verdict == "met" or (one.verdict == "uncertain" and _holds(one)) for one in verdicts)


def _holds(one: SloVerdict) -> bool:
    if one.observed is None:
        return False
    return one.observed <= one.limit if "<" in one.expression else one.observed >= one.limit


def _is_bad(check: Check) -> bool:
    return check.verdict in ("DEGRADED", "INVALID")

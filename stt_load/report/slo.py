"""What became of the SLOs, in words."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.report.messages import Messages
from stt_load.report.width import plain, wrap
from stt_load.stats.model import SloVerdict
from stt_load.storage.run_record import RunRecord


def lines(say: Messages, run: RunRecord) -> Iterator[str]:
    """A block with a line for each limit, those that were missed first; none where there are none."""
    found = run.summary.slo
    if not found:
        return
    yield ""
    yield say("slo.heading")
    for one in sorted(found, key=lambda one: ("missed", "uncertain", "met").index(one.verdict)):
        line = f"{say(f'slo.{one.verdict}')}: {plain(one.expression)} ({said(say, one)})"
        yield from wrap(line, say.width, "  - ", "    ")


def said(say: Messages, found: SloVerdict) -> str:
    """What was seen of a limit: observed, how far that is known, in how many requests, and why it is not certain."""
    if not found.n or (found.observed is None and not found.beyond):
        return ", ".join((say("slo.nothing"), f"n = {found.n}"))
    parts = [say("slo.observed", value=(">= " if found.at_least else "") + amount(say, found, found.observed))]
    if found.interval is not None:
        low, high = (amount(say, found, end) for end in (found.interval.low, found.interval.high))
        parts.append(say("slo.interval", low=low, high=high))
    parts.append(f"n = {found.n}")
    if not found.certain:
        parts.append(reason(say, found))
    return ", ".join(parts)


def reason(say: Messages, found: SloVerdict) -> str:
    """Why it is not certain, or why it counts as missed; nothing where it is certain."""
    if not found.n or (found.observed is None and not found.beyond):
        return say("slo.nothing")
    if found.certain:
        return ""
    return say("slo.strict" if found.verdict == "missed" else _why(found))


def seen(say: Messages, found: SloVerdict) -> str:
    """What was measured, as a cell of a table."""
    is_seen = found.n and (found.observed is not None or found.beyond)
    observed = amount(say, found, found.observed) if is_seen else say("none")
    return f">= {observed}" if found.at_least else observed


def ends(say: Messages, found: SloVerdict, dash: str = "–") -> str:
    """How far that is known, likewise; empty where nobody can tell. dash: between both ends."""
    interval = found.interval
    return "" if interval is None else dash.join(amount(say, found, end) for end in (interval.low, interval.high))


def amount(say: Messages, found: SloVerdict, value: float | None) -> str:
    """A number in the unit of a limit, fine enough to be held against it; None: beyond all that succeeded."""
    if value is None:
        return say("latency.beyond")
    match found.unit:
        case "s":
            return say.seconds(value)
        case "rps":
            return say.rate(value)
        case "count":
            return say.number(value, 0)
    return f"{value:.2%}" if _in_per_cent(found) else say.number(value, 3)


def exact(found: SloVerdict) -> str:
    """The limit as it was written, or the same number in another unit: rounded, what was seen might look equal."""
    match found.unit:
        case "s":
            return f"{found.limit:.12g} s"
        case "rps":
            return f"{found.limit:.12g}/s"
    return f"{found.limit * 100:.12g}%" if _in_per_cent(found) else f"{found.limit:.12g}"


def _in_per_cent(found: SloVerdict) -> bool:
    return found.unit == "share" or (found.unit == "ratio" and found.metric.startswith(("accuracy.", "stability.")))


def _why(found: SloVerdict) -> str:
    return "slo.near" if found.interval is not None else "slo.may_be_more"

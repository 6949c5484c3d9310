"""What the console says about the service, and about the measurement itself."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.report import accuracy, stability
from stt_load.report.messages import Messages
from stt_load.report.width import plain, wrap
from stt_load.samples.fields import TOLD
from stt_load.samples.run_info import RunInfo
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.model import Check, Finding, TooFew
from stt_load.storage.run_record import RunRecord

COUNTS = ("slo_samples", "load_changed", "listener_errors", "rows_lost", "local_limits", "stalled_timeouts")
"""Checks whose value is a number of events; the others' are shares."""
OF_THE_LOOP = frozenset({"stalls", "busy_loop", "stalled_share", "cpu"})
OF_STALLS = frozenset({"stalls", "stalled_share", "stalled_timeouts"})
"""Those that the stalls themselves are told with, once."""
MOST_LINES = 5
MOST_LOOKED_AT = 10_000


def findings(say: Messages, run: RunRecord) -> Iterator[str]:
    """A block with a sentence for each finding that is not told already; with examples where there are answers to
    show."""
    found = told(say, run)
    if not found:
        return
    yield ""
    yield say("findings.heading")
    for name, sentence in found.items():
        yield from wrap(sentence, say.width, "  - ", "    ")
        yield from accuracy.of_flaw(say, run, name, "      ")
        yield from stability.examples(say, run, name, "      ")


def told(say: Messages, run: RunRecord) -> dict[str, str]:
    """A sentence for each finding that is not told already, above all others or by the counts; by its name."""
    above = {"over_saturated"} | ({"empty_texts"} if accuracy.hears_nothing(run) else set())
    found = [one for one in run.summary.findings if one.name not in above]
    return {one.name: sentence for one in found if (sentence := _sentence(say, one)) is not None}


def verdict(say: Messages, run: RunRecord) -> str:
    """Whether the figures can be believed."""
    found = run.summary.validity.verdict
    doubtful = {check.name for check in run.summary.validity.checks if check.verdict not in (None, "VALID")}
    if doubtful == {"slo_samples"}:
        return say("verdict.too_few")
    if found is not None:
        return say(f"verdict.{found}")
    return say("verdict.unanswered" if run.summary.metrics.requests.total else "verdict.nothing")


def doubts(say: Messages, run: RunRecord) -> Iterator[str]:
    """Why they can't, or not quite."""
    if run.summary.validity.verdict is None:
        return
    troubles = {check.name: check for check in run.summary.validity.checks if check.verdict not in (None, "VALID")}
    overloaded = bool(troubles.keys() & OF_THE_LOOP)
    told_with = next((name for name in troubles if name in OF_STALLS), None)
    for name, check in troubles.items():
        yield from wrap(trouble(say, check, overloaded=overloaded), say.width, "  - ", "    ")
        if name == "local_limits":
            yield from _limits_met(say, run.samples)
        if name == told_with:
            yield from _stalls(say, run.info)


def unchecked(say: Messages, run: RunRecord) -> Iterator[str]:
    """What a verdict does not go by."""
    validity = run.summary.validity
    names = [say(f"check.{check.name}") for check in validity.checks if check.verdict is None]
    if names and validity.verdict is not None:
        yield ""
        yield say("verdict.unchecked", names=", ".join(names))


def is_count(check: Check) -> bool:
    """Whether its value is a number of events, and no share."""
    return check.name in COUNTS


def trouble(say: Messages, check: Check, *, overloaded: bool = False) -> str:
    """What a check has found that is not as it should be. overloaded: a loop that does not keep up is reason enough
    for counts that don't match."""
    if check.too_few:
        return " ".join(_too_few(say, one) for one in check.too_few[:MOST_LINES])
    if is_count(check):
        return say(f"trouble.{check.name}", value=round(check.value or 0))
    limit = check.invalid_above if check.verdict == "INVALID" else check.degraded_above
    values = {"value": say.share(check.value), "limit": say.share(limit)}
    if check.figure is not None:
        values |= {
            "figure": say(f"figure.{check.figure.name}"),
            "reported": say.seconds(check.figure.reported_s),
            "without": say.seconds(check.figure.without_stalls_s),
        }
    follows = check.name == "in_flight" and overloaded
    return say("trouble.in_flight_overloaded" if follows else f"trouble.{check.name}", **values)


def _too_few(say: Messages, one: TooFew) -> str:
    """Of a quantile, why nobody can say how far it is known."""
    worth = say.number(one.worth, 0)
    return say(f"trouble.slo_samples_{one.reason}", figure=one.figure, n=one.n, needed=one.needed, worth=worth)


def _stalls(say: Messages, info: RunInfo) -> Iterator[str]:
    """The longest, in the order of time."""
    longest = sorted(info.generator.stalls, key=lambda stall: stall.from_s - stall.to_s)[:MOST_LINES]
    for stall in sorted(longest, key=lambda stall: stall.from_s):
        at, length = say.duration(stall.from_s, 1), say.duration(stall.to_s - stall.from_s)
        line = say("stall", at=at, length=length, worker=plain(info.workers[stall.worker]))
        yield from wrap(line, say.width, "    ", "      ")


def _limits_met(say: Messages, samples: Samples) -> Iterator[str]:
    """What the limits of this machine are, and what to do about each, as the rows say."""
    codes = samples["error"][samples.of_kind(ErrorKind.LOCAL_LIMIT) & (samples["phase"] != Phase.OUTSIDE)]
    for text in dict.fromkeys(samples.texts[code] for code in codes[codes >= 0][:MOST_LOOKED_AT].tolist()):
        yield from wrap(plain(text), say.width, "    ", "      ")


def _sentence(say: Messages, found: Finding) -> str | None:
    """What is said of a finding: its own text, or the one for where its ratio goes; None if there is none."""
    values = found.values
    texts = {name.removesuffix("_s").removesuffix("_rps"): _said(say, name, value) for name, value in values.items()}
    texts["fields"] = ", ".join(name for name in values if name in TOLD)
    for key in (f"finding.{found.name}", f"finding.{found.name}_{'up' if values.get('ratio', 0) > 1 else 'down'}"):
        if key in say:
            return say(key, **texts)
    return None


def _said(say: Messages, name: str, value: float) -> str:
    """A figure, as its name says what it is."""
    if name == "drain_s":
        return say.duration(value)
    if name.endswith("_s"):
        return say.seconds(value)
    if name.endswith("_rps"):
        return say.rate(value)
    if name == "ratio":
        return f"{value - 1:+.0%}"
    return say.share(value) if name.endswith("share") else str(value)

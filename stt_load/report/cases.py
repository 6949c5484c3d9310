"""What a run was to be, as cases that have passed or not: what CI systems count, list and mark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stt_load.comparison.names import name_of
from stt_load.report import ending, gate, slo
from stt_load.report.exit_code import failures_are_allowed
from stt_load.report.judgement import is_count, trouble
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.stats.model import Check
from stt_load.storage.run_record import RunRecord

Group = Literal["run", "capacity", "level", "slo", "gate", "validity"]
Outcome = Literal["passed", "doubtful", "failed", "error", "skipped"]
"""doubtful: passed, and worth a warning. failed: the service's. error: nothing can be said of the service. skipped:
there was nothing to judge."""

OF_SLOS: dict[str, Outcome] = {"met": "passed", "uncertain": "doubtful", "missed": "failed"}
"""By the verdict of an SLO."""


@dataclass(frozen=True, slots=True)
class Case:
    """name: the same in any language, as a history of results goes by it. said: a sentence, None where there is
    nothing to add to the outcome."""

    group: Group
    name: str
    outcome: Outcome
    said: str | None = None


def cases(say: Messages, run: RunRecord, *, failures_fail: bool = True) -> tuple[Case, ...]:
    """All of them: how the run went, each SLO, each limit of a gate, each check of the measurement.
    failures_fail: a request that failed is one of too many, where no SLO says how many may."""
    fail = failures_fail and not failures_are_allowed(run)
    slos = (*_of_slos(say, run), *_of_gate(say, run))
    return (*_of_the_run(say, run, failures_fail=fail), *slos, *_of_validity(say, run))


def _of_the_run(say: Messages, run: RunRecord, *, failures_fail: bool) -> Iterator[Case]:
    """Whether it came to its end, and what became of its requests."""
    requests, said = run.summary.metrics.requests, _sentence(ending.ending(say, run))
    yield Case("run", "complete", "passed" if said is None else "error", said)
    if not requests.judged:
        yield Case("run", "requests", "error", say("case.nothing"))
    elif requests.failed:
        counts = say("case.failed", failed=requests.failed, n=requests.judged)
        yield Case("run", "requests", "failed" if failures_fail else "passed", counts)
    else:
        yield Case("run", "requests", "passed", say("case.answered", n=requests.judged))
    if run.info.faults:
        yield Case("run", "faults", "error", " ".join(map(plain, run.info.faults)))


def _of_slos(say: Messages, run: RunRecord) -> Iterator[Case]:
    """What `validity.strict_slo` makes of the uncertain ones, their verdicts say already."""
    for one in run.summary.slo:
        yield Case("slo", one.expression, OF_SLOS[one.verdict], slo.said(say, one))


def _of_gate(say: Messages, run: RunRecord) -> Iterator[Case]:
    """Over a limit once says nothing of the service yet: another run has to tell."""
    if run.info.gate is None:
        return
    for one in run.summary.gate:
        if not run.is_fit_for_gate:
            yield Case("gate", name_of(one.metric), "skipped", say("gate.unjudged"))
            continue
        told = gate.said(say, run.info.gate.learnt, one)
        if one.metric in run.over_gate:
            told = f"{told}. {say('gate.again')}"
        yield Case("gate", name_of(one.metric), "error" if one.is_over else "passed", told)


def _of_validity(say: Messages, run: RunRecord) -> Iterator[Case]:
    """DEGRADED is no more than a doubt, unless `validity.strict` makes it as bad as INVALID."""
    strict = run.config["validity"]["strict"]
    for check in run.summary.validity.checks:
        outcome: Outcome = "passed"
        said = _value(say, check)
        if check.verdict is None:
            outcome, said = "skipped", say("case.no_data")
        elif check.verdict != "VALID":
            outcome = "error" if strict or check.verdict == "INVALID" else "doubtful"
            said = trouble(say, check)
        yield Case("validity", check.name, outcome, said)


def _value(say: Messages, check: Check) -> str | None:
    """What a check has seen, and from where on it would be in doubt."""
    limit = check.invalid_above if check.degraded_above is None else check.degraded_above
    if check.value is None or limit is None:
        return None
    name = "case.within" if check.value <= limit else "case.chance"
    if is_count(check):
        return say(name, value=round(check.value), limit=round(limit))
    return say(name, value=say.share(check.value), limit=say.share(limit))


def _sentence(lines: Iterator[str]) -> str | None:
    """Lines of the report as one sentence, without what marks it there."""
    return " ".join(" ".join(lines).replace("\N{HEAVY EXCLAMATION MARK SYMBOL}", "").split()) or None

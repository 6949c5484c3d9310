"""The report of a run of levels, a sweep or a search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from stt_load.report import accuracy, answer, level_table
from stt_load.report.asked_load import number
from stt_load.report.console import RULE
from stt_load.report.ending import THE_SERVICES_WORDS
from stt_load.report.exit_code import is_carried
from stt_load.report.judgement import OF_THE_LOOP, trouble
from stt_load.report.messages import Messages, fitted
from stt_load.report.opening import note, subject
from stt_load.report.width import plain, quote, wrap
from stt_load.samples.levels import Capacity
from stt_load.stats.validity import of_generator
from stt_load.storage.levels_record import LevelsRecord, TriedLevel

LASTING = frozenset({"cpu", "busy_loop", "closed_loop_share", "achieved_rate", "dropped"})
"""Checks that go by all of a level; others may go by a moment of it."""
_NUMBER = re.compile(r"[0-9][0-9.,]*")


@fitted
def line(say: Messages, level: TriedLevel) -> Iterator[str]:
    """A level that has just ended, in a line."""
    metrics, trial = level.run.summary.metrics, level.trial
    told = level_table.outcome(say, level)
    yield say(
        "tried.line",
        load=say(f"tried.{trial.tier}", load=level_table.loaded(say, trial)),
        done=say.number(level.done_rps, 2),
        p95=say.seconds(metrics.response_time_s.p95),
        failed=say.share(metrics.error_rate),
        n=metrics.requests.total,
        outcome=say("tried.line_outcome", outcome=told) if told else "",
    )


@fitted
def result(say: Messages, record: LevelsRecord) -> Iterator[str]:
    """The result block of a run of levels, line by line: the answer first."""
    rule = "=" * min(RULE, say.width)
    yield from (rule, say("result.heading"), rule)
    yield from brief(say, record)
    if record.levels:
        yield ""
        yield from level_table.lines(say, record.levels)
    yield from _doubts(say, record)
    yield rule


@fitted
def report(say: Messages, record: LevelsRecord, files: Sequence[Path]) -> Iterator[str]:
    """All there is to say about a run of levels that is in `files`."""
    path = ", ".join(map(str, files)) or say("report.not_saved")
    yield say("report.of", path=path, started=record.info.started_at)
    yield from subject(say, record.config, record.info)
    if record.info.first_transcript is not None:
        yield from accuracy.first_answer(say, record.info.first_said, record.info.first_transcript)
    yield from result(say, record)


@fitted
def brief(say: Messages, record: LevelsRecord) -> Iterator[str]:
    """The few lines that matter: the answer of a search, the knee, where the generator was at its end, and why it is
    not what was planned."""
    capacity = record.capacity
    if capacity is not None:
        found = answer.sentence(say, record) or ""
        yield from wrap(say("answer.heading", answer=found), say.width, "", "   ")
        for text in asked(say, record, capacity):
            yield from wrap(text, say.width, "   ", "   ")
    for text in beside_it(say, record):
        yield from wrap(text, say.width, "", "   ")
    for text in alarms(say, record):
        yield from note(say, text)
    yield from _faults(say, record)
    yield from ending(say, record)


def beside_it(say: Messages, record: LevelsRecord) -> Iterator[str]:
    """The knee, and where the load generator was at its end."""
    yield knee(say, record)
    doubtful = generators_end(record)
    if doubtful is not None:
        shown, verdict = level_table.loaded(say, doubtful.trial), of_generator(doubtful.run.summary.validity)
        name = "tried.generator" if _is_at_its_end(doubtful) else "tried.generator_doubt"
        yield say(name, load=shown, verdict=str(verdict))


def asked(say: Messages, record: LevelsRecord, found: Capacity) -> Iterator[str]:
    """How the answer stands to what was asked for."""
    search = None if record.info.levels is None else record.info.levels.search
    if search is not None and search.at_least is not None:
        name = {True: "carried", False: "not_carried", None: "not_known"}[is_carried(found, search.at_least)]
        yield say(f"answer.asked_{name}", load=answer.load(say, found, search.at_least))
    if found.mode == "coarse":
        why = say("answer.no_time") if search is None or search.mode == "auto" else ""
        yield say("answer.coarse", why=why, share=f"{found.resolution:.0%}")


def alarms(say: Messages, record: LevelsRecord) -> Iterator[str]:
    """Each once, with all loads at which it is raised: of two that differ in numbers alone the first."""
    raised: dict[str, dict[str, str]] = {}
    for level in record.levels:
        for sentence in accuracy.alarm(say, level.run):
            loads = raised.setdefault(_NUMBER.sub("", sentence), {})
            loads.setdefault(level_table.loaded(say, level.trial), _bare(sentence))
    for loads in raised.values():
        (load, text), *others = loads.items()
        more = ", ".join(other for other, _ in others)
        name = "tried.at_more" if others else "tried.at"
        yield say(name, load=load, others=more, text=text)


def generators_end(record: LevelsRecord) -> TriedLevel | None:
    """The level from which on the load generator can't be believed: the one that ended a search, or the first of a
    sweep above which none can be. A stall that passes is none."""
    if record.capacity is not None:
        doubtful = [one for one in record.levels if any(_in_doubt(one))]
        return doubtful[-1] if doubtful and record.capacity.limited == "generator" else None
    end = None
    for level in sorted(record.levels, key=lambda one: -one.trial.value):
        if not _is_at_its_end(level):
            break
        end = level
    return end


def _in_doubt(level: TriedLevel) -> Iterator[str]:
    """The checks of the generator that say so."""
    for check in level.run.summary.validity.checks:
        if check.name != "slo_samples" and check.verdict in ("DEGRADED", "INVALID"):
            yield check.name


def _is_at_its_end(level: TriedLevel) -> bool:
    """Whether it is the load that the generator can't bring, and not something that has passed."""
    return not LASTING.isdisjoint(_in_doubt(level))


def knee(say: Messages, record: LevelsRecord) -> str:
    """From where on more load brings no more throughput."""
    at = _knee(record.capacity) if record.knee is None else record.knee
    axis = record.levels[0].trial.axis if record.capacity is None and record.levels else None
    axis = axis if record.capacity is None else record.capacity.axis
    if at is None or axis is None:
        return say("tried.no_knee")
    is_lowest = at == min((one.trial.value for one in record.levels if one.trial.axis == axis), default=None)
    return say("tried.knee_below" if is_lowest else "tried.knee", load=say(f"tried.as_{axis}", load=number(at)))


def _knee(capacity: Capacity | None) -> float | None:
    return None if capacity is None else capacity.knee


def ending(say: Messages, record: LevelsRecord) -> Iterator[str]:
    """Why not all was tried that was to be."""
    info = record.info
    if info.complete:
        return
    wait = say("seconds", value=f"{record.config['wait_ready']:g}")
    count = sum(one.run.info.complete for one in record.levels)
    progress = say("tried.progress_one" if count == 1 else "tried.progress", n=count)
    yield from note(say, say(f"end.{info.end_reason}", progress=progress, wait=wait))
    if info.detail is not None:
        theirs = info.end_reason in THE_SERVICES_WORDS
        yield from quote(say("end.detail", detail=info.detail) if theirs else info.detail, say.width, "   ")


def _faults(say: Messages, record: LevelsRecord) -> Iterator[str]:
    if record.info.faults:
        yield from note(say, say("faults.heading"))
    for fault in record.info.faults:
        first, *more = quote(fault, say.width, "     ")
        yield from (f"   - {first.lstrip()}", *more)


def _doubts(say: Messages, record: LevelsRecord) -> Iterator[str]:
    for heading, troubles in doubts(say, record):
        yield ""
        yield from wrap(heading, say.width)
        for text in troubles:
            yield from wrap(text, say.width, "  - ", "    ")


def doubts(say: Messages, record: LevelsRecord) -> Iterator[tuple[str, list[str]]]:
    """Why the figures of a level can't be believed, or not quite: of which it is said, and what is the matter."""
    few: dict[str, int] = {}
    for level in record.levels:
        trial, validity = level.trial, level.run.summary.validity
        shown = say(f"tried.{trial.tier}", load=level_table.loaded(say, trial))
        found = [check for check in validity.checks if check.verdict not in ("VALID", None)]
        if level.trial.tier == "sweep":
            needed = [one.needed for check in found for one in check.too_few]
            few |= {shown: max(needed)} if needed else {}
        found = [check for check in found if check.name != "slo_samples"]
        if not found or validity.verdict is None:
            continue
        overloaded = any(check.name in OF_THE_LOOP for check in found)
        troubles = [plain(trouble(say, check, overloaded=overloaded)) for check in found]
        yield say("tried.doubt", load=shown, verdict=str(of_generator(validity))), troubles
    if few:
        yield say("tried.all_too_few", loads=", ".join(few), needed=max(few.values())), []


def _bare(sentence: str) -> str:
    return sentence.replace("\N{HEAVY EXCLAMATION MARK SYMBOL}", "").strip()

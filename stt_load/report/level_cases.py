"""What a run of levels was to be, as cases that have passed or not."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.report import answer, levels_report
from stt_load.report.cases import Case, Outcome
from stt_load.report.exit_code import CANT_TELL, SLO_MISSED, code_of, exit_code, verdict_of
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.samples.run_info import PLANNED
from stt_load.storage.levels_record import LevelsRecord, TriedLevel


def cases(say: Messages, record: LevelsRecord) -> tuple[Case, ...]:
    """How the run went, what a search has found, and of each level whether its figures can be believed. That a load
    is not carried is no failure of a search: it looks for such a load."""
    return (*_of_the_run(say, record), *_of_answer(say, record), *_of_levels(say, record))


def _of_the_run(say: Messages, record: LevelsRecord) -> Iterator[Case]:
    said = " ".join(" ".join(levels_report.ending(say, record)).split()) or None
    outcome: Outcome = "passed" if record.info.complete else "error"
    if record.info.end_reason in PLANNED and _has_answer(record) and not record.info.complete:
        outcome = "doubtful"  # of a level rows are missing, and the answer does without that
    yield Case("run", "complete", outcome, said)
    if record.info.faults:
        yield Case("run", "faults", "error", " ".join(map(plain, record.info.faults)))


def _of_answer(say: Messages, record: LevelsRecord) -> Iterator[Case]:
    """The answer, and whether what was asked for is carried, where something was."""
    search = None if record.info.levels is None else record.info.levels.search
    if search is None:
        return
    outcomes: dict[int, Outcome] = {0: "passed", SLO_MISSED: "failed", CANT_TELL: "error"}
    name = "carries" if search.at_least is None else f"carries {search.at_least:.12g}"
    yield Case("capacity", name, outcomes[code_of(record.capacity, search.at_least)], answer.sentence(say, record))


def _of_levels(say: Messages, record: LevelsRecord) -> Iterator[Case]:
    strict = record.config["validity"]["strict"]
    for level in record.levels:
        said = " ".join(" ".join(levels_report.line(say, level)).split())
        outcome = _believed(level, strict=strict)
        # It was tried again, or it is where the answer ends: the answer is a case of its own.
        answered = outcome == "error" and _has_answer(record)
        yield Case("level", name_of(level), "doubtful" if answered else outcome, said)


def name_of(level: TriedLevel) -> str:
    """The same in any language, and of no other level."""
    return f"{level.number + 1}: {level.trial.axis} {level.trial.value:.12g} ({level.trial.tier})"


def _has_answer(record: LevelsRecord) -> bool:
    """Whether a search has found something that can be believed."""
    search = None if record.info.levels is None else record.info.levels.search
    return search is not None and exit_code(record) in (0, SLO_MISSED)


def _believed(level: TriedLevel, *, strict: bool) -> Outcome:
    match verdict_of(level):
        case "VALID":
            return "passed"
        case "DEGRADED" if not strict:
            return "doubtful"
        case None:
            return "skipped"
    return "error"

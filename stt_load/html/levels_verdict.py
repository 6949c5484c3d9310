"""What a reader of a sweep or a search asks first: what the service carries, and whether that can be believed."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.html.blocks import Block, Fact, Facts, Items, Text, Tone
from stt_load.html.page import Section
from stt_load.html.sentences import joined, unbroken, unmarked
from stt_load.report import levels_report
from stt_load.report.asked_load import number
from stt_load.report.cases import Outcome
from stt_load.report.exit_code import verdict_of
from stt_load.report.level_cases import cases
from stt_load.report.messages import Messages
from stt_load.report.width import plain
from stt_load.storage.levels_record import LevelsRecord

TONES: dict[Outcome, Tone] = {
    "passed": "good", "doubtful": "doubtful", "failed": "bad", "error": "bad", "skipped": "plain",
}  # fmt: skip


def levels_verdict(say: Messages, record: LevelsRecord) -> Section:
    """The answer in figures, then in words."""
    return Section("verdict", None, tuple(_blocks(unbroken(say), record)))


def _blocks(say: Messages, record: LevelsRecord) -> Iterator[Block]:
    yield Facts((*_answer(say, record), _levels(say, record), _end(say, record)))
    for alarm in levels_report.alarms(say, record):
        yield Text(unmarked(alarm), "bad")
    if record.info.faults:
        yield Items(((unmarked(say("faults.heading")), tuple(map(plain, record.info.faults))),), "bad")
    if end := unmarked(joined(levels_report.ending(say, record))):
        yield Text(end, "doubtful")


def _answer(say: Messages, record: LevelsRecord) -> Iterator[Fact]:
    """What is carried and what is not, of a search; of a sweep the knee."""
    found = record.capacity
    if found is None:
        knee = say("none") if record.knee is None else number(record.knee)
        yield Fact(say("html.knee"), knee, say("html.knee_about"))
        return
    tones = {case.group: TONES[case.outcome] for case in cases(say, record)}
    for name, value, sure in (
        ("carries", found.carries, found.confirmed.carries),
        ("fails_at", found.fails_at, found.confirmed.fails_at),
    ):
        about = say(f"html.axis_{found.axis}")
        if value is not None:
            about = say("html.axis_and_tier", axis=about, tier=say(f"html.{'confirmed' if sure else 'screened'}"))
        shown = say("none") if value is None else number(value)
        tone = tones.get("capacity", "plain") if name == "carries" else "plain"
        yield Fact(say(f"html.{name}"), shown, about, tone)
    if found.binding is not None:
        yield Fact(say("html.binding"), found.binding, say("html.binding_about"))


def _levels(say: Messages, record: LevelsRecord) -> Fact:
    """How many of them can be believed."""
    verdicts = [verdict_of(level) for level in record.levels]
    valid = sum(one == "VALID" for one in verdicts)
    tone: Tone = "good" if valid == len(verdicts) else "bad" if not valid else "doubtful"
    return Fact(say("html.levels"), str(len(verdicts)), say("html.levels_valid", n=valid), tone)


def _end(say: Messages, record: LevelsRecord) -> Fact:
    name = "complete" if record.info.complete else "not_complete"
    requests = sum(level.run.summary.metrics.requests.total for level in record.levels)
    about = say("html.measured", n=f"{requests:,}")
    return Fact(say("html.run"), say(f"html.{name}"), about, "good" if record.info.complete else "doubtful")

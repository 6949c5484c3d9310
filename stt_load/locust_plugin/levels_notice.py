"""What the web page says of levels: which one is on and what for, what came of those before it, and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from stt_load.report import level_table, levels_opening
from stt_load.report.asked_load import number
from stt_load.report.exit_code import INVALID, NOTHING_MEASURED, SLO_MISSED, exit_code, verdict_of
from stt_load.report.messages import Messages
from stt_load.run.order import Order
from stt_load.samples.levels import Axis, Capacity, Levels, Trial
from stt_load.search.estimate import Estimate
from stt_load.storage.levels_record import LevelsRecord, TriedLevel

_TOLD = frozenset({"tier"})
"""The column of the report that the page has in words of its own."""
RowKind = Literal["on", "measured", "pass", "fail", "open"]


class LevelsView(Protocol):
    """A sweep or a search that is on. trial: the level that is on, or comes next; None: there is none any more.
    number: its number, from 0. tried: those before it. capacity: what is known by now; None of a sweep. order: of
    all levels together."""

    @property
    def asked(self) -> Levels: ...
    @property
    def tried(self) -> Sequence[TriedLevel]: ...
    @property
    def trial(self) -> Trial | None: ...
    @property
    def number(self) -> int: ...
    @property
    def capacity(self) -> Capacity | None: ...
    @property
    def order(self) -> Order: ...
    def estimate(self) -> Estimate:
        """What all of them cost at most, as far as that is known."""


@dataclass(frozen=True, slots=True)
class Row:
    """A level. kind: what came of it; on: nothing yet."""

    kind: RowKind
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Levels in the order in which they were tried. caption: above them. note: below."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str


def title(say: Messages, view: LevelsView) -> str:
    """Which level is on, and what for."""
    if view.trial is None:
        return say("page.levels_over")
    shown, nth = level_table.loaded(say, view.trial), view.number + 1
    if view.trial.tier == "sweep":
        return say("page.level_sweep", number=nth, levels=len(view.asked.values), load=shown)
    return say(f"page.level_{view.trial.tier}", number=nth, load=shown)


def cost(say: Messages, view: LevelsView) -> tuple[str, ...]:
    """What all levels cost at most, as it is said before them. After the first level of a search more is known."""
    return tuple(line.strip() for line in levels_opening.estimated(say, view.estimate(), view.order.shown))


def bracket(say: Messages, known: Capacity) -> str:
    """Between which loads the answer is, as far as it is known."""
    ends = (("carries", known.carries, known.confirmed.carries), ("fails", known.fails_at, known.confirmed.fails_at))
    said = [
        say(f"page.{name}_{'confirmed' if sure else 'screened'}", load=_load(say, known.axis, value))
        for name, value, sure in ends
        if value is not None
    ]
    return say("page.bracket", known="; ".join(said)) if said else say("page.bracket_none")


def table(say: Messages, tried: Sequence[TriedLevel], trial: Trial | None = None) -> Table | None:
    """A row for each level of `tried`, as the report has them, and one for the level that is on, `trial`; None: there
    is neither."""
    trials = [*(one.trial for one in tried), *([] if trial is None else [trial])]
    if not trials:
        return None
    searched = any(one.tier != "sweep" for one in trials)
    heads = [say("page.head_number"), *([say("page.head_tier")] if searched else [])]
    heads += level_table.heads(say, tried, _TOLD)

    def row(kind: RowKind, of: Trial, nth: int, figures: Sequence[str]) -> Row:
        first = [str(nth + 1), *([say(f"page.tier_{of.tier}")] if searched else [])]
        return Row(kind, (*first, *figures, *[""] * (len(heads) - len(first) - len(figures))))

    rows = [row(one.outcome, one.trial, one.number, level_table.cells(say, one, tried, _TOLD)) for one in tried]
    if trial is not None:
        alike = bool(tried) and all(one.trial.axis == trial.axis for one in tried)
        shown = number(trial.value) if alike else level_table.loaded(say, trial)
        rows.append(row("on", trial, len(tried), [shown]))
    return Table(say("tried.heading"), tuple(heads), tuple(rows), _note(say, tried))


def quality(record: LevelsRecord) -> Literal["good", "doubtful", "bad"]:
    """How good the news is. bad: nothing is carried, or nothing can be believed. doubtful: it was ended before all
    was known, or some of it is in doubt."""
    code, known = exit_code(record), record.capacity
    if code in (SLO_MISSED, INVALID, NOTHING_MEASURED):
        return "bad"
    if code or not record.info.complete or (known is not None and (known.limited is not None or not known.monotone)):
        return "doubtful"
    failed = known is None and any(one.run.summary.metrics.requests.failed for one in record.levels)
    return "doubtful" if failed or any(verdict_of(one) != "VALID" for one in record.levels) else "good"


def _note(say: Messages, tried: Sequence[TriedLevel]) -> str:
    """What the marks mean that there are."""
    notes = level_table.notes(say, tried, say("page.level_doubtful", mark=level_table.DOUBT))
    return "; ".join(note.strip() for note in notes)


def _load(say: Messages, axis: Axis, value: float) -> str:
    return level_table.loaded(say, Trial(axis=axis, value=value, tier="sweep"))

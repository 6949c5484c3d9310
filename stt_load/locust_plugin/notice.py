"""What the web page says of a run beside Locust's tables: how far it is, why it ended, whether to believe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from stt_load.gates.twice import over
from stt_load.locust_plugin import levels_notice
from stt_load.locust_plugin.levels_notice import LevelsView, Table
from stt_load.report import accuracy, console, ending, levels_report, progress
from stt_load.report.messages import Language, Messages
from stt_load.report.series import judged
from stt_load.run.progress import ProcessState, ProgressMeter
from stt_load.run.run import Run
from stt_load.samples.escaping import harmless
from stt_load.samples.levels import Trial
from stt_load.samples.run_info import Load, OpenLoop
from stt_load.storage import result_file
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

A_PARAGRAPH = 100_000
"""Columns of a line that a browser breaks itself."""
Kind = Literal["none", "going", "good", "doubtful", "bad"]


@dataclass(frozen=True, slots=True)
class RunView:
    """What there is to look at. run: the one that is on; of levels each is one. outcome: the last one that ended.
    called_off: why the last start came to nothing. others_failed: requests of other user classes in the last one that
    failed. levels: the sweep or the search that is on."""

    starting: bool = False
    run: Run | None = None
    outcome: RunRecord | LevelsRecord | None = None
    called_off: str | None = None
    others_failed: int = 0
    levels: LevelsView | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A download that is there: below which of our paths, and what it is called."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Notice:
    """kind: how good the news is. lines: a paragraph each. open_loop: what Locust calls users are slots. levels: what
    stands below the lines."""

    kind: Kind = "none"
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    open_loop: bool = False
    levels: Table | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SoFar:
    """What there is to say of levels once so many of them are over and `trial` is on. bracket: what is known. cost:
    of all of them."""

    of: LevelsView
    tried: int
    trial: Trial | None
    bracket: tuple[str, ...]
    cost: tuple[str, ...]
    table: Table | None


class NoticeBoard:
    """Looks at a run again and again, and says what there is to say of it.

    view: what is to be looked at. process_state: what only the process knows.
    """

    def __init__(
        self, language: Language, view: Callable[[], RunView], process_state: Callable[[], ProcessState]
    ) -> None:
        self.say = Messages(language, A_PARAGRAPH)
        self._language: Language = language
        self._view = view
        self._process_state = process_state
        self._meter: tuple[Run, ProgressMeter] | None = None
        self._told: tuple[RunRecord | LevelsRecord, Notice] | None = None
        self._known: SoFar | None = None

    @property
    def outcome(self) -> RunRecord | LevelsRecord | None:
        """The last run that has ended."""
        return self._view().outcome

    def look(self) -> Notice:
        view = self._view()
        self._forget(view)
        if view.starting:
            return Notice("going", (self.say("page.starting"),))
        if view.levels is not None:
            return self._levels_going(view.levels, view.run)
        if view.run is not None:
            return self._going(view.run)
        if view.called_off is not None:
            lines = self.say("page.called_off", reason=view.called_off).splitlines()
            return Notice("bad", tuple(map(harmless, lines)))
        return Notice() if view.outcome is None else self._told_once(view.outcome, view.others_failed)

    def report(self) -> str | None:
        """The whole report of the last run, as `stt-load report` has it."""
        run = self.outcome
        if run is None:
            return None
        say = Messages(self._language)
        files = [] if run.path is None else [run.path]
        if isinstance(run, LevelsRecord):
            lines = levels_report.report(say, run, files)
        else:
            lines = console.report(say, run, files)
        return "".join(f"{harmless(line)}\n" for line in lines)

    def _forget(self, view: RunView) -> None:
        """What there is no more is not kept here either: a million rows take 140 MB, and the next run has its own."""
        if view.run is None:
            self._meter = None
        if view.outcome is None:
            self._told = None
        if view.levels is None:
            self._known = None

    def _levels_going(self, levels: LevelsView, run: Run | None) -> Notice:
        """Each level is a run of its own; between two there is none, or still the one before."""
        lines = [levels_notice.title(self.say, levels)]
        if run is not None and run.order.level == levels.number:
            lines.extend(self._going(run).lines)
        known = self._so_far(levels)
        lines.extend((*known.bracket, *known.cost))
        return Notice("going", tuple(lines), open_loop=levels.asked.axis != "users", levels=known.table)

    def _so_far(self, levels: LevelsView) -> SoFar:
        """Looked at once as a level begins or ends, as figures are made of all rows; and what all of them cost as
        long as that may change."""
        tried, trial = len(levels.tried), levels.trial
        before = self._known if self._known is not None and self._known.of is levels else None
        if before is None or (before.tried, before.trial) != (tried, trial):
            known = levels.capacity
            bracket = () if known is None else (levels_notice.bracket(self.say, known),)
            cost = before.cost if before is not None and before.tried else levels_notice.cost(self.say, levels)
            shown = levels_notice.table(self.say, levels.tried, trial)
            before = self._known = SoFar(levels, tried, trial, bracket, cost, shown)
        return before

    def _going(self, run: Run) -> Notice:
        if self._meter is None or self._meter[0] is not run:
            self._meter = run, ProgressMeter(run.barrier, run.order.config.wait_ready)
        seen = self._meter[1].look(self._process_state())
        lines = [progress.line(self.say, seen, keys=False)]
        # Of levels together there is one table, which begins with the first.
        if seen.phase in ("control", "warmup") and not run.order.level:
            lines.append(self.say(f"page.{seen.phase}"))
        return Notice("going", tuple(lines), open_loop=is_open(run.info.load))

    def _told_once(self, outcome: RunRecord | LevelsRecord, others_failed: int) -> Notice:
        """Made once: a verdict looks at many rows."""
        if self._told is None or self._told[0] is not outcome:
            others = [self.say("others.failed", requests=self.say.requests(others_failed))] if others_failed else []
            if isinstance(outcome, LevelsRecord):
                self._told = outcome, self._levels_ended(outcome, others)
            else:
                self._told = outcome, self._ended(outcome, others)
        return self._told[1]

    def _ended(self, run: RunRecord, others: Sequence[str]) -> Notice:
        why = tuple(ending.ending(self.say, run))
        lines = (*why, *judged(self.say, run), *others, *ending.faults(self.say, run))
        missed = over(run.summary.gate) or any(one.verdict == "missed" for one in run.summary.slo)
        good = not (why or others or missed or any(accuracy.alarm(self.say, run)))
        return Notice(_kind(run, good=good), _texts(lines), tuple(self._links(run)), is_open(run.info.load))

    def _levels_ended(self, record: LevelsRecord, others: Sequence[str]) -> Notice:
        lines = (*levels_report.brief(self.say, record), *others)
        kind = levels_notice.quality(record)
        return Notice(
            "doubtful" if others and kind == "good" else kind,
            _texts(lines),
            tuple(self._links(record)),
            is_open(record.info.load),
            levels_notice.table(self.say, record.levels),
        )

    def _links(self, run: RunRecord | LevelsRecord) -> Iterable[Link]:
        yield Link("report", self.say("page.report"))
        if run.path is not None:
            yield Link("result", self.say("page.result"))
            if result_file.rows_path(run.path).exists():
                yield Link("requests", self.say("page.requests"))
        if run.rows_path is not None:
            yield Link("rows", self.say("page.rows"))


def _texts(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for line in lines if (text := harmless(line).strip()))


def is_open(load: Load) -> bool:
    """Whether nobody waits for an answer."""
    return isinstance(load, OpenLoop)


def _kind(run: RunRecord, *, good: bool) -> Kind:
    verdict, requests = run.summary.validity.verdict, run.summary.metrics.requests
    if verdict in (None, "INVALID") or not requests.succeeded:
        return "bad"
    return "good" if good and verdict == "VALID" and not requests.failed else "doubtful"

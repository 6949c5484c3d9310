"""What the web page says of a run beside Locust's tables: how far it is, why it ended, whether to believe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from stt_load.report import accuracy, console, ending, judgement, progress
from stt_load.report.messages import Language, Messages
from stt_load.run.progress import ProcessState, ProgressMeter
from stt_load.run.run import Run
from stt_load.samples.escaping import harmless
from stt_load.storage import result_file
from stt_load.storage.run_record import RunRecord

A_PARAGRAPH = 100_000
"""Columns of a line that a browser breaks itself."""
Kind = Literal["none", "going", "good", "doubtful", "bad"]


@dataclass(frozen=True, slots=True)
class RunView:
    """What there is to look at. run: the one that is on. outcome: the last one that ended. called_off: why the last
    start came to nothing. others_failed: requests of other user classes in the last one that failed."""

    starting: bool = False
    run: Run | None = None
    outcome: RunRecord | None = None
    called_off: str | None = None
    others_failed: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A download that is there: below which of our paths, and what it is called."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Notice:
    """kind: how good the news is. lines: a paragraph each."""

    kind: Kind = "none"
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


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
        self._told: tuple[RunRecord, Notice] | None = None

    @property
    def outcome(self) -> RunRecord | None:
        """The last run that has ended."""
        return self._view().outcome

    def look(self) -> Notice:
        view = self._view()
        self._forget(view)
        if view.starting:
            return Notice("going", (self.say("page.starting"),))
        if view.run is not None:
            return self._going(view.run)
        if view.called_off is not None:
            lines = self.say("page.called_off", reason=view.called_off).splitlines()
            return Notice("bad", tuple(map(harmless, lines)))
        return Notice() if view.outcome is None else self._ended(view.outcome, view.others_failed)

    def report(self) -> str | None:
        """The whole report of the last run, as `stt-load report` has it."""
        run = self.outcome
        if run is None:
            return None
        lines = console.report(Messages(self._language), run, [] if run.path is None else [run.path])
        return "".join(f"{harmless(line)}\n" for line in lines)

    def _forget(self, view: RunView) -> None:
        """What there is no more is not kept here either: a million rows take 140 MB, and the next run has its own."""
        if view.run is None:
            self._meter = None
        if view.outcome is None:
            self._told = None

    def _going(self, run: Run) -> Notice:
        if self._meter is None or self._meter[0] is not run:
            self._meter = run, ProgressMeter(run.barrier, run.order.config.wait_ready)
        seen = self._meter[1].look(self._process_state())
        lines = [progress.line(self.say, seen, keys=False)]
        if seen.phase == "warmup":
            lines.append(self.say("page.warmup"))
        return Notice("going", tuple(lines))

    def _ended(self, run: RunRecord, others_failed: int) -> Notice:
        """Made once: a verdict looks at many rows."""
        if self._told is None or self._told[0] is not run:
            why = tuple(ending.ending(self.say, run))
            others = [self.say("others.failed", requests=self.say.requests(others_failed))] if others_failed else []
            lines = (*why, *self._judged(run), *others, *ending.faults(self.say, run))
            texts = tuple(text for line in lines if (text := harmless(line).strip()))
            good = not (why or others or any(accuracy.alarm(self.say, run)))
            self._told = run, Notice(_kind(run, good=good), texts, tuple(self._links(run)))
        return self._told[1]

    def _judged(self, run: RunRecord) -> Iterable[str]:
        yield judgement.verdict(self.say, run)
        yield from console.headline(self.say, run)
        yield from accuracy.alarm(self.say, run)
        yield from judgement.doubts(self.say, run)

    def _links(self, run: RunRecord) -> Iterable[Link]:
        yield Link("report", self.say("page.report"))
        if run.path is not None:
            yield Link("result", self.say("page.result"))
            if result_file.rows_path(run.path).exists():
                yield Link("requests", self.say("page.requests"))
        if run.rows_path is not None:
            yield Link("rows", self.say("page.rows"))


def _kind(run: RunRecord, *, good: bool) -> Kind:
    verdict, requests = run.summary.validity.verdict, run.summary.metrics.requests
    if verdict in (None, "INVALID") or not requests.succeeded:
        return "bad"
    return "good" if good and verdict == "VALID" and not requests.failed else "doubtful"

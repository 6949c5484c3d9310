"""A run of levels: a plain run after the other, each of which tells what is tried next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gevent.event import Event

from stt_load.clock import clock
from stt_load.run.faults import Faults
from stt_load.run.level_order import level_order
from stt_load.run.lifecycle import Ending
from stt_load.run.order import Order
from stt_load.run.run import Run
from stt_load.samples.levels import Capacity, Judged, Levels, Limited, Trial
from stt_load.samples.run_info import PLANNED, EndReason, RunInfo
from stt_load.search.estimate import Estimate, estimate
from stt_load.search.knee import knee as found
from stt_load.search.knee import points
from stt_load.search.outcome import outcome_of
from stt_load.search.strategy import Spent, Strategy, Tried
from stt_load.slo.parse import parse
from stt_load.storage import result_file, rows_file
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from stt_load.storage.run_record import RunRecord


class LevelsRun:
    """What is asked for, what was tried of it, and what is tried now.

    order: of the whole. slos: what it is to fulfil. asked: what `order` asks for. strategy: decides what is tried.
    trial: what is tried now; number: of how many before. tried: all that are over. path: where the result is to be.
    ending: why it is to end, once somebody wants that. concluded: there is a result.
    """

    def __init__(self, order: Order, asked: Levels, strategy: Strategy) -> None:
        self.order = order
        self.asked = asked
        self.strategy = strategy
        self.seed = order.seed()
        self.path = result_file.reserve(order.save_path or order.config.save_path, datetime.now())
        self.trial: Trial | None = None
        self.tried: list[TriedLevel] = []
        self.ending: Ending | None = None
        self.concluded = Event()
        self.slos = tuple(map(parse, order.config.slo))
        self._begun_s = self._level_s = clock()
        self._requests = 0
        self._service_s: float | None = None
        self._runs: list[Run] = []

    @property
    def number(self) -> int:
        """Of the level that is tried now, or would be next."""
        return len(self.tried)

    @property
    def capacity(self) -> Capacity | None:
        """What is known so far; None of a sweep."""
        return self.strategy.answer()

    def estimate(self) -> Estimate:
        """What all of it costs at most, as far as that is known."""
        first = self.tried[0].run.summary.metrics if self.tried else None
        service_s = None if first is None else first.response_time_s.mean
        return estimate(self.asked, self.slos, service_s=service_s, audio_s=self.order.mean_audio_s(self.seed))

    def next(self) -> Order | None:
        """What is asked for in the next level; None: there is none."""
        self._level_s = clock()
        self.trial = None if self.ending is not None else self.strategy.next(self._spent(0))
        if self.trial is None:
            return None
        if not self.path.parent.is_dir():  # it is gone meanwhile, which is no reason to try nothing more
            self.path = result_file.elsewhere(self.path)
        return level_order(
            self.order, self.asked, self.trial, self.number, seed=self.seed, service_s=self._service_s, path=self.path
        )

    def began(self, run: Run) -> None:
        """The run of the level that is tried now."""
        self._runs.append(run)
        run.lifecycle.concluded = self.concluded

    def is_spent(self, requests: int) -> bool:
        """Whether there is neither time nor a request left, where the level that is on has made so many."""
        return self.strategy.is_spent(self._spent(requests))

    def end(self, reason: EndReason, detail: str | None = None) -> None:
        """No level follows the one that is on; the first reason given stays."""
        self.ending = self.ending or Ending(reason, detail)

    def took(self, run: RunRecord, judged: Judged | None) -> TriedLevel:
        """The level that was on has come to `run`."""
        assert self.trial is not None
        outcome = outcome_of(self.trial, judged, run.summary, self.slos)
        level = TriedLevel(self.number, self.trial, outcome, judged, run)
        self._requests += len(run.samples)
        mean_s = run.summary.metrics.service_time_s.mean
        # Where the load is high, much of it is spent in the service's queue.
        self._service_s = min((one for one in (self._service_s, mean_s) if one), default=None)
        spent = Spent(clock() - self._level_s, len(run.samples))
        self.tried.append(level)
        if run.info.end_reason not in PLANNED:
            self.end(run.info.end_reason, run.info.detail)
        elif self.ending is None or judged is not None:
            self.strategy.took(
                Tried(trial=self.trial, outcome=outcome, judged=judged, summary=run.summary, spent=spent)
            )
        self.trial = None
        return level

    def conclude(self, faults: Faults, in_words: Callable[[LevelsRecord], LevelsRecord]) -> LevelsRecord:
        """All levels, in the file of the whole if that can be written. At least one was tried. in_words: says the
        answer in words."""
        tried = [(one.trial.value, one.run.summary) for one in self.tried if one.trial.axis == self.asked.axis]
        knee = found(points(tried, self.asked.axis, self.order.config.request_delay))
        record = LevelsRecord(
            self._info(faults),
            self.order.shown,
            tuple(self.tried),
            self.strategy.answer(self._limited),
            None,
            knee=knee,
        )
        with faults.caught("The answer could not be said in words"):
            record = in_words(record)
        record = self._written(record, faults)
        return replace(record, info=self._info(faults))

    def _written(self, record: LevelsRecord, faults: Faults) -> LevelsRecord:
        """In its file, and its rows in theirs. Where that can't be written, each level's spool stays."""
        rows = self.order.config.report.rows
        try:
            if rows is not None:
                record = replace(record, rows_path=rows_file.write(Path(rows), record))
        except Exception as error:
            faults.note(f"The rows could not be written to {rows}", error)
        try:
            self._write(replace(record, info=self._info(faults)))
        except Exception as error:
            faults.note(
                f"The result could not be written to {self.path}; each level has left a spool beside it", error
            )
            return record
        for run in self._runs:
            with suppress(OSError):
                run.result.discard()
        return replace(record, path=self.path)

    def _write(self, record: LevelsRecord) -> None:
        """Where its folder is gone, elsewhere."""
        try:
            result_file.write_levels(self.path, record)
        except FileNotFoundError:
            self.path = result_file.elsewhere(self.path)
            result_file.write_levels(self.path, record)

    @property
    def _limited(self) -> Limited | None:
        if self.ending is None or self.ending.reason in PLANNED:
            return None
        return "interrupted" if self.ending.reason in ("interrupted", "stopped", "time_limit") else "broken"

    def _spent(self, requests: int) -> Spent:
        return Spent(clock() - self._begun_s, self._requests + requests)

    def _info(self, faults: Faults) -> RunInfo:
        """Of the whole: it begins as its first level, and ends as its last one."""
        first, last = self.tried[0].run.info, self.tried[-1].run.info
        ending = self.ending or Ending("finished")
        broken = [sentence for one in self.tried for sentence in one.run.info.faults]
        # What breaks between two levels is in neither's rows.
        broken += [sentence for run in self._runs for sentence in run.faults.sentences]
        return replace(
            first,
            seed=self.seed,
            ended_at=last.ended_at,
            workers=max((one.run.info.workers for one in self.tried), key=len),
            complete=ending.reason in PLANNED and all(one.run.info.complete for one in self.tried),
            end_reason=ending.reason,
            detail=ending.detail,
            faults=tuple(dict.fromkeys((*broken, *faults.sentences))),
            levels=self.asked,
        )

"""The result of one run: its rows are spooled while it lasts, and become figures and a file at its end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from stt_load.run.barrier import Barrier
from stt_load.run.executor import Executor
from stt_load.run.lifecycle import Ending
from stt_load.run.order import Order
from stt_load.run.scoring import Scoring
from stt_load.run.screen import Screen
from stt_load.run.spooling import Spooling
from stt_load.samples.fields import ROW
from stt_load.samples.generator import Generator
from stt_load.samples.rows import as_saved
from stt_load.samples.run_info import PLANNED, RunInfo, now
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.storage import result_file, rows_file
from stt_load.storage.run_record import RunRecord
from stt_load.storage.spool import Spool
from stt_load.storage.transcripts import Transcripts

logger = logging.getLogger(__name__)


class Result:
    """Whatever breaks on the way to it is noted, and the rest is done.

    info: the run's, as it begins. hide: takes secrets out of a text. path: where the result is to be. unread: the
    rows could not be read, and the spool is all that there is of them.
    Raises OSError where there can be no spool.
    """

    def __init__(
        self,
        order: Order,
        info: RunInfo,
        barrier: Barrier,
        executor: Executor,
        screen: Screen,
        hide: Callable[[str], str],
    ) -> None:
        self.path = result_file.reserve(order.save_path or order.config.save_path, datetime.now())
        self.unread = False
        self._is_part = order.level is not None
        self._rows_wanted = order.config.report.rows
        self._shown = order.shown
        self._barrier = barrier
        self._executor = executor
        self._screen = screen
        self._hide = hide
        self._faults = barrier.faults
        self._spool = Spool(self.path, info, order.shown)
        self._scoring = Scoring(
            self.path, order.shown, hide, barrier.faults, screen.scoring, barrier.lifecycle.hurried
        )
        barrier.transcripts, barrier.wanted = self._scoring.transcripts, self._scoring.wanted
        self._spooling = Spooling(
            self._spool,
            barrier.table,
            lambda: executor.names,
            executor.settle,
            self._tell_spool,
            self._spool_failed,
            self._scoring.write,
        )

    @property
    def first_transcript(self) -> str | None:
        """A service may repeat in its text what it was told."""
        text = self._barrier.first_transcript
        return None if text is None else self._hide(text)

    @property
    def first_said(self) -> str | None:
        """What its clip said."""
        return self._barrier.first_said

    def keep_spool(self) -> None:
        """Goes on until killed."""
        self._spooling.run()

    def discard(self) -> None:
        """There was no run, or all of it is in another file, and nothing of it stays here. Raises OSError."""
        self._spool.remove()
        self._scoring.remove()

    def save(self, info: RunInfo) -> RunRecord:
        """The run as it is now, in its file if that can be written. info: as the run began. A level's is a part of
        another one, and in no file: its spool stays until that is written (`discard`)."""
        self._spooling.catch_up()
        run = self._concluded(info)
        if not self._is_part:
            return self._saved(self._with_rows(run))
        self._spool.close()
        self._scoring.close()
        return run

    def doubted(self, info: RunInfo) -> RunInfo:
        """With all that has broken so far."""
        errors = max(info.generator.listener_errors, self._faults.count)
        return replace(info, generator=replace(info.generator, listener_errors=errors), faults=self._faults.sentences)

    def _concluded(self, info: RunInfo) -> RunRecord:
        """The run, its figures computed, or, where that breaks, figures of nothing."""
        samples = self._samples()
        run = RunRecord(self._ended(info, samples), self._shown, samples, None)
        if not self.unread:
            run = self._scoring.score(run)
            run = replace(run, info=self.doubted(run.info))
        try:
            return replace(run, figures=run.summary)
        except Exception as error:
            self._faults.note("The figures could not be computed, and are of no requests", error)
            return run.without_figures(self.doubted(run.info))

    def _samples(self) -> Samples:
        """All rows as the result has them. Where they can't be read, none: the spool is kept then."""
        barrier = self._barrier
        try:
            samples = barrier.table.release().in_order()  # each copy of a million rows takes the place of the last
            if barrier.barrier_s is not None:
                samples = samples.since(barrier.barrier_s - barrier.origin_s)
            return as_saved(samples)
        except Exception as error:
            self.unread = True
            self._faults.note(f"The rows could not be read; what was written of them is in {self._spool.path}", error)
            return Samples(np.empty(0, ROW))

    def _ended(self, info: RunInfo, samples: Samples) -> RunInfo:
        barrier, executor = self._barrier, self._executor
        ending = barrier.lifecycle.ending or Ending("stopped", "nobody said why")
        info = replace(
            info,
            ended_at=now(),
            users=barrier.users_at_barrier or info.users,
            workers=tuple(executor.names),
            leased_again=executor.leased_again,
            barrier_s=barrier.barrier_s,
            barrier_at=barrier.barrier_at,
            end_reason=ending.reason,
            detail=ending.detail,
            first_transcript=self.first_transcript,
            first_said=self.first_said,
        )
        with self._faults.caught("How the workers' clocks differ is not known"):
            info = replace(info, clocks=executor.clocks)
        with self._faults.caught("What the generator saw of itself is not known"):
            info = replace(info, generator=replace(self._generator(), rows_lost=self._rows_lost(samples)))
        complete = ending.reason in PLANNED or (barrier.budget.done and not np.any(samples.unfinished))
        return self.doubted(replace(info, complete=complete and not info.generator.rows_lost))

    def _rows_lost(self, samples: Samples) -> int | None:
        """Nobody is at work any more: what was handed out has its row, or lost it; a second result has none.

        None: there are rows, but they can't be read.
        """
        if self.unread:
            return None
        counted = samples.where(samples["phase"] != Phase.OUTSIDE)
        return max(0, self._barrier.budget.handed_out - len(np.unique(counted["seq"])))

    def _with_rows(self, run: RunRecord) -> RunRecord:
        """`run`, its rows in the file that was asked for. Where that can't be written, the result says so."""
        if self._rows_wanted is None:
            return run
        try:
            return replace(run, rows_path=rows_file.write(Path(self._rows_wanted), run))
        except Exception as error:
            self._faults.note(f"The rows could not be written to {self._rows_wanted}", error)
            return run.invalid(self.doubted(run.info))

    def _saved(self, run: RunRecord) -> RunRecord:
        """`run`, in its file. One that can't be written leaves its rows in the spool, says so, and is INVALID."""
        try:
            path = self._written(run)
        except Exception as error:
            self._spool.close()
            self._scoring.close()
            with self._faults.caught("Where the rows are was not shown"):
                self._screen.not_saved(self.path, self._spool.path, error)
            self._faults.note(f"The result could not be written to {self.path}", error)
            return run.invalid(self.doubted(run.info))
        for file in (self._spool, self._scoring.transcripts):
            if file is not None:
                self._put_away(file)
        return replace(run, path=path)

    def _put_away(self, file: Spool | Transcripts) -> None:
        """The result has all that is in `file`, where the rows could be read."""
        file.close()
        try:
            if not self.unread:
                file.remove()
        except OSError as error:
            logger.warning("stt-load: %s could not be removed: %s", file.path, error.strerror or error)

    def _written(self, run: RunRecord) -> Path:
        """Where the result is."""
        try:
            result_file.write(self.path, run)
            return self.path
        except FileNotFoundError:
            elsewhere = result_file.elsewhere(self.path)
        result_file.write(elsewhere, run)
        with self._faults.caught("That the result is elsewhere was not shown"):
            self._screen.moved(self.path.parent, elsewhere)
        return elsewhere

    def _generator(self) -> Generator:
        return self._executor.generator(self._faults.count)

    def _tell_spool(self, spool: Spool) -> None:
        """What a report needs besides the rows, should this process not live to write it."""
        barrier = self._barrier
        if barrier.barrier_s is not None:
            spool.barrier(barrier.barrier_s - barrier.origin_s, barrier.barrier_s, barrier.barrier_at)
        if (transcript := self.first_transcript) is not None:
            spool.first_transcript(transcript, self.first_said)
        spool.generator(self._generator())

    def _spool_failed(self, error: Exception) -> None:
        what = f"The spool {self._spool.path}, for which only a crash would have had a use, can't be written any more"
        self._faults.note(what, error)

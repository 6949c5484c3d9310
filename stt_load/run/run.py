"""One start of the load test with all that goes with it: barrier, executor, spool, screen, result."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import gevent
import numpy as np

from stt_load import __version__
from stt_load.api.redaction import Redactor
from stt_load.config import MOST_SEED, Config, mask_url, secrets
from stt_load.locust_plugin.display import Display
from stt_load.run.barrier import Barrier, Ending
from stt_load.run.context import Order, base_path, place_of
from stt_load.run.executor import Executor
from stt_load.run.faults import Faults
from stt_load.run.readiness import wait_ready
from stt_load.run.spooling import Spooling
from stt_load.run.user_watch import UserWatch
from stt_load.samples.fields import ROW
from stt_load.samples.generator import Generator
from stt_load.samples.keeping import keep
from stt_load.samples.rows import as_saved
from stt_load.samples.run_info import RunInfo, host, now, versions
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.stats.summary import warmup
from stt_load.storage import result_file
from stt_load.storage.run_record import RunRecord
from stt_load.storage.spool import Spool

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocustControls:
    """What a run asks of Locust: how many users are wanted, a clean slate, and the end."""

    wanted: Callable[[], int]
    reset_statistics: Callable[[], None]
    end: Callable[[], None]


class Run:
    """A run of `config` against `url`, by `users` users of class `user_class` in `executor`.

    shown: the configuration as it may be seen, secrets masked.
    """

    def __init__(
        self,
        config: Config,
        shown: dict[str, Any],
        *,
        config_file: str | None,
        url: str,
        users: int,
        user_class: str,
        executor: Executor,
        locust_controls: LocustControls,
        display: Display,
    ) -> None:
        self.config = config
        self._shown = shown
        self.executor = executor
        self.locust_controls = locust_controls
        self.display = display
        self._hide = Redactor(secrets(config, os.environ)).text
        self.faults = Faults(self._hide)
        self._url = url
        self._users = users
        self.barrier = Barrier(
            executor.budget,
            measure_for_s=config.measure_for,
            continue_on_dead_warmup=config.continue_on_dead_warmup,
            most_failures=config.max_consecutive_failures,
            on_barrier=self._on_barrier,
            on_over=self._on_over,
            on_news=executor.spread_news,
            faults=self.faults,
        )
        self.info = RunInfo(
            version=__version__,
            versions=versions(),
            host=host(),
            seed=config.seed
            if config.seed is not None
            else random.SystemRandom().getrandbits(MOST_SEED.bit_length()),
            seed_given=config.seed is not None,
            config_file=config_file,
            target=mask_url(url),
            user_class=user_class,
            users=users,
            workers=tuple(executor.names),
            started_at=now(),
        )
        self.path = result_file.reserve(config.save_path, datetime.now())
        self._spool = Spool(self.path, self.info, shown)
        self._spooling = Spooling(
            self._spool,
            self.barrier.table,
            lambda: executor.names,
            executor.settle,
            self._tell_spool,
            self._on_spool_error,
        )
        self._users_watch = UserWatch(self.barrier, executor, locust_controls.wanted, users)
        self._greenlets: list[gevent.Greenlet[..., None]] = []
        self._unread = False
        try:
            executor.begin(self.barrier, Order(config, shown, url), self.info, self.path)
        except BaseException:
            self.abandon()
            raise

    def start(self) -> None:
        """Says what is going to happen and lets the users go once the service is there."""
        self.info = replace(self.info, workers=tuple(self.executor.names))
        self.display.started(self.info)
        spawn = self.faults.spawn
        self._greenlets = [
            spawn("The service could not be waited for", self._get_ready),
            spawn("The spool is not kept up any more", self._spooling.run),
            spawn("The users are not watched any more", self._users_watch.run),
            spawn("The progress is not shown any more", self.display.follow, self.barrier),
        ]

    def abandon(self) -> None:
        """It could not be started: nothing was sent, and nothing of it stays."""
        gevent.killall(self._greenlets)
        with suppress(OSError):
            self._spool.remove()
        with self.faults.caught("The workers could not be told that there is no run"):
            self.executor.dismiss(saved=True)  # they have nothing to keep

    def finish(self) -> RunRecord:
        """The end: no user runs any more. Writes the result, shows the report; whatever breaks, the rest is done."""
        caught = self.faults.caught
        with caught("The generator's watch on itself could not be ended"):
            self.executor.rest()
        gevent.killall(self._greenlets)
        with caught("Tries of lost workers are missing"):
            for sample in self.executor.remains():
                keep(self.barrier.table, sample)
        with caught("What standstills can have added to rows is not known"):
            self.executor.settle()
        with caught("That the result is being saved was not shown"):
            self.display.saving(len(self.barrier.table))
        self._spooling.catch_up()
        run = self._saved(self._concluded())
        noted = self.faults.count
        with caught("The workers could not be told that the run is over"):
            self.executor.dismiss(saved=run.path is not None and not self._unread)
        with caught("The report could not be shown"):
            self.display.finished(run)
        return run if self.faults.count == noted else run.invalid(self._doubted(run.info))

    def _concluded(self) -> RunRecord:
        """The run as it is now, its figures computed, or, where that breaks, figures of nothing."""
        samples = self._samples()
        run = RunRecord(self._ended_info(samples), self._shown, samples, None)
        try:
            return replace(run, figures=run.summary)
        except Exception as error:
            self.faults.note("The figures could not be computed, and are of no requests", error)
            return run.without_figures(self._doubted(run.info))

    def _samples(self) -> Samples:
        """All rows as the result has them. Where they can't be read, none: the spool is kept then."""
        barrier = self.barrier
        try:
            samples = barrier.table.release().in_order()  # each copy of a million rows takes the place of the last
            if barrier.barrier_s is not None:
                samples = samples.since(barrier.barrier_s - barrier.origin_s)
            return as_saved(samples)
        except Exception as error:
            self._unread = True
            self.faults.note(f"The rows could not be read; what was written of them is in {self._spool.path}", error)
            return Samples(np.empty(0, ROW))

    @property
    def _first_transcript(self) -> str | None:
        """A service may repeat in its text what it was told."""
        text = self.barrier.first_transcript
        return None if text is None else self._hide(text)

    def _ended_info(self, samples: Samples) -> RunInfo:
        barrier = self.barrier
        ending = barrier.ending or Ending("stopped", "nobody said why")
        info = replace(
            self.info,
            ended_at=now(),
            users=barrier.users_at_barrier or self._users,
            workers=tuple(self.executor.names),
            leased_again=self.executor.leased_again,
            barrier_s=barrier.barrier_s,
            end_reason=ending.reason,
            detail=ending.detail,
            first_transcript=self._first_transcript,
        )
        with self.faults.caught("How the workers' clocks differ is not known"):
            info = replace(info, clocks=self.executor.clocks)
        with self.faults.caught("What the generator saw of itself is not known"):
            info = replace(info, generator=replace(self._generator(), rows_lost=self._rows_lost(samples)))
        complete = ending.reason == "finished" or (barrier.budget.done and not np.any(samples.unfinished))
        return self._doubted(replace(info, complete=complete and not info.generator.rows_lost))

    def _rows_lost(self, samples: Samples) -> int | None:
        """Nobody is at work any more: what was handed out has its row, or lost it; a second result has none.

        None: there are rows, but they can't be read.
        """
        if self._unread:
            return None
        counted = samples.where(samples["phase"] != Phase.OUTSIDE)
        return max(0, self.barrier.budget.handed_out - len(np.unique(counted["seq"])))

    def _doubted(self, info: RunInfo) -> RunInfo:
        """With all that has broken so far."""
        errors = max(info.generator.listener_errors, self.faults.count)
        return replace(info, generator=replace(info.generator, listener_errors=errors), faults=self.faults.sentences)

    def _saved(self, run: RunRecord) -> RunRecord:
        """`run`, in its file. One that can't be written leaves its rows in the spool, says so, and is INVALID."""
        try:
            path = self._written(run)
        except Exception as error:
            self._spool.close()
            with self.faults.caught("Where the rows are was not shown"):
                self.display.not_saved(self.path, self._spool.path, error)
            self.faults.note(f"The result could not be written to {self.path}", error)
            return run.invalid(self._doubted(run.info))
        try:
            self._spool.close()
            if not self._unread:
                self._spool.remove()
        except OSError as error:
            logger.warning("stt-load: %s could not be removed: %s", self._spool.path, error.strerror or error)
        return replace(run, path=path)

    def _written(self, run: RunRecord) -> Path:
        """Where the result is."""
        try:
            result_file.write(self.path, run)
            return self.path
        except FileNotFoundError:
            elsewhere = result_file.elsewhere(self.path)
        result_file.write(elsewhere, run)
        with self.faults.caught("That the result is elsewhere was not shown"):
            self.display.moved(self.path.parent, elsewhere)
        return elsewhere

    def _generator(self) -> Generator:
        return self.executor.generator(self.faults.count)

    def _on_barrier(self) -> None:
        """Whatever goes wrong here goes wrong in a user: it is counted, and the run goes on."""
        caught = self.faults.caught
        with caught("Locust's statistics count the warm-up, too"):
            self.locust_controls.reset_statistics()
        with caught("The end of the warm-up was not shown"):
            self.display.measuring(warmup(self.barrier.table.snapshot()), self._first_transcript)
        with caught("The generator's watch on itself is missing"):
            self.executor.measure()

    def _on_over(self) -> None:
        """What Locust does on its way to the end takes time, which spoils nothing when every answer is in."""
        with self.faults.caught("The generator's watch on itself could not be ended"):
            if not self.barrier.budget.in_flight:
                self.executor.rest()
        self.locust_controls.end()

    def _get_ready(self) -> None:
        trouble = None
        if self.config.wait_ready and self.config.api.call is None:
            with self.faults.caught("Whether the service was ready is not known"):
                target = place_of(self.config, self._url)
                trouble = wait_ready(target, self._health_path(), self.config.wait_ready)
        if trouble is not None:
            self.barrier.end("not_ready", self._hide(trouble))
            return
        with self.faults.caught("The beginning of the warm-up was not shown"):
            self.display.warming_up()
        self.barrier.release()

    def _health_path(self) -> str | None:
        """Where the service is asked how it is: beside the endpoint, below the same base."""
        api = self.config.api
        return api.health and base_path(api, self._url) + api.health

    def _tell_spool(self, spool: Spool) -> None:
        """What a report needs besides the rows, should this process not live to write it."""
        barrier = self.barrier
        if barrier.barrier_s is not None:
            spool.barrier(barrier.barrier_s - barrier.origin_s, barrier.barrier_s)
        if (transcript := self._first_transcript) is not None:
            spool.first_transcript(transcript)
        spool.generator(self._generator())

    def _on_spool_error(self, error: Exception) -> None:
        what = f"The spool {self._spool.path}, for which only a crash would have had a use, can't be written any more"
        self.faults.note(what, error)

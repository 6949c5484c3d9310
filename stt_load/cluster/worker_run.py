"""One run as a worker takes part in it: its dispatcher, its spool, and its end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gevent

from stt_load.cluster import worker_spools
from stt_load.cluster.protocol import Data
from stt_load.cluster.worker_dispatcher import WorkerDispatcher
from stt_load.load.timetable import timetable_of
from stt_load.run import read_ahead
from stt_load.run.clips import THREADS
from stt_load.run.context import RunContext, build
from stt_load.run.order import order_of
from stt_load.run.scoring import wanted_of
from stt_load.run.spooling import Spooling
from stt_load.samples.run_info import OpenLoop, RunInfo
from stt_load.storage.run_record import read_as
from stt_load.storage.spool import Spool
from stt_load.storage.transcripts import Transcripts

logger = logging.getLogger(__name__)


class WorkerRun:
    """What one worker has of a run.

    concluded: its end has been told, or is about to be. users_stay: they do after it, as there may be another run for
    them.
    order: the master's message. post: sends a message of this run to the master. on_open: see `WorkerDispatcher`.

    The rows are spooled in the working directory until the master has saved the result: should it die, they are what
    is left of the run.
    """

    def __init__(self, order: Data, post: Callable[[str, Data], None], on_open: Callable[[], None]) -> None:
        self.id: str = order["run"]
        self.concluded = self.users_stay = False
        asked = order_of(order)
        self.drain_s = asked.config.drain
        info = read_as(RunInfo, order["info"], Path(order["result"]))
        self._info: RunInfo = replace(info, workers=(order["name"],))
        self.dispatcher = WorkerDispatcher(lambda kind, data: post(kind, data | {"run": self.id}), on_open)
        self.context: RunContext = build(
            asked.config, asked.url, info.seed, self.dispatcher, lambda: self.dispatcher.users, info.load
        )
        timetable = timetable_of(info.load, info.seed)
        self.dispatcher.follow(info.load, timetable, asked.config.warmup_requests, self.context.audio_s)
        self._reading_ahead: list[gevent.Greenlet[..., None]] = []
        if isinstance(info.load, OpenLoop) and self.context.audio.take_time:
            self._read_ahead()
        self.dispatcher.hide = self.context.api.hide
        result = worker_spools.result_of(order["result"], order["number"])
        self._spool = self._open_spool(result, order["shown"])
        self.dispatcher.wanted = wanted_of(order["shown"])
        if self._spool is not None and self.dispatcher.wanted:
            self.dispatcher.transcripts = Transcripts(result, self.context.api.hide)
        self._spooling: Spooling | None = None
        self._greenlet: gevent.Greenlet[..., None] | None = None
        if self._spool is not None:
            self._spooling = Spooling(
                self._spool,
                self.dispatcher.table,
                lambda: self._info.workers,
                self.dispatcher.settle,
                self._tell_spool,
                self._on_spool_error,
                self._write_transcripts,
            )
            self._greenlet = gevent.spawn(self._spooling.run)
            self._greenlet.link_exception(self._on_spooling_died)
        self.dispatcher.on_state(order)

    def drain(self, limit_s: float, cut: Callable[[], None]) -> None:
        """Nothing new starts; what is in flight has `limit_s` to end, then `cut` ends it."""
        self.dispatcher.close()
        self.dispatcher.rest(limit_s)
        if not self.users_stay or self.dispatcher.in_flight:
            cut()

    def _read_ahead(self) -> None:
        """Clips take time: they are made before they are due."""
        for _ in range(THREADS):
            greenlet = gevent.spawn(read_ahead.run, self.dispatcher, self.context.audio)
            greenlet.link_exception(self._on_reading_died)
            self._reading_ahead.append(greenlet)

    def _on_reading_died(self, greenlet: gevent.Greenlet[..., None]) -> None:
        assert isinstance(greenlet.exception, Exception)
        self.dispatcher.failed("making clips before they are due", greenlet.exception)

    def over(self) -> None:
        """Nothing of this run happens here any more. The spool stays until `saved`."""
        self.dispatcher.abandon()
        gevent.killall(self._reading_ahead, block=False)
        if self._greenlet is not None and self._spooling is not None:
            self._greenlet.kill()
            self._greenlet = None
            self._spooling.catch_up()

    def saved(self, rows: int) -> None:
        """The master has so many of its rows. The spool goes, unless it has more."""
        self.over()
        if self._spool is None:
            return
        missing = len(self.dispatcher.table) - rows
        if missing > 0:
            logger.warning("stt-load: %s stays: the result lacks %d of its rows", self._spool.path, missing)
        for file in (self._spool, self.dispatcher.transcripts):
            if file is None:
                continue
            file.close()
            try:
                if missing <= 0:
                    file.remove()
            except OSError as error:  # the result is whole: a file too many is no fault of it
                logger.warning("stt-load: %s stays: %s", file.path, error.strerror or error)
        self._spool = None

    def _write_transcripts(self, pause: Callable[[], None]) -> None:
        if self.dispatcher.transcripts is not None:
            self.dispatcher.transcripts.write(pause)

    def _open_spool(self, result: Path, shown: Data) -> Spool | None:
        try:
            return Spool(result, self._info, shown)
        except OSError as error:
            logger.warning("stt-load: this worker keeps no spool: %s: %s", result, error.strerror or error)
            return None

    def _on_spool_error(self, _: Exception) -> None:
        """Said already where it was found."""
        self.dispatcher.errors += 1

    def _on_spooling_died(self, greenlet: gevent.Greenlet[..., None]) -> None:
        assert isinstance(greenlet.exception, Exception)
        self.dispatcher.failed("keeping the spool", greenlet.exception)

    def _tell_spool(self, spool: Spool) -> None:
        dispatcher = self.dispatcher
        if dispatcher.barrier is not None:
            at_s, barrier_s = dispatcher.barrier
            spool.barrier(at_s, barrier_s)
        if dispatcher.first_transcript is not None:
            spool.first_transcript(dispatcher.first_transcript, dispatcher.first_said)
        watch = dispatcher.monitor.watch()
        if watch is not None:
            spool.generator(watch.generator(0))

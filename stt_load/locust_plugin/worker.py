"""A worker process: what it does when its master speaks, and how it ends."""

from __future__ import annotations

import functools
import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
from gevent.event import Event
from locust.env import Environment
from locust.runners import WorkerRunner

from stt_load.clock import clock
from stt_load.cluster import messages, protocol
from stt_load.cluster.protocol import Data
from stt_load.cluster.worker_dispatcher import WorkerDispatcher
from stt_load.cluster.worker_run import WorkerRun
from stt_load.locust_plugin import quirks, user_code, user_starts
from stt_load.locust_plugin.handshake import Handshake, post
from stt_load.locust_plugin.user_stop import UserStop

logger = logging.getLogger(__name__)

REFUSED = 2
LAST_WORD_S = 2.0
"""A worker that goes waits so long for its master's word that it has everything."""
SHARED_CTRL_C_S = 2.0
"""A child of `--processes` leaves Ctrl-C to its master for as long as that was heard of within this time."""


class Worker:
    """Listens to one Locust worker process. All it needs to know of a run it is told by the master."""

    def __init__(self, environment: Environment) -> None:
        assert isinstance(environment.runner, WorkerRunner)
        self._environment = environment
        self._runner = environment.runner
        self._worker_run: WorkerRun | None = None
        self._leaving = self._trimmed = False
        self._user_stop = UserStop(self._runner.user_greenlets)
        self._heard_s = 0.0
        self._main = gevent.getcurrent()
        self._handshake = Handshake.of(self._runner)
        quirks.settle(locust_stats=True)
        quirks.quicken()
        quirks.leave_output_to_master(environment.parsed_options)
        self._listen()
        user_code.end_from_anywhere(self._runner, quit_instead=self._go)
        environment.events.report_to_master.add_listener(self._on_report)
        environment.events.test_stopping.add_listener(self._on_stopping)
        environment.events.test_stop.add_listener(self._on_stop)
        environment.events.quitting.add_listener(self._on_quitting)
        gevent.signal_handler(signal.SIGINT, self._on_ctrl_c)
        quirks.end_at_hangup(alone=lambda: not self._led)
        self._handshake.ready()

    def _listen(self) -> None:
        listeners: dict[str, Callable[[Data], None]] = {
            protocol.RUN: self._on_run,
            protocol.BEAT: self._on_beat,
            protocol.LEASE: self._to(WorkerDispatcher.on_lease),
            protocol.VOID: self._to(WorkerDispatcher.on_void),
            protocol.OPEN: self._to(WorkerDispatcher.on_state),
            protocol.ACK: self._to(WorkerDispatcher.on_ack),
            protocol.SAVED: self._on_saved,
        }
        for kind, listener in listeners.items():
            self._runner.register_message(kind, functools.partial(self._call, kind, listener))
        # These take their time, in which other messages must be heard.
        for kind, listener in {protocol.DRAIN: self._on_drain, protocol.CUT: self._on_cut}.items():
            self._runner.register_message(kind, functools.partial(self._call, kind, listener), concurrent=True)

    def _call(self, kind: str, listener: Callable[[Data], None], msg: Any, **_: Any) -> None:
        """An exception would be swallowed by Locust: the run must know. A broken connection is mended."""
        try:
            listener(msg.data)
        except ConnectionError as error:
            logger.warning("stt-load: %s was not answered: %s", kind, error)
        except Exception as error:
            if self._worker_run is None:
                raise
            self._worker_run.dispatcher.failed(f"the message {kind}", error)

    def _to(self, method: Callable[[WorkerDispatcher, Data], None]) -> Callable[[Data], None]:
        """What the master says about a run, to that run."""

        def pass_on(data: Data) -> None:
            worker_run = self._of(data)
            if worker_run is not None:
                method(worker_run.dispatcher, data)

        return pass_on

    def _of(self, data: Data) -> WorkerRun | None:
        """The run that is meant; None for one that is over."""
        worker_run = self._worker_run
        return worker_run if worker_run is not None and data.get("run") == worker_run.id else None

    def _on_report(self, data: Data, **_: Any) -> None:
        """Locust has made its report: a message that is too large would not reach the master at all."""
        if messages.trim(data) and not self._trimmed:
            self._trimmed = True
            logger.warning(
                "stt-load: requests of your own are left out of Locust's screens: figures that are none, or too many"
            )

    def _on_run(self, data: Data) -> None:
        if self._of(data) is not None:
            return
        if self._worker_run is not None:
            self._worker_run.over()
            self._worker_run = None
        try:
            self._worker_run = WorkerRun(data, functools.partial(post, self._runner), self._reset_of(data))
        except Exception as error:  # its users would wait for ever, and the run for them
            logger.exception("stt-load: this worker can't take part: %s", error)
            self._handshake.trouble(f"it can't take part: {type(error).__name__}: {error}", clock())
            return
        user_starts.enter(self._environment, self._worker_run.context)

    def _reset_of(self, order: Data) -> Callable[[], None]:
        """What becomes of Locust's statistics at the barrier: all levels together are one test of Locust's."""
        return (lambda: None) if order["level"] else self._environment.stats.reset_all

    def _on_beat(self, data: Data) -> None:
        self._heard_s = clock()
        self._handshake.taken_in()
        worker_run = self._of(data)
        if worker_run is not None:
            worker_run.dispatcher.on_beat(data)
        else:
            answer = {"sent_s": data["sent_s"], "clock_s": clock(), "watch": None, "errors": 0}
            post(self._runner, protocol.ECHO, answer)

    def _on_drain(self, data: Data) -> None:
        worker_run = self._of(data)
        if worker_run is not None:
            worker_run.users_stay = data["goes_on"]
            self._conclude(worker_run, data["limit_s"])

    def _on_cut(self, data: Data) -> None:
        """Where it has told its last row meanwhile, users that stay have nothing in flight."""
        worker_run = self._of(data)
        if worker_run is not None and not (worker_run.users_stay and worker_run.concluded):
            self._cut()

    def _on_saved(self, data: Data) -> None:
        worker_run = self._of(data)
        if worker_run is not None:
            worker_run.saved(data["rows"])

    def _on_stopping(self, **_: Any) -> None:
        if self._worker_run is not None and self._worker_run.concluded:
            # Users that stayed between two levels have nothing in flight, and no drain follows that would end them.
            self._environment.stop_timeout = 0
        self._user_stop.watch(self._environment.stop_timeout or 0.0)

    def _on_stop(self, **_: Any) -> None:
        """All users are gone. Whoever comes now waits for the next run."""
        self._user_stop.over()
        user_starts.clear(self._environment)
        if self._worker_run is not None:
            self._worker_run.over()

    def _conclude(self, worker_run: WorkerRun, limit_s: float) -> None:
        """The end of a run on this worker. Locust's own figures go first: the last rows are what is waited for."""
        if worker_run.dispatcher.rows.ended:
            return
        worker_run.drain(limit_s, self._cut)
        if worker_run.concluded:
            return  # it was told once more, to give less time, or as it seemed not to have heard
        worker_run.concluded = True
        if not worker_run.users_stay:
            # All are gone: Locust need not wait for them, neither now nor before it calls itself ready again.
            self._environment.stop_timeout = 0
        figures: Data = {}
        self._environment.events.report_to_master.fire(client_id=self._runner.client_id, data=figures)
        try:
            post(self._runner, "stats", figures)
        finally:
            worker_run.dispatcher.conclude()

    def _cut(self) -> None:
        """Blocks until all users are gone."""
        self._user_stop.cut()
        self._user_stop.wait()

    def _on_quitting(self, environment: Environment, **_: Any) -> None:
        """On the way out, before Locust tells the master that this worker has quit.

        Fires for each SIGTERM in a greenlet of the signal's own, which would end the process on the way: it is held.
        """
        worker_run = self._worker_run
        if self._leaving:
            self._cut()
            if gevent.getcurrent() is not self._main:
                Event().wait()
        self._leaving = True
        if worker_run is not None:
            self._leave(worker_run)
        with suppress(ConnectionError):
            post(self._runner, protocol.BYE, {})
        environment.process_exit_code = REFUSED if self._handshake.refused else 0

    def _leave(self, worker_run: WorkerRun) -> None:
        """Goes while the others go on; to be told by the master that it has everything is worth a moment."""
        dispatcher = worker_run.dispatcher
        if dispatcher.rows.ended or not dispatcher.in_touch:
            worker_run.over()
            return
        self._conclude(worker_run, worker_run.drain_s)
        until_s = clock() + LAST_WORD_S
        while not dispatcher.rows.done and clock() < until_s:
            gevent.sleep(0.01)
        if dispatcher.rows.done:
            worker_run.saved(len(dispatcher.table))
        else:
            worker_run.over()

    def _on_ctrl_c(self) -> None:
        """Of all processes in a terminal the master is the one that ends the run; a worker alone ends itself."""
        if not self._led:
            gevent.spawn(self._go)

    @property
    def _led(self) -> bool:
        """A signal from the terminal has reached the master, too, which ends this child of its own."""
        options = self._environment.parsed_options
        return bool(options is not None and options.processes and clock() - self._heard_s < SHARED_CTRL_C_S)

    def _go(self) -> None:
        if self._worker_run is not None and not self._leaving:
            self._leaving = True
            self._leave(self._worker_run)
        else:
            self._cut()
        self._runner.quit()

"""Locust's life as this hears it: its start and stop, its signals, its exit code."""

from __future__ import annotations

import logging
import signal
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import gevent
from gevent.event import Event
from locust.env import Environment
from locust.event import Events
from locust.runners import MasterRunner

from stt_load.audio.sources import digest_of
from stt_load.clock import clock
from stt_load.cluster.registry import Needs
from stt_load.config import ConfigError, variables
from stt_load.locust_plugin import asked_users, quirks
from stt_load.locust_plugin.command_line import CommandLine
from stt_load.locust_plugin.controls import Controls, guarded
from stt_load.locust_plugin.executors import Executors, LocalExecutors, RemoteExecutors
from stt_load.locust_plugin.launcher import Launcher
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.process_exit import ProcessExit
from stt_load.locust_plugin.series import Series
from stt_load.locust_plugin.user_counts import sends_audio
from stt_load.locust_plugin.worker_wait import WorkerWait
from stt_load.report.exit_code import BAD_INPUT, INVALID
from stt_load.run.context import spec_of
from stt_load.run.lifecycle import State
from stt_load.run.order import Order
from stt_load.run.progress import ProcessState
from stt_load.run.run import Run
from stt_load.samples.run_info import EndReason
from stt_load.server.process import StartError
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

if TYPE_CHECKING:
    from stt_load.locust_plugin.level_runs import LevelRuns
    from stt_load.locust_plugin.notice import RunView

logger = logging.getLogger(__name__)

BROKE = "Something of stt-load's own broke: the log says what"


class Suite:
    """Listens to a Locust process that runs tests, alone or as a master. Each start is a `Run` of its own."""

    def __init__(self, environment: Environment, web_ui: Any, command_line: CommandLine, reports: Reports) -> None:
        assert environment.runner is not None
        self._environment = environment
        self._runner = environment.runner
        self._controls = Controls(environment, self.failed)
        self._launcher = Launcher(environment, command_line, reports)
        self._worker_wait: WorkerWait | None = None
        self._run: Run | None = None
        self._starting = False
        self._process_exit = ProcessExit()
        self._series = Series()
        self._main = gevent.getcurrent()
        self._others_failed = 0
        self.outcome: RunRecord | LevelsRecord | None = None
        # Locust shows it on its page and in its report. The configuration still has all of it.
        environment.host = environment.host and command_line.shown(environment.host)
        ours = sends_audio(environment.user_classes)
        quirks.settle(locust_stats=self.options.locust_stats or not ours)
        if not ours and not command_line.summary_only:
            self.options.only_summary = False
        self._executors = self._staff(reports)
        if web_ui is not None:
            from stt_load.locust_plugin import web  # which takes long to import: where there is no page it is not

            web.extend(web_ui, command_line, self._not_now, self._view, self._process_state)
            if ours:
                self._launcher.prepare()
        asked_users.start_as_asked(self._runner, self._launcher.config)
        self._listen(environment.events)
        gevent.signal_handler(signal.SIGINT, self._controls.attempt, self._on_ctrl_c)
        quirks.end_at_hangup()
        if self._worker_wait is not None and (web_ui is None or self.options.autostart):
            self._controls.spawn(self._worker_wait.follow)
        quirks.set_the_clock()

    def _listen(self, hooks: Events) -> None:
        hooks.test_start.add_listener(self.on_start)
        hooks.spawning_complete.add_listener(self.on_spawned)
        hooks.test_stopping.add_listener(self.on_stopping)
        hooks.test_stop.add_listener(self.on_stop)
        # After a master's own, and so, as these are called from the last one on, before it lets go of its workers.
        hooks.quitting.add_listener(self.on_quitting)

    def _staff(self, reports: Reports) -> Executors:
        if not isinstance(self._runner, MasterRunner):
            return LocalExecutors(self._environment, reports)
        quirks.distribute(self.options)
        self._worker_wait = WorkerWait(self._runner, self.options, self._on_nobody)
        config = self._launcher.config()
        spec = spec_of(config)
        digest = digest_of(spec)
        needs = Needs(variables(config), config.api.call, None if digest is None else asdict(spec), digest)
        return RemoteExecutors(self._runner, needs, reports, self._on_refused, self.failed)

    @property
    def options(self) -> Any:
        """Locust's parsed options, ours among them."""
        return self._environment.parsed_options

    def failed(self, what: str, error: Exception) -> None:
        """A listener or a greenlet of ours, or a message that could not be dealt with: rows may be missing."""
        logger.exception("stt-load: %s failed: %s", what, error, exc_info=error)
        if self._run is None:
            self._process_exit.failed = True
        else:
            self._run.faults.note(BROKE)

    def on_start(self, **_: Any) -> None:
        """A run that can't start is called off before any user is spawned."""
        if self._process_exit.is_over or (self._process_exit.leaving and self._series.goes_on):
            raise gevent.GreenletExit
        if not self._series.goes_on:
            self._series = Series()
            self._process_exit.started_s = clock()
        self._controls.start()
        self.outcome = None
        self._process_exit.locusts_alone = not sends_audio(self._environment.user_classes)
        if self._process_exit.locusts_alone:
            self._launcher.leave_to_locust()
            return
        self._starting, superseded = True, False
        try:
            superseded = self._controls.through(self._start)
        except (ConfigError, StartError, OSError) as error:
            self._abandon(BAD_INPUT)
            self._controls.call_off(str(error))
        except Exception as error:
            logger.exception("stt-load: the start failed: %s", error)
            self._abandon(INVALID)
            self._controls.call_off(f"stt-load: {type(error).__name__}: {error}")
        except gevent.GreenletExit:  # somebody stops it
            self._abandon(self._process_exit.code)
            self._controls.withdraw()
            raise
        finally:
            self._starting = False
        if superseded:
            raise gevent.GreenletExit  # the later step spawns the users of this run

    def _start(self) -> None:
        self._process_exit.has_limits = any("limit" in one for one in self._launcher.config().slo)
        run = self._run = self._launcher.run(
            self._executors,
            self._series,
            stop_users=lambda: self._controls.attempt(self._end),  # what breaks after the result counts, too
            process_state=self._process_state,
        )
        if self._process_exit.take_failure():
            run.faults.note(BROKE)
        run.start()

    def _end(self) -> None:
        """The run is done, and Locust's users are to be stopped, unless it was a level, and another one follows."""
        if self._next_level():
            return
        ending = None if self._run is None else self._run.lifecycle.ending
        if self._levels is not None:
            ending = self._levels.levels.ending or ending
        if ending is None or not self._series.is_followed(ending.reason):
            self._controls.end()
        elif not self._controls.again(self._goes_on):
            if self._goes_on():
                logger.error("stt-load: no worker is left for the next run")
                self._process_exit.code = self._series.failed(INVALID)
            self._controls.quit()

    @property
    def _levels(self) -> LevelRuns | None:
        return self._launcher.levels

    def _next_level(self) -> bool:
        """Whether the run that is done was a level, and another one has been begun."""
        run, levels = self._run, self._levels
        if run is None or levels is None:
            return False
        try:
            following = levels.follow(run)
        except Exception as error:  # Locust has to be stopped even so
            self.failed("the next level", error)
            levels.end("stopped", f"the next level could not be begun: {error}")
            return False
        if following is not None:
            self._run = following
            following.start()
        return following is not None

    def _goes_on(self) -> bool:
        """Another run follows, and nobody wants the end meanwhile."""
        return self._series.goes_on and not self._process_exit.is_ending(self.options.run_time)

    def _abandon(self, code: int) -> None:
        """What there is of a run that can't start is undone: nobody waits for its end. code: what it ends with."""
        run = self._run
        self._process_exit.code, self._run = self._series.failed(code), None
        if run is not None:
            run.lifecycle.over()  # first: whoever was to tell Locust of an end has nothing to tell any more
            run.abandon()
            run.lifecycle.concluded.set()

    @guarded
    def on_spawned(self, user_count: int, **_: Any) -> None:
        if self._run is not None:
            budget = self._run.barrier.budget
            self._run.barrier.await_users(min(budget.awaited, user_count))

    @guarded
    def on_stopping(self, **_: Any) -> None:
        """Fires on every way to the end, before users are stopped: nothing new starts from here on."""
        if self._run is None:
            if self._starting:
                logger.error("stt-load: the run was stopped, or its time limit (-t) was over, before it had begun")
            return
        timed_out = self._process_exit.timed_out(self.options.run_time)
        reason: EndReason = "workers_lost" if self._executors.all_lost else "time_limit" if timed_out else "stopped"
        if self._levels is not None:
            self._levels.stopped("stopped" if reason == "workers_lost" and self._run.lifecycle.closed else reason)
        self._run.lifecycle.stop(reason)

    @guarded
    def on_stop(self, **_: Any) -> None:
        """All users are gone, every sample is in."""
        run = self._run
        if run is None or (self._levels is None and run.lifecycle.state is State.OVER):
            return
        run.lifecycle.over()
        try:
            record = run.finish() if self._levels is None else self._levels.conclude(run)
            self._others_failed = self._launcher.others_failed()
            self.outcome = record
        finally:
            self._run = None
            run.lifecycle.concluded.set()
        code = self._launcher.exit_code(record, self._others_failed)
        ungated = self._launcher.exit_code(record, self._others_failed, gated=False)
        self._process_exit.code = self._series.add(record, code, ungated)
        self._controls.attempt(self._tell_ci)
        if self._process_exit.interrupted:
            self._controls.close_page()

    def _tell_ci(self) -> None:
        """A CI system that reads an older file, or none, would be told something else than what came of this run."""
        if self.outcome is not None and not self._launcher.tell_ci(self.outcome):
            self._process_exit.failed = True

    @guarded
    def on_quitting(self, environment: Environment, **_: Any) -> None:
        """Fires on the way out, and for each SIGTERM on the way there, in a greenlet of the signal's own.

        That one would end the process in the middle of the drain: it is held here, and the main one goes the way.
        """
        if (run := self._run) is not None:
            self._controls.attempt(self._interrupt)
            if gevent.getcurrent() is not self._main:
                Event().wait()
            run.lifecycle.await_result(self.on_stop)
        elif self._series.goes_on or (self._starting and not self._series.is_one):  # there is none to interrupt
            self._process_exit.interrupted |= not self._process_exit.timed_out(self.options.run_time)
        self._process_exit.leaving = True
        self._controls.attempt(self._launcher.close)
        if self.options.csv_prefix:
            self._controls.attempt(quirks.write_last_csv)
        self._controls.attempt(self._conclude)
        has_run, page = self.outcome is not None or self._series.has_run, environment.web_ui is not None
        environment.process_exit_code = self._process_exit.exit_code(self.options, has_run=has_run, page=page)

    def _conclude(self) -> None:
        self._series.conclude(self._process_exit, self._launcher.stream)

    def _view(self) -> RunView:
        from stt_load.locust_plugin.notice import RunView

        run, levels = self._run, self._levels
        on = None if run is None or levels is None else levels.levels
        return RunView(self._starting, run, self.outcome, self._controls.called_off, self._others_failed, on)

    def _not_now(self) -> str | None:
        """Why no run can be started, if none can."""
        from stt_load.locust_plugin import web

        if self._starting:
            return web.STILL_STARTING
        goes_on = self._levels is not None and self._levels.levels.ending is None
        if self._run is not None and self._run.lifecycle.closed and not goes_on:
            return web.STILL_ENDING
        if self._run is not None and (keys := asked_users.load_keys(self._order.config)):
            return web.KEPT.format(key=keys[0])
        if isinstance(self._runner, MasterRunner) and not self._runner.worker_count:
            return web.NO_WORKERS
        return None

    @property
    def _order(self) -> Order:
        """Of the run that is on, all of its levels together."""
        assert self._run is not None
        return self._run.order if self._levels is None else self._levels.levels.order

    def _process_state(self) -> ProcessState:
        return ProcessState(
            time_limit_s=self._process_exit.left_s(self.options.run_time),
            drain_s=None if self._run is None else self._run.lifecycle.left_s,
            unconfirmed=self._executors.unconfirmed,
        )

    def _interrupt(self) -> None:
        self._process_exit.interrupted = True
        if self._run is not None:
            if self._levels is not None:
                self._levels.end("interrupted")
            self._run.lifecycle.interrupt()

    def _on_ctrl_c(self) -> None:
        if self._run is not None:
            self._interrupt()
        elif self._environment.web_ui is not None:
            self._controls.close_page()
        else:
            self._process_exit.interrupted = True
            self._give_up()

    def _on_refused(self, left: int) -> None:
        """A worker won't do. The others go on; when there are none, there is nobody to do the work."""
        if self._run is None:
            assert self._worker_wait is not None
            self._worker_wait.refused(left)
        elif not left:
            self._process_exit.without_workers = self.options.headless
            self._run.lifecycle.end("workers_lost", "every worker was refused")

    def _on_nobody(self) -> None:
        self._process_exit.without_workers = True
        self._give_up()

    def _give_up(self) -> None:
        """There is no run. A master that still waits for workers must be told to wait for none."""
        if self._worker_wait is not None:
            self._worker_wait.give_up()
        self._controls.spawn(self._controls.quit)
        self._controls.close_page()

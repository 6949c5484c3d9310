"""The wiring into Locust's life: its options, its start and stop, its signals, its exit code."""

from __future__ import annotations

import functools
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import gevent
from gevent.event import Event
from locust import User, events
from locust.env import Environment
from locust.event import Events
from locust.exception import StopTest
from locust.runners import MasterRunner, WorkerRunner

from stt_load import quirks, web
from stt_load.cluster.fleet import Needs
from stt_load.commandline import CommandLine
from stt_load.config import Config, ConfigError, masked, variables
from stt_load.departure import Departure
from stt_load.display import Display
from stt_load.embedded import Embedded
from stt_load.experiment import Crew, Experiment
from stt_load.report.exit_code import BAD_INPUT, exit_code
from stt_load.report.run import Run
from stt_load.server.process import StartError
from stt_load.stage import place_of, shown_name
from stt_load.transport.exchange import clock
from stt_load.worker import Worker
from stt_load.workforce import LocalWorkforce, RemoteWorkforce, Workforce

logger = logging.getLogger(__name__)


def install(default_user: type[User] | None = None) -> None:
    """Makes Locust run the load test; to be called by the locustfile.

    default_user: the class that is spawned when none is named on the command line. None: every class found.
    """
    command_line = CommandLine(default_user.__name__ if default_user else None)
    reports = quirks.Reports()

    def on_parser(parser: Any, **_: Any) -> None:
        """Bad input ends here, before anything is sent or bound: exit code 2."""
        try:
            command_line.extend(parser)
        except Exception as error:
            # Locust would log it and go on without the configuration.
            sys.stderr.write(f"stt-load: {type(error).__name__}: {error}\n")
            sys.exit(2)

    def on_init(environment: Environment, web_ui: Any = None, **_: Any) -> None:
        if isinstance(environment.runner, WorkerRunner):
            Worker(environment)
        else:
            Suite(environment, web_ui, command_line, reports)

    events.init_command_line_parser.add_listener(on_parser)
    events.init.add_listener(on_init)
    events.worker_report.add_listener(reports.on_worker_report)


def guarded(listener: Callable[..., None]) -> Callable[..., None]:
    """An exception in a listener of ours would be swallowed by Locust and end as exit code 2, "bad configuration".

    So it is one line in the log here, counted, and makes the run INVALID.
    """

    @functools.wraps(listener)
    def safe(suite: Suite, **kwargs: Any) -> None:
        try:
            listener(suite, **kwargs)
        except Exception as error:
            logger.exception("stt-load: %s failed: %s", listener.__name__, error)
            suite.listener_failed()

    return safe


class Suite:
    """Listens to a Locust process that runs tests, alone or as a master. Each start is an `Experiment` of its own."""

    def __init__(
        self, environment: Environment, web_ui: Any, command_line: CommandLine, reports: quirks.Reports
    ) -> None:
        assert environment.runner is not None
        self._environment = environment
        self._runner = environment.runner
        self._command_line = command_line
        self._reports = reports
        self._experiment: Experiment | None = None
        self._embedded = Embedded()
        self._departure = Departure()
        self._finished = Event()
        self._concluding = False
        self._main = gevent.getcurrent()
        self.outcome: Run | None = None
        # Locust shows it on its page and in its report. The configuration still has all of it.
        environment.host = environment.host and command_line.shown(environment.host)
        quirks.settle(locust_stats=self.options.locust_stats)
        self._workforce = self._staff()
        self._listen(environment.events)
        gevent.signal_handler(signal.SIGINT, self._on_ctrl_c)
        if web_ui is not None:
            web.extend(web_ui, command_line, self._result, self._not_now)
        quirks.set_the_clock()

    def _listen(self, hooks: Events) -> None:
        hooks.test_start.add_listener(self.on_start)
        hooks.spawning_complete.add_listener(self.on_spawned)
        hooks.test_stopping.add_listener(self.on_stopping)
        hooks.test_stop.add_listener(self.on_stop)
        # After a master's own, and so, as these are called from the last one on, before it lets go of its workers.
        hooks.quitting.add_listener(self.on_quitting)

    def _staff(self) -> Workforce:
        if not isinstance(self._runner, MasterRunner):
            return LocalWorkforce(self._environment)
        quirks.distribute(self.options)
        config = self._command_line.config_of(vars(self.options), self._environment.host)
        needs = Needs(variables(config), config.api.call)
        return RemoteWorkforce(self._runner, needs, self._reports, self._on_refused, self._on_message_error)

    @property
    def options(self) -> Any:
        """Locust's parsed options, ours among them."""
        return self._environment.parsed_options

    @property
    def running(self) -> bool:
        return self._experiment is not None

    def listener_failed(self) -> None:
        self._departure.failed = True
        if self._experiment is not None:
            self._experiment.listener_errors += 1

    def on_start(self, environment: Environment, **_: Any) -> None:
        """A run that can't start is called off before any user is spawned."""
        if self._departure.interrupted or self._departure.unstaffed:
            raise gevent.GreenletExit
        self._departure.started_s = clock()
        try:
            self._start(environment)
        except (ConfigError, StartError, OSError) as error:
            self._departure.code = BAD_INPUT
            self._call_off(str(error))
        except Exception as error:
            logger.exception("stt-load: the run could not be started: %s", error)
            self._departure.failed = True
            self._call_off(f"stt-load: {type(error).__name__}: {error}")

    def _call_off(self, reason: str) -> NoReturn:
        """Locust has a way to end a start, which its master doesn't know."""
        if not isinstance(self._runner, MasterRunner):
            raise StopTest(reason)
        logger.error(reason)
        if self.options.headless:
            gevent.spawn(self._runner.quit)
        raise gevent.GreenletExit

    def _start(self, environment: Environment) -> None:
        options = self.options
        config = self._command_line.config_of(vars(options), environment.host)
        url = self._url(config)
        self._reports.name = shown_name(place_of(config, url))
        crew = Crew(
            wanted=lambda: self._runner.target_user_count,
            reset_statistics=lambda: self._reports.begin_anew(environment.stats),
            end=self._end,
        )
        wanted = self._runner.target_user_count
        all_at_once = options.spawn_rate is None or options.spawn_rate >= wanted
        shown = masked(config)
        # Locust's --json has standard output to itself.
        report = sys.stderr if options.json else sys.stdout
        self.outcome = None
        self._finished.clear()
        self._experiment = Experiment(
            config,
            shown,
            config_file=self._command_line.file,
            url=url,
            users=wanted,
            user_class=", ".join(user.__name__ for user in environment.user_classes),
            team=self._workforce.team(config, wanted if all_at_once else 0),
            crew=crew,
            display=Display(config.report.language, shown, report=report, aside=sys.stderr),
        )
        self._experiment.start()

    @guarded
    def on_spawned(self, user_count: int, **_: Any) -> None:
        if self._experiment is not None:
            phases = self._experiment.session.phases
            self._experiment.session.await_users(min(phases.awaited, user_count))

    @guarded
    def on_stopping(self, **_: Any) -> None:
        """Fires on every way to the end, before users are stopped: nothing new starts from here on."""
        if self._experiment is None:
            return
        timed_out = self._departure.timed_out(self.options.run_time)
        if self._workforce.deserted:
            self._experiment.session.stopped("workers_lost")
        else:
            self._experiment.session.stopped("time_limit" if timed_out else "stopped")
        self._workforce.drain(self._experiment.config.drain)

    @guarded
    def on_stop(self, **_: Any) -> None:
        """All users are gone, every sample is in."""
        experiment = self._experiment
        if experiment is None or self._concluding:
            return
        self._concluding = True
        try:
            self.outcome = experiment.finish()
        finally:
            self._experiment = None
            self._concluding = False
            self._finished.set()
        self._departure.code = exit_code(self.outcome, failures_code=self.options.exit_code_on_error)
        if self._departure.interrupted and self._environment.web_ui is not None:
            self._environment.web_ui.stop()
        if self.outcome.info.end_reason == "workers_lost" and self.options.headless:
            # Locust stops when its last worker is gone, and then waits for ever.
            gevent.spawn(self._runner.quit)

    @guarded
    def on_quitting(self, environment: Environment, **_: Any) -> None:
        """Fires on the way out, and for each SIGTERM on the way there, in a greenlet of the signal's own.

        That one would end the process in the middle of the drain: it is held here, and the main one goes the way.
        """
        if self.running:
            self._interrupt()
            if gevent.getcurrent() is not self._main:
                Event().wait()
            self._finished.wait()
        self._embedded.stop()
        if self.options.csv_prefix:
            quirks.write_last_csv()
        environment.process_exit_code = self._exit_code(environment)

    def _exit_code(self, environment: Environment) -> int | None:
        if environment.web_ui is not None:
            return self._departure.exit_code_of_page(quits_by_itself=self.options.autoquit != -1)
        return self._departure.exit_code(has_run=self.outcome is not None, limit_s=self.options.run_time)

    def _result(self) -> Path | None:
        return self.outcome.path if self.outcome else None

    def _not_now(self) -> str | None:
        """Why no run can be started, if none can."""
        if self._experiment is not None and self._experiment.session.over:
            return web.STILL_ENDING
        if isinstance(self._runner, MasterRunner) and not self._runner.worker_count:
            return web.NO_WORKERS
        return None

    def _url(self, config: Config) -> str:
        """Where to post; starts the embedded server when that is what is asked for."""
        base_url = self._embedded.base_url(config)
        if base_url != config.api.base_url:
            # Locust hands it to the user classes, and shows it.
            self._environment.host = base_url
        elif self._environment.host:
            self._environment.host = self._command_line.shown(self._environment.host)
        return config.api.url(base_url)

    def _end(self) -> None:
        """The planned end. Never in the caller's greenlet: it may be a user's, which the end would wait for."""
        gevent.spawn(self._quit if self.options.headless else self._stop)

    def _quit(self) -> None:
        self._runner.quit()

    def _stop(self) -> None:
        """Locust's --autoquit follows its -t only; a run that is done is the same to whoever asked for it."""
        self._runner.stop()
        if self.options.autoquit != -1 and self._environment.web_ui is not None:
            gevent.sleep(self.options.autoquit)
            self._runner.quit()
            self._environment.web_ui.stop()

    def _interrupt(self) -> None:
        """A signal drains; one that comes while a run is ending cuts off what is in flight."""
        self._departure.interrupted = True
        if self._experiment is None:
            return
        if self._experiment.session.over:
            self._workforce.cut()
        self._experiment.session.interrupt()

    def _on_ctrl_c(self) -> None:
        if self.running:
            self._interrupt()
        elif self._environment.web_ui is not None:
            self._environment.web_ui.stop()
        else:
            self._departure.interrupted = True
            self._give_up()

    def _on_refused(self, left: int) -> None:
        """A worker won't do. The others are waited for; when there are none, there is nobody to do the work."""
        expected = self.options.expect_workers = max(0, self.options.expect_workers - 1)
        if left:
            self.options.expect_workers = max(1, expected)
        elif self.running:
            self._departure.unstaffed = self.options.headless
            assert self._experiment is not None
            self._experiment.session.end("workers_lost", "every worker was refused")
        elif not expected and self.options.headless:
            self._departure.unstaffed = True
            logger.error("stt-load: no worker is left that could take part")
            self._give_up()

    def _on_message_error(self, kind: str, error: Exception) -> None:
        logger.exception("stt-load: the message %s could not be dealt with: %s", kind, error)
        self.listener_failed()

    def _give_up(self) -> None:
        """There is no run. A master that still waits for workers must be told to wait for none."""
        self.options.expect_workers = 0
        gevent.spawn(self._runner.quit)

"""The wiring into Locust's life: its options, its start and stop, its signals, its exit code."""

from __future__ import annotations

import functools
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from gevent.event import Event
from locust import User, events
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import Runner

from stt_load import quirks, users, web
from stt_load.commandline import CommandLine
from stt_load.config import Config, ConfigError, masked
from stt_load.display import Display
from stt_load.experiment import Crew, Experiment
from stt_load.report.exit_code import exit_code
from stt_load.report.run import Run
from stt_load.server.process import EmbeddedServer, StartError
from stt_load.transport.exchange import clock

logger = logging.getLogger(__name__)

BAD_INPUT = 2
INVALID = 4
INTERRUPTED = 5


def install(default_user: type[User] | None = None) -> None:
    """Makes Locust run the load test; to be called by the locustfile.

    default_user: the class that is spawned when none is named on the command line. None: every class found.
    """
    suite = Suite(default_user.__name__ if default_user else None)
    events.init_command_line_parser.add_listener(suite.on_parser)
    events.init.add_listener(suite.on_init)
    events.test_start.add_listener(suite.on_start)
    events.spawning_complete.add_listener(suite.on_spawned)
    events.test_stopping.add_listener(suite.on_stopping)
    events.test_stop.add_listener(suite.on_stop)
    events.quitting.add_listener(suite.on_quitting)


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
    """Listens to one Locust process. Each start of the test is an `Experiment` of its own."""

    def __init__(self, default_user: str | None) -> None:
        self._command_line = CommandLine(default_user)
        self._environment: Environment | None = None
        self._experiment: Experiment | None = None
        self._server: EmbeddedServer | None = None
        self._started_s = 0.0
        self._finished = Event()
        self._interrupted = False
        self._failed = False
        self._code = 0
        self._main = gevent.getcurrent()
        self.outcome: Run | None = None

    @property
    def environment(self) -> Environment:
        assert self._environment is not None, "Locust fires init before anything else that is listened to"
        return self._environment

    @property
    def runner(self) -> Runner:
        assert self.environment.runner is not None
        return self.environment.runner

    @property
    def options(self) -> Any:
        """Locust's parsed options, ours among them."""
        return self.environment.parsed_options

    @property
    def running(self) -> bool:
        return self._experiment is not None

    def listener_failed(self) -> None:
        self._failed = True
        if self._experiment is not None:
            self._experiment.listener_errors += 1

    def on_parser(self, parser: Any, **_: Any) -> None:
        """Bad input ends here, before anything is sent or bound: exit code 2."""
        try:
            self._command_line.extend(parser)
        except Exception as error:
            # Locust would log it and go on without the configuration.
            sys.stderr.write(f"stt-load: {type(error).__name__}: {error}\n")
            sys.exit(2)

    def on_init(self, environment: Environment, web_ui: Any = None, **_: Any) -> None:
        self._environment = environment
        # Locust shows it on its page and in its report. The configuration still has all of it.
        environment.host = environment.host and self._command_line.shown(environment.host)
        quirks.settle(locust_stats=self.options.locust_stats)
        gevent.signal_handler(signal.SIGINT, self._on_ctrl_c)
        if web_ui is not None:
            web.extend(web_ui, self._command_line, self._result, self._ending)

    def on_start(self, environment: Environment, **_: Any) -> None:
        """A run that can't start is called off before any user is spawned."""
        self._started_s = clock()
        try:
            self._start(environment)
        except (ConfigError, StartError, OSError) as error:
            self._code = BAD_INPUT
            raise StopTest(str(error)) from None
        except Exception as error:
            logger.exception("stt-load: the run could not be started: %s", error)
            self._failed = True
            raise StopTest(f"stt-load: {type(error).__name__}: {error}") from None

    def _start(self, environment: Environment) -> None:
        options = self.options
        config = self._command_line.config_of(vars(options), environment.host)
        url = self._url(config)
        crew = Crew(
            users=lambda: self.runner.user_count,
            wanted=lambda: self.runner.target_user_count,
            reset_statistics=environment.stats.reset_all,
            end=self._end,
        )
        wanted = self.runner.target_user_count
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
            all_at_once=options.spawn_rate is None or options.spawn_rate >= wanted,
            user_class=", ".join(user.__name__ for user in environment.user_classes),
            crew=crew,
            display=Display(config.report.language, shown, report=report, aside=sys.stderr),
        )
        users.enter(environment, self._experiment.stage)
        self._experiment.start()

    @guarded
    def on_spawned(self, user_count: int, **_: Any) -> None:
        if self._experiment is not None:
            phases = self._experiment.session.phases
            self._experiment.session.await_users(min(phases.awaited, user_count))

    @guarded
    def on_stopping(self, **_: Any) -> None:
        """Fires on every way to the end, before users are stopped: nothing new starts from here on."""
        if self._experiment is not None:
            # Locust doesn't say who ends a run; its -t counts from the start that this suite was told of.
            limit_s = self.options.run_time
            timed_out = limit_s is not None and clock() - self._started_s >= limit_s - 0.5
            self._experiment.session.stopped("time_limit" if timed_out else "stopped")

    @guarded
    def on_stop(self, **_: Any) -> None:
        """All users are gone, every sample is in."""
        experiment = self._experiment
        if experiment is None:
            return
        try:
            self.outcome = experiment.finish()
        finally:
            self._experiment = None
            self._finished.set()
        self._code = exit_code(self.outcome, failures_code=self.options.exit_code_on_error)
        if self._interrupted and self.environment.web_ui is not None:
            self.environment.web_ui.stop()

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
        if self._server is not None:
            self._server.stop()
        if self.options.csv_prefix:
            quirks.write_last_csv()
        environment.process_exit_code = self._exit_code(environment)

    def _exit_code(self, environment: Environment) -> int | None:
        """None where Locust knows better: a web UI that could not start."""
        if self._failed:
            return INVALID
        if environment.web_ui is None:
            # Without an outcome, a signal came while everything was being made ready.
            return self._code if self._code or self.outcome else INTERRUPTED
        if not self._started_s:
            return None
        return self._code if self._interrupted or self.options.autoquit != -1 else 0

    def _result(self) -> Path | None:
        return self.outcome.path if self.outcome else None

    def _ending(self) -> bool:
        return self._experiment is not None and self._experiment.session.over

    def _url(self, config: Config) -> str:
        """Where to post; starts the embedded server when that is what is asked for."""
        base_url = config.api.base_url
        known = self._server is not None and base_url == self._server.url
        if base_url == "embedded" or known:
            if self._server is None or not self._server.running:
                self._server = EmbeddedServer.start(config.embedded)
            base_url = self._server.url
            # Locust hands it to the user classes, and shows it.
            self.environment.host = base_url
        elif self.environment.host:
            self.environment.host = self._command_line.shown(self.environment.host)
        return config.api.url(base_url)

    def _end(self) -> None:
        """The planned end. Never in the caller's greenlet: it may be a user's, which the end would wait for."""
        gevent.spawn(self._quit if self.options.headless else self._stop)

    def _quit(self) -> None:
        self.runner.quit()

    def _stop(self) -> None:
        """Locust's --autoquit follows its -t only; a run that is done is the same to whoever asked for it."""
        self.runner.stop()
        if self.options.autoquit != -1 and self.environment.web_ui is not None:
            gevent.sleep(self.options.autoquit)
            self.runner.quit()
            self.environment.web_ui.stop()

    def _interrupt(self) -> None:
        """A signal drains; one that comes while a run is ending cuts off what is in flight."""
        self._interrupted = True
        if self._experiment is None:
            return
        if self._experiment.session.over:
            self.runner.user_greenlets.kill(block=False)
        self._experiment.session.interrupt()

    def _on_ctrl_c(self) -> None:
        if self.running:
            self._interrupt()
        elif self.environment.web_ui is not None:
            self.environment.web_ui.stop()
        else:
            gevent.spawn(self.runner.quit)

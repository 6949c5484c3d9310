"""From what Locust was told, on its command line or in its start form, to a run."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from locust.env import Environment

from stt_load.config import Config, masked
from stt_load.config.section import EMBEDDED
from stt_load.locust_plugin import quirks
from stt_load.locust_plugin.command_line import CommandLine
from stt_load.locust_plugin.display import Display
from stt_load.locust_plugin.embedded import Embedded
from stt_load.locust_plugin.executors import Executors
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.user_counts import UserCounts
from stt_load.report.exit_code import exit_code
from stt_load.run.context import Order, shown_name
from stt_load.run.progress import ProcessState
from stt_load.run.run import LocustControls, Run
from stt_load.storage.run_record import RunRecord

logger = logging.getLogger(__name__)


class Launcher:
    """Knows the configuration, where the service is, and how a run is made of both."""

    def __init__(self, environment: Environment, command_line: CommandLine, reports: Reports) -> None:
        self._environment = environment
        self._command_line = command_line
        self._reports = reports
        self._embedded = Embedded()
        self._screen: Display | None = None

    def config(self) -> Config:
        """What holds now. Raises `ConfigError`."""
        return self._command_line.config_of(vars(self._environment.parsed_options), self._environment.host)

    def prepare(self) -> None:
        """What takes long is done before anybody waits for it."""
        self._embedded.prepare(self.config())

    def run(
        self, executors: Executors, *, stop_users: Callable[[], None], process_state: Callable[[], ProcessState]
    ) -> Run:
        """A run of what is asked for now, by the users of `executors`. Raises ConfigError, StartError and OSError.

        stop_users: tells Locust that the run is done. process_state: what the screen shows that the run itself
        doesn't know.
        """
        environment, runner = self._environment, self._environment.runner
        assert runner is not None
        config = self.config()
        order = Order(config, masked(config), self._url(config), self._command_line.file)
        self._reports.name = shown_name(order.target())
        wanted, spawn_rate = runner.target_user_count, self._options.spawn_rate
        ours = UserCounts(runner).planned(wanted)
        all_at_once = spawn_rate is None or spawn_rate >= wanted
        controls = LocustControls(
            wanted=lambda: runner.target_user_count,
            reset_statistics=lambda: self._reports.begin_anew(environment.stats),
            stop_users=stop_users,
        )
        self._screen = self._display(order, process_state)
        return Run(
            order,
            executors.executor(config, ours if all_at_once else 0),
            executors,
            controls,
            self._screen,
            users=ours,
            user_class=", ".join(user.__name__ for user in environment.user_classes),
        )

    @property
    def _options(self) -> Any:
        return self._environment.parsed_options

    def _display(self, order: Order, process_state: Callable[[], ProcessState]) -> Display:
        return Display(
            order.config.report.language,
            order.shown,
            report=sys.stderr if self._options.json else sys.stdout,  # Locust's --json has the other to itself
            aside=sys.stderr,
            time_limit_s=self._options.run_time,
            process_state=process_state,
        )

    def leave_to_locust(self) -> None:
        """A run begins in which nobody sends audio: there is nothing of it to make, and nothing to keep apart."""
        names = ", ".join(user.__name__ for user in self._environment.user_classes)
        logger.warning("stt-load: %s sends no audio: this run is Locust's alone, and has no result of ours", names)
        self._reports.name = ""
        if self._environment.host == EMBEDDED:
            self._environment.host = None
        quirks.print_stats(wanted=True)

    def others_failed(self) -> int:
        """Requests of other users that have failed since the warm-up."""
        assert self._environment.runner is not None
        errors = self._environment.runner.errors.values()
        return sum(error.occurrences for error in errors if error.name != self._reports.name)

    def exit_code(self, record: RunRecord, others_failed: int) -> int:
        """What a run ends with. A request of other users that has failed is a failure, as in any Locust test."""
        failures_code: int = self._options.exit_code_on_error
        code = exit_code(record, failures_code=failures_code)
        if code or not failures_code or not others_failed:
            return code
        assert self._screen is not None
        self._screen.others_failed(others_failed, failures_code)
        return failures_code

    def close(self) -> None:
        """The process ends."""
        self._embedded.stop()

    def _url(self, config: Config) -> str:
        """Where to post; starts the embedded server when that is what is asked for."""
        environment = self._environment
        base_url = self._embedded.base_url(config)
        if base_url != config.api.base_url:
            # Locust hands it to the user classes, and shows it.
            environment.host = base_url
        elif environment.host:
            environment.host = self._command_line.shown(environment.host)
        return config.api.url(base_url)

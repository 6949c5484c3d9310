"""From what Locust was told, on its command line or in its start form, to a run."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from locust.env import Environment

from stt_load.config import Config, ConfigError, masked
from stt_load.config.faults import Fault
from stt_load.config.gate_rules import gate_file
from stt_load.config.section import EMBEDDED
from stt_load.locust_plugin import asked_users, quirks
from stt_load.locust_plugin.command_line import CommandLine
from stt_load.locust_plugin.display import Display, OneOfSeries
from stt_load.locust_plugin.embedded import Embedded
from stt_load.locust_plugin.executors import Executors
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.locust_plugin.series import Series
from stt_load.locust_plugin.user_counts import UserCounts
from stt_load.report.exit_code import exit_code
from stt_load.run.asked_load import levels_asked
from stt_load.run.context import shown_name
from stt_load.run.order import Order
from stt_load.run.progress import ProcessState
from stt_load.run.run import LocustControls, Run
from stt_load.samples.gate import RunGate
from stt_load.samples.levels import Levels
from stt_load.slo.parse import parse
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

if TYPE_CHECKING:
    from stt_load.locust_plugin.level_runs import LevelRuns

SHAPE = "{repeat}: Locust carries a LoadTestShape out once in a process; say repeat: 1, or leave the shape out"

logger = logging.getLogger(__name__)


class Launcher:
    """Knows the configuration, where the service is, and how a run is made of both."""

    def __init__(self, environment: Environment, command_line: CommandLine, reports: Reports) -> None:
        self._environment = environment
        self._command_line = command_line
        self._reports = reports
        self._embedded = Embedded()
        self._screen: Display | None = None
        self.levels: LevelRuns | None = None

    def config(self) -> Config:
        """What holds now. Raises `ConfigError`."""
        return self._command_line.config_of(vars(self._environment.parsed_options), self._environment.host)

    def prepare(self) -> None:
        """What takes long is done before anybody waits for it."""
        config = self.config()
        if config.repeat > 1:
            logger.warning("stt-load: repeat: %d is for --headless: here each start is one run", config.repeat)
        self._embedded.prepare(config)

    def run(
        self,
        executors: Executors,
        series: Series,
        *,
        stop_users: Callable[[], None],
        process_state: Callable[[], ProcessState],
    ) -> Run:
        """A run of what is asked for now, by the users of `executors`: the next one of `series`. Raises ConfigError,
        StartError and OSError.

        stop_users: tells Locust that the run is done. process_state: what the screen shows that the run itself
        doesn't know.
        """
        runner = self._environment.runner
        assert runner is not None
        config = self.config()
        asked_users.check(config, runner)
        gate = _gate_of(config)
        self._begin(series, config)
        self.levels = None
        order = Order(
            config,
            masked(config),
            self._url(config),
            self._command_line.file,
            series.number,
            series.save_path,
            gate=gate,
        )
        self._reports.name = shown_name(order.target())
        asked = levels_asked(config.model_dump())
        self._screen = self._display(order, series, process_state, levels=asked is not None)
        make = partial(self._made, executors, stop_users, self._screen)
        if asked is None:
            return make(order)
        self.levels = self._levels_of(order, asked, make)
        return self.levels.first()

    def _levels_of(self, order: Order, asked: Levels, make: Callable[[Order], Run]) -> LevelRuns:
        """Imported when there are levels: a plain start does without."""
        from stt_load.locust_plugin.level_runs import LevelRuns
        from stt_load.locust_plugin.levels_display import LevelsDisplay
        from stt_load.run.levels import LevelsRun
        from stt_load.search.asked import strategy_of

        assert isinstance(self._screen, LevelsDisplay)
        assert self._environment.runner is not None
        levels = LevelsRun(order, asked, strategy_of(asked, tuple(map(parse, order.config.slo))))
        return LevelRuns(levels, make, self._screen, self._environment.runner)

    def _made(self, executors: Executors, stop_users: Callable[[], None], screen: Display, order: Order) -> Run:
        environment, runner, config = self._environment, self._environment.runner, order.config
        assert runner is not None
        wanted, spawn_rate = runner.target_user_count, self._options.spawn_rate
        ours = UserCounts(runner).planned(wanted)
        all_at_once = spawn_rate is None or spawn_rate >= wanted or asked_users.fixed(config) is not None
        reset = partial(self._reports.begin_anew, environment.stats)
        controls = LocustControls(
            wanted=lambda: runner.target_user_count,
            reset_statistics=(lambda: None) if order.level else reset,  # all levels together are one test of Locust's
            stop_users=stop_users,
        )
        user_class = ", ".join(user.__name__ for user in environment.user_classes)
        _check_gate(order, ours, user_class)
        return Run(
            order,
            executors.executor(config, ours if all_at_once else 0, level=order.level is not None),
            executors,
            controls,
            screen,
            users=ours,
            user_class=user_class,
        )

    @property
    def _options(self) -> Any:
        return self._environment.parsed_options

    @property
    def stream(self) -> TextIO:
        """Where reports go: Locust's --json has the other to itself."""
        return sys.stderr if self._options.json else sys.stdout

    def _begin(self, series: Series, config: Config) -> None:
        """Locust carries a LoadTestShape out once. With its page each START is one run."""
        if config.repeat > 1 and self._options.headless and self._environment.shape_class is not None:
            raise ConfigError([Fault("config", SHAPE.format(repeat=config.repeat), "repeat")])
        series.begin(config, repeats=self._options.headless)

    def _display(
        self, order: Order, series: Series, process_state: Callable[[], ProcessState], *, levels: bool
    ) -> Display:
        kind: Callable[..., Display]
        if levels:
            from stt_load.locust_plugin.levels_display import LevelsDisplay
            from stt_load.locust_plugin.levels_of_series import LevelsOfSeries

            kind = LevelsDisplay if series.is_one else partial(LevelsOfSeries, series.number, series.planned)
        else:
            kind = Display if series.is_one else partial(OneOfSeries, series.number, series.planned)
        return kind(
            order.config.report.language,
            order.shown,
            report=self.stream,
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

    def exit_code(self, record: RunRecord | LevelsRecord, others_failed: int, *, gated: bool = True) -> int:
        """What a run ends with. A request of other users that has failed is a failure, as in any Locust test. gated:
        as of `exit_code`."""
        failures_code: int = self._options.exit_code_on_error
        code = exit_code(record, failures_code=failures_code, gated=gated)
        if code or not failures_code or not others_failed:
            return code
        assert self._screen is not None
        if gated:
            self._screen.others_failed(others_failed, failures_code)
        return failures_code

    def tell_ci(self, record: RunRecord | LevelsRecord) -> bool:
        """Whether all that a CI system is to read of a run could be written."""
        assert self._screen is not None
        return self._screen.tell_ci(record, failures_fail=bool(self._options.exit_code_on_error))

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


def _gate_of(config: Config) -> RunGate | None:
    """The gate that the run is to be held against, if any. Raises `ConfigError` where it can't be read."""
    if gate_file(config) is None:
        return None
    from stt_load.locust_plugin import gate_check  # not before it is asked for: each start waits for what is imported

    return gate_check.gate_of(config)


def _check_gate(order: Order, users: int, user_class: str) -> None:
    """Raises `ConfigError` unless the run is of the kind that its gate was learnt from, if it has one."""
    if order.gate is not None:
        from stt_load.locust_plugin import gate_check

        gate_check.check(order, users, user_class)

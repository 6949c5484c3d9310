"""One start of the load test with all that goes with it: session, team, spool, screen, result."""

from __future__ import annotations

import logging
import os
import platform
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

import gevent

from stt_load import __version__
from stt_load.config import Config, mask_url, secrets
from stt_load.display import Display
from stt_load.readiness import wait_ready
from stt_load.record import Spool
from stt_load.report import result_file
from stt_load.report.rows import as_saved
from stt_load.report.run import Run
from stt_load.runinfo import RunInfo
from stt_load.session import Session
from stt_load.spooling import Spooling
from stt_load.stage import base_path, place_of
from stt_load.stats.model import Generator
from stt_load.stats.summary import warmup
from stt_load.team import Order, Team
from stt_load.wire.speech import hide

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crew:
    """What an experiment asks of Locust: how many users are wanted, a clean slate, and the end."""

    wanted: Callable[[], int]
    reset_statistics: Callable[[], None]
    end: Callable[[], None]


class Experiment:
    """A run of `config` against `url`, by `users` users of class `user_class` in `team`.

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
        team: Team,
        crew: Crew,
        display: Display,
    ) -> None:
        self.config = config
        self._shown = shown
        self.team = team
        self.crew = crew
        self.display = display
        self.listener_errors = 0
        self._url = url
        self._users = users
        self.session = Session(
            team.budget,
            measure_for_s=config.measure_for,
            continue_on_dead_warmup=config.continue_on_dead_warmup,
            most_failures=config.max_consecutive_failures,
            on_barrier=self._on_barrier,
            on_over=self._on_over,
            on_news=team.spread_news,
        )
        self.info = RunInfo(
            version=__version__,
            versions=_versions(),
            host=_host(),
            seed=config.seed if config.seed is not None else random.SystemRandom().getrandbits(64),
            seed_given=config.seed is not None,
            config_file=config_file,
            target=mask_url(url),
            user_class=user_class,
            users=users,
            workers=tuple(team.names),
            started_at=_now(),
        )
        self.path = result_file.reserve(config.save_path, datetime.now())
        self._spool = Spool(self.path, self.info, shown)
        self._spooling = Spooling(
            self._spool, self.session.table, lambda: team.names, team.settle, self._tell_spool, self._on_spool_error
        )
        self._greenlets: list[gevent.Greenlet[..., None]] = []
        team.begin(self.session, Order(config, shown, url, self.info, self.path))

    def start(self) -> None:
        """Says what is going to happen and lets the users go once the service is there."""
        self.info = replace(self.info, workers=tuple(self.team.names))
        self.display.started(self.info)
        self._greenlets = [
            gevent.spawn(self._get_ready),
            gevent.spawn(self._spooling.run),
            gevent.spawn(self._follow_users),
            gevent.spawn(self.display.follow, self.session),
        ]

    def finish(self) -> Run:
        """The end: no user runs any more. Writes the result, shows the report."""
        self.team.rest()
        gevent.killall(self._greenlets)
        for sample in self.team.remains():
            self.session.table.append(sample)
        self.team.settle()
        self._spooling.catch_up()
        samples = self.session.table.snapshot()
        if self.session.barrier_s is not None:
            samples = samples.since(self.session.barrier_s - self.session.origin_s)
        run = self._saved(Run(self._concluded(), self._shown, as_saved(samples), None))
        self.team.dismiss(saved=run.path is not None)
        self.display.finished(run)
        return run

    def _concluded(self) -> RunInfo:
        session, ending = self.session, self.session.ending
        assert ending is not None, "a session is ended before its experiment is finished"
        return replace(
            self.info,
            ended_at=_now(),
            users=session.users_at_barrier or self._users,
            workers=tuple(self.team.names),
            leased_again=self.team.leased_again,
            clocks=self.team.clocks,
            barrier_s=session.barrier_s,
            complete=ending.reason == "finished",
            end_reason=ending.reason,
            detail=ending.detail,
            first_transcript=session.first_transcript,
            generator=self._generator(),
        )

    def _saved(self, run: Run) -> Run:
        """`run`, in its file. One that can't be written leaves its rows in the spool, says so, and is INVALID."""
        try:
            result_file.write(self.path, run)
        except OSError as error:
            self._spool.close()
            self.display.not_saved(self.path, self._spool.path, error)
            self.listener_errors += 1
            return replace(run, info=replace(run.info, generator=self._generator()))
        self._spool.remove()
        return replace(run, path=self.path)

    def _generator(self) -> Generator:
        return self.team.generator(self.listener_errors)

    def _on_barrier(self) -> None:
        """Whatever goes wrong here goes wrong in a user: it is counted, and the run goes on."""
        try:
            self._measure()
        except Exception as error:
            self.listener_errors += 1
            logger.exception("stt-load: the barrier opened with an error: %s", error)

    def _measure(self) -> None:
        self.crew.reset_statistics()
        self.display.measuring(warmup(self.session.table.snapshot()), self.session.first_transcript)
        self.team.measure()

    def _on_over(self) -> None:
        """What Locust does on its way to the end takes time, which spoils nothing when every answer is in."""
        if not self.session.phases.in_flight:
            self.team.rest()
        self.crew.end()

    def _get_ready(self) -> None:
        if self.config.wait_ready and self.config.api.call is None:
            target = place_of(self.config, self._url)
            trouble = wait_ready(target, self._health_path(), self.config.wait_ready)
            if trouble is not None:
                self.session.end("not_ready", hide(trouble, secrets(self.config, os.environ)))
                return
        self.display.warming_up()
        self.session.release()

    def _health_path(self) -> str | None:
        """Where the service is asked how it is: beside the endpoint, below the same base."""
        api = self.config.api
        return api.health and base_path(api, self._url) + api.health

    def _follow_users(self) -> None:
        """The barrier stops waiting for everyone once the number of users is changed on the way."""
        while self.session.barrier_s is None:
            if self.crew.wanted() != self._users:
                self.session.await_users(0)
            gevent.sleep(0.1)

    def _tell_spool(self, spool: Spool) -> None:
        """What a report needs besides the rows, should this process not live to write it."""
        session = self.session
        if session.barrier_s is not None:
            spool.barrier(session.barrier_s - session.origin_s, session.barrier_s)
        if session.first_transcript is not None:
            spool.first_transcript(session.first_transcript)
        spool.generator(self._generator())

    def _on_spool_error(self) -> None:
        self.listener_errors += 1


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def _versions() -> dict[str, str]:
    packages = ("locust", "gevent", "geventhttpclient", "urllib3", "numpy")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def _host() -> dict[str, str]:
    return {"name": socket.gethostname(), "platform": platform.platform(), "cpus": str(os.cpu_count())}

"""One start of the load test with all that goes with it: session, monitor, spool, screen, result."""

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
from urllib.parse import urlsplit

import gevent

from stt_load import __version__
from stt_load.audio import wav
from stt_load.audio.noise import NoiseSource
from stt_load.config import Config, mask_url, secrets
from stt_load.display import Display
from stt_load.monitor import Monitor
from stt_load.readiness import wait_ready
from stt_load.record import Spool
from stt_load.report import result_file
from stt_load.report.rows import as_saved
from stt_load.report.run import Run
from stt_load.runinfo import RunInfo
from stt_load.schedule.phases import Phases
from stt_load.session import Session
from stt_load.stats.model import Generator
from stt_load.stats.summary import warmup
from stt_load.transport import Target, Timeouts
from stt_load.users import Stage
from stt_load.wire import openai
from stt_load.wire.form import Form
from stt_load.wire.speech import Speech

logger = logging.getLogger(__name__)

SPOOL_PERIOD_S = 1.0
SPOOL_SLICE = 100


@dataclass(frozen=True, slots=True)
class Crew:
    """What an experiment asks of Locust: how many users run and are wanted, a clean slate, and the end."""

    users: Callable[[], int]
    wanted: Callable[[], int]
    reset_statistics: Callable[[], None]
    end: Callable[[], None]


class Experiment:
    """A run of `config` against `url`, by `users` users of class `user_class`.

    shown: the configuration as it may be seen, secrets masked. all_at_once: no ramp was asked for, so the barrier
    waits until all users are there.
    """

    def __init__(
        self,
        config: Config,
        shown: dict[str, Any],
        *,
        config_file: str | None,
        url: str,
        users: int,
        all_at_once: bool,
        user_class: str,
        crew: Crew,
        display: Display,
    ) -> None:
        self.config = config
        self._shown = shown
        self.crew = crew
        self.display = display
        self.listener_errors = 0
        self._url = url
        self._users = users
        self._all_at_once = all_at_once
        seed = config.seed if config.seed is not None else random.SystemRandom().getrandbits(64)
        self.session = Session(
            Phases(config.total_requests, config.warmup_requests, users if all_at_once else 0),
            measure_for_s=config.measure_for,
            continue_on_dead_warmup=config.continue_on_dead_warmup,
            on_barrier=self._on_barrier,
            on_over=self._on_over,
        )
        self.stage = _stage(config, url, seed, self.session, crew.users)
        self.monitor = Monitor(lambda: self.session.phases.in_flight, crew.users)
        self.info = RunInfo(
            version=__version__,
            versions=_versions(),
            host=_host(),
            seed=seed,
            seed_given=config.seed is not None,
            config_file=config_file,
            target=mask_url(url),
            user_class=user_class,
            users=users,
            workers=("local",),
            started_at=_now(),
        )
        self.path = result_file.reserve(config.save_path, datetime.now())
        self._spool = Spool(self.path, self.info, shown)
        self._spooled = 0
        self._spools = True
        self._greenlets: list[gevent.Greenlet[..., None]] = []

    def start(self) -> None:
        """Says what is going to happen and lets the users go once the service is there."""
        self.display.started(self.info)
        self._greenlets = [
            gevent.spawn(self._get_ready),
            gevent.spawn(self._keep_spool),
            gevent.spawn(self._follow_users),
            gevent.spawn(self.display.follow, self.session),
        ]

    def finish(self) -> Run:
        """The end: no user runs any more. Writes the result, shows the report."""
        self.monitor.stop()
        gevent.killall(self._greenlets)
        self._write_spool()
        samples = self.session.table.snapshot()
        if self.session.barrier_s is not None:
            samples = samples.since(self.session.barrier_s - self.session.origin_s)
        run = self._saved(Run(self._concluded(), self._shown, as_saved(samples), None))
        self.display.finished(run)
        return run

    def _concluded(self) -> RunInfo:
        session, ending = self.session, self.session.ending
        assert ending is not None, "a session is ended before its experiment is finished"
        return replace(
            self.info,
            ended_at=_now(),
            users=session.users_at_barrier or self._users,
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
        if self.session.barrier_s is None:
            return Generator(listener_errors=self.listener_errors)
        return self.monitor.generator(self.listener_errors)

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
        self.monitor.start()

    def _on_over(self) -> None:
        """What Locust does on its way to the end takes time, which spoils nothing when every answer is in."""
        if not self.session.phases.in_flight:
            self.monitor.stop()
        self.crew.end()

    def _get_ready(self) -> None:
        if self.config.wait_ready:
            trouble = wait_ready(self.stage.target, self._health_path(), self.config.wait_ready)
            if trouble is not None:
                self.session.end("not_ready", self.stage.speech.hide(trouble))
                return
        self.display.warming_up()
        self.session.release()

    def _health_path(self) -> str | None:
        """Where the service is asked how it is: beside the endpoint, below the same base."""
        api = self.config.api
        return api.health and urlsplit(self._url.removesuffix(api.endpoint)).path + api.health

    def _follow_users(self) -> None:
        """The barrier stops waiting for everyone once the number of users is changed on the way."""
        while self.session.barrier_s is None:
            if self.crew.wanted() != self._users:
                self.session.await_users(0)
            gevent.sleep(0.1)

    def _keep_spool(self) -> None:
        while True:
            gevent.sleep(SPOOL_PERIOD_S)
            self._write_spool(pause=gevent.idle)

    def _write_spool(self, pause: Callable[[], None] = lambda: None) -> None:
        """What is new goes to the disk. When that takes no more, it is told once, and the run goes on without."""
        try:
            if self._spools:
                self._append_to_spool(pause)
        except OSError as error:
            self._spools = False
            self.listener_errors += 1
            logger.error("%s can't be written any more: %s", self._spool.path, error.strerror or error)

    def _append_to_spool(self, pause: Callable[[], None]) -> None:
        """New rows, a few at a time, so that no answer waits long for this process to read it."""
        session = self.session
        if session.barrier_s is not None:
            self._spool.barrier(session.barrier_s - session.origin_s, session.barrier_s)
        if session.first_transcript is not None:
            self._spool.first_transcript(session.first_transcript)
        while len(part := session.table.snapshot(self._spooled, SPOOL_SLICE)):
            self._spool.write(part)
            self._spooled += len(part)
            pause()
        self._spool.generator(self._generator())
        self._spool.flush()


def _stage(config: Config, url: str, seed: int, session: Session, users: Callable[[], int]) -> Stage:
    api = config.api
    form = Form(
        openai.fields(api.model, api.response_format, api.language, api.prompt, api.temperature, api.extra_fields)
    )
    key = os.environ[api.api_key_env] if api.api_key_env else None
    headers = {
        "User-Agent": f"stt-load/{__version__}",
        "Accept": "*/*",
        # An answer is a few hundred bytes: compressing it would only add to what is timed.
        "Accept-Encoding": "identity",
        "Content-Type": form.content_type,
    }
    if key:
        headers["Authorization"] = f"Bearer {key}"
    timeout = api.timeout
    target = Target(
        url=url,
        headers=headers,
        timeouts=Timeouts(timeout.connect, timeout.first_byte, timeout.read, timeout.total),
        max_answer_bytes=api.max_answer_bytes,
    )
    return Stage(
        session=session,
        users=users,
        audio=NoiseSource(seed, wav.frames_of(config.audio_duration, config.sample_rate), config.sample_rate),
        speech=Speech(
            form, lambda answer: openai.read_text(answer, api.response_format), secrets(config, os.environ)
        ),
        target=target,
        name=mask_url(target.path),
        url=mask_url(url),
        request_delay_s=config.request_delay,
    )


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def _versions() -> dict[str, str]:
    packages = ("locust", "gevent", "geventhttpclient", "urllib3", "numpy")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def _host() -> dict[str, str]:
    return {"name": socket.gethostname(), "platform": platform.platform(), "cpus": str(os.cpu_count())}

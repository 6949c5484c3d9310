"""What is between Locust and the suite: what Locust is told to do, and what it must not hear of."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

import gevent
from locust.env import Environment
from locust.exception import StopTest
from locust.runners import STATE_SPAWNING, MasterRunner

from stt_load.clock import clock
from stt_load.locust_plugin import user_code

WORKERS_BACK_S = 30.0
"""So long workers are waited for between two runs: each stops its users by itself. A run begins with who is there."""
LOOK_S = 0.05

logger = logging.getLogger(__name__)


class Fallible(Protocol):
    """Takes note of what fails."""

    def failed(self, what: str, error: Exception) -> None: ...


def guarded(listener: Callable[..., None]) -> Callable[..., None]:
    """An exception in a listener of ours would be swallowed by Locust and end as exit code 2, "bad configuration".

    So it is one line in the log, counted, and makes the run INVALID.
    """

    @functools.wraps(listener)
    def safe(listening: Fallible, **kwargs: Any) -> None:
        try:
            listener(listening, **kwargs)
        except Exception as error:
            listening.failed(listener.__name__, error)

    return safe


class Controls:
    """Locust's runner and its page, in the hand of the suite. on_error: an exception in a greenlet of this.

    called_off: why the last start came to nothing, where it did.
    """

    def __init__(self, environment: Environment, on_error: Callable[[str, Exception], None]) -> None:
        assert environment.runner is not None
        self._environment = environment
        self._runner = environment.runner
        self._on_error = on_error
        self._state = self._runner.state
        self._goes_on = False
        self.called_off: str | None = None
        # Its reason Locust logs, and nobody needs to know where it was raised.
        gevent.get_hub().NOT_ERROR += (StopTest,)
        user_code.end_from_anywhere(self._runner, ended=self._ended)

    def spawn(self, work: Callable[[], None]) -> None:
        """Does `work` in a greenlet of its own, where an exception would be nobody's."""
        gevent.spawn(self.attempt, work)

    def attempt(self, work: Callable[[], None]) -> None:
        """Does `work`; an exception is told, and the caller goes on."""
        try:
            work()
        except Exception as error:
            self._on_error(work.__name__, error)

    def start(self) -> None:
        """A run is being made ready: Locust's page would take that for none, and show the form again."""
        self._state, self.called_off = self._runner.state, None
        self._runner.update_state(STATE_SPAWNING)

    def through(self, work: Callable[[], None]) -> bool:
        """Does `work` to its end, in a greenlet of its own. Returns whether a later step of a LoadTestShape asked for
        this one to die meanwhile, as a step does of the one before, but on a master: it has to, then, once this has
        returned.

        Raises what `work` raises, and GreenletExit where the run is stopped: `work` has been stopped then.
        """
        worker = gevent.spawn(_outcome, work)
        superseded = False
        while True:
            try:
                error = worker.get()
            except gevent.GreenletExit:
                if isinstance(self._runner, MasterRunner) or self._runner.state != STATE_SPAWNING:
                    worker.kill()
                    raise
                superseded = True
            else:
                if error is not None:
                    raise error
                return superseded

    def call_off(self, reason: str) -> NoReturn:
        """No run after all. Locust has a way to end a start, which its master doesn't know."""
        self.called_off = reason
        if not isinstance(self._runner, MasterRunner):
            raise StopTest(reason)
        logger.error(reason)
        self.withdraw()
        if self._options.headless:
            self.spawn(self.quit)
        raise gevent.GreenletExit

    def withdraw(self) -> None:
        """A start is given up. A master's workers know nothing of it: asked to stop, they would take 30 s."""
        if isinstance(self._runner, MasterRunner):
            self._runner.update_state(self._state)

    def end(self) -> None:
        """A run is done: Locust's users are stopped, and the process ends where nobody may start another one.

        Locust's --autoquit follows its -t only; a run that is done is the same to whoever asked for it.
        """
        if self._options.headless:
            self.quit()
            return
        self._runner.stop()
        if self._options.autoquit != -1:
            gevent.sleep(self._options.autoquit)
            self.quit()
            self.close_page()

    def again(self, goes_on: Callable[[], bool]) -> bool:
        """A run is done, and another one follows in the same process, if it still `goes_on` when the first has ended,
        and there is a worker for it. Returns whether it has been begun. Workers come back one by one."""
        here = self._runner.worker_count if isinstance(self._runner, MasterRunner) else 0
        self._goes_on = True
        try:
            self._runner.stop()
        finally:
            self._goes_on = False
        until_s = clock() + WORKERS_BACK_S
        while goes_on() and self._ready < here and clock() < until_s:
            gevent.sleep(LOOK_S)
        if not goes_on() or (isinstance(self._runner, MasterRunner) and not self._ready):
            return False
        self._runner.start(self._options.num_users, self._options.spawn_rate)
        return True

    @property
    def _ready(self) -> int:
        """Workers that could take part in a run."""
        return len(self._runner.clients.ready) if isinstance(self._runner, MasterRunner) else 0

    def _ended(self) -> None:
        """Whoever has stopped a run: where nobody can start another one, the process ends, too."""
        if self._options.headless and not self._goes_on:
            self.spawn(self.quit)

    def quit(self) -> None:
        """Whatever fails on the way, Locust's main greenlet has to go on: it waits for those of the runner."""
        try:
            self._runner.quit()
        finally:
            self._runner.greenlet.kill(block=False)

    def close_page(self) -> None:
        if self._environment.web_ui is not None:
            self._environment.web_ui.stop()

    @property
    def _options(self) -> Any:
        return self._environment.parsed_options


def _outcome(work: Callable[[], None]) -> Exception | None:
    """What `work` has raised. Raised in a greenlet, it would be printed, too."""
    try:
        work()
    except Exception as error:
        return error
    return None

"""Whether anybody is there to make the requests of a run, and whom its barrier waits for."""

from __future__ import annotations

from collections.abc import Callable

import gevent

from stt_load.clock import clock
from stt_load.run.barrier import Barrier
from stt_load.run.executor import Executor

LOOK_S = 0.1
GONE_S = 2.0
"""For so long users must be missing before they are given up: who comes does not do so at once."""


class UserWatch:
    """Looks at the users of a run until that is over.

    asked_for: how many users of all classes Locust was asked for. users: how many that were at the start.
    """

    def __init__(self, barrier: Barrier, executor: Executor, asked_for: Callable[[], int], users: int) -> None:
        self._barrier = barrier
        self._executor = executor
        self._asked_for = asked_for
        self._at_start = users
        self._coming_s = self._somebody_s = clock()

    def run(self) -> None:
        while not self._barrier.lifecycle.closed:
            gevent.sleep(LOOK_S)
            with self._barrier.faults.caught("The users could not be watched all the time"):
                self.look(clock())

    def look(self, now_s: float) -> None:
        """To be called often. now_s: on this process's clock."""
        self._executor.follow_users()
        present, wanted = self._barrier.budget.present, self._executor.users.wanted
        # Counting those that run costs something: it is of interest only where some are missing.
        running = None if wanted is None or present >= wanted > 0 else self._executor.users.running
        unsure = running is not None and self._executor.unsure
        if running is None or running > present or unsure:
            self._coming_s = now_s
        if running != 0 or present or unsure or not self._asked_for():
            self._somebody_s = now_s
        if self._barrier.barrier_s is None:
            self._set_awaited(present, wanted, now_s)
        if now_s - self._somebody_s > GONE_S:
            self._barrier.lifecycle.end("no_users", self._executor.users.trouble)

    def _set_awaited(self, present: int, wanted: int | None, now_s: float) -> None:
        """The barrier waits for users of this suite, and for nobody once their number is changed on the way, or when
        those that are there are all there will be."""
        barrier = self._barrier
        if self._asked_for() != self._at_start or (present and now_s - self._coming_s > GONE_S):
            barrier.await_users(0)
        elif wanted is not None and wanted < barrier.budget.awaited:
            barrier.await_users(wanted)

"""Looks at the rows of a level while it is measured, and ends it when they tell enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import gevent

from stt_load.clock import clock
from stt_load.run.barrier import Barrier
from stt_load.samples.levels import Judged
from stt_load.samples.run_info import ClosedLoop, Load
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples

PERIOD_S = 0.1
SHARE = 0.05
"""Of its time that is spent on looking, at most."""


class Test(Protocol):
    """When a level is known well enough."""

    def look(self, measured: Samples, waiting_s: list[float], now_s: float, users: int) -> Judged | None:
        """What is known by now; None: too little. measured: the rows so far. waiting_s: since when those that have
        none are under way. users: the concurrency."""


class LevelWatch:
    """Looks again and again until the level has ended. judged: what the test has found; None as long as that is
    nothing. test: None where there is none. is_spent: whether there is neither time nor a request left, as told so
    many requests of this level."""

    def __init__(self, barrier: Barrier, load: Load, test: Test | None, is_spent: Callable[[int], bool]) -> None:
        self.judged: Judged | None = None
        self._barrier = barrier
        self._load = load
        self._test = test
        self._is_spent = is_spent

    def run(self) -> None:
        took_s = 0.0
        while not self._barrier.lifecycle.closed:
            gevent.sleep(max(PERIOD_S, took_s / SHARE))
            begun_s = clock()
            self.look()
            took_s = clock() - begun_s

    def look(self) -> None:
        """Ends the level where it is time."""
        barrier = self._barrier
        if self._is_spent(len(barrier.table)):
            barrier.lifecycle.end("finished")
        elif self._test is not None and barrier.barrier_s is not None:
            measured = barrier.table.snapshot().phase(Phase.MEASURED)
            waiting_s = [since_s - barrier.origin_s for since_s in barrier.budget.waiting_s(clock())]
            users = concurrency(self._load, measured)
            self.judged = self._test.look(measured, waiting_s, clock() - barrier.origin_s, users)
            if self.judged is not None:
                barrier.lifecycle.end("judged")


def concurrency(load: Load, measured: Samples) -> int:
    """How many requests are in flight: users, or in an open loop as many as its rate keeps there where none waits."""
    if isinstance(load, ClosedLoop):
        return load.users
    service_s = measured.where(measured.ok).service_s
    mean_s = float(service_s.mean()) if len(service_s) else 0.0
    return max(1, math.floor(load.stages[0].first * mean_s))

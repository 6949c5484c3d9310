"""How one run ends: nothing new starts, what is in flight may end, and what has not by then is cut off."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

from gevent.event import Event

from stt_load.clock import clock
from stt_load.locust_plugin.executors import Executors
from stt_load.run.barrier import Barrier
from stt_load.samples.run_info import EndReason

MARGIN_S = 1.0
"""A request that was just about to be sent when the run was closed ends by itself this much later than others."""

PATIENCE_S = 60.0
"""How much longer than the drain it may take Locust to stop its users."""


class State(StrEnum):
    """RUNNING: requests start. DRAINING: those in flight may end. CUTTING: they are cut off. OVER: all is in."""

    RUNNING = "running"
    DRAINING = "draining"
    CUTTING = "cutting"
    OVER = "over"


class Lifecycle:
    """The end of the run of `barrier`, whose users `executors` has; the one owner of how far it is.

    told: Locust stops its users. drain_s: what is in flight gets so long after a stop, a signal or Locust's -t.
    longest_s: within so long every request ends by itself; an end that was planned waits for that. concluded: it has
    its result.
    """

    def __init__(self, barrier: Barrier, executors: Executors, *, drain_s: float, longest_s: float) -> None:
        self.state = State.RUNNING
        self._barrier = barrier
        self._executors = executors
        self._drain_s = drain_s
        self._longest_s = longest_s
        self._cut_s = math.inf
        self.told = False
        self.concluded = Event()

    @property
    def left_s(self) -> float | None:
        """How long what is in flight still gets; None while requests start."""
        return None if self.state is State.RUNNING else max(0.0, self._cut_s - clock())

    def finish(self) -> None:
        """What was planned is done: waits for what is in flight, as long as that can take; blocks."""
        # With all N in, there may only be tries whose result somebody else has given.
        limit_s = self._drain_s if self._barrier.budget.done else self._longest_s + MARGIN_S
        if self.state is State.RUNNING:
            self._drain(limit_s)
            self._executors.finish(limit_s)
        if self._barrier.budget.in_flight:
            self.cut()

    def stop(self, reason: EndReason) -> None:
        """Locust stops its users, on its own account for `reason`, or as it was told to; blocks."""
        self.told = True
        self._barrier.stopped(reason)
        if self.state in (State.RUNNING, State.DRAINING):  # what was planned may not have begun to wait yet
            self._barrier.cut_short(reason)
        self._drain(self._drain_s)
        self._executors.drain(self.left_s or 0.0)

    def interrupt(self) -> None:
        """A signal drains; one that comes while the run is ending cuts off what is in flight."""
        if self._barrier.over:
            self.cut()
        self._barrier.interrupt()

    def cut(self) -> None:
        """What is in flight is not waited for any longer."""
        if self.state is not State.OVER:
            self.state = State.CUTTING
            self._cut_s = 0.0
            self._executors.cut()

    def over(self) -> None:
        """Every row is in."""
        self.state = State.OVER

    def await_result(self, conclude: Callable[[], None]) -> None:
        """Blocks until the run is concluded, which follows when Locust's users are gone. Where something has kept
        Locust from saying so, it is time to `conclude` without."""
        if not self.concluded.wait(self._drain_s + PATIENCE_S) and self.state is not State.OVER:
            self._barrier.faults.note("Locust never said that its users are gone: rows may be missing")
            conclude()
        self.concluded.wait()

    def _drain(self, limit_s: float) -> None:
        """Whoever wants the end sooner gets it."""
        self._cut_s = min(self._cut_s, clock() + limit_s)
        if self.state is State.RUNNING:
            self.state = State.DRAINING

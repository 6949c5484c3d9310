"""The life of one run: it runs, drains, cuts and is over, in that order, and `Lifecycle` alone says so.

Whoever wants the end of a run says it here: the run itself, when what was planned is done or can't be done (`end`);
a signal (`interrupt`); Locust, which stops its users for its -t, its page's button, or as it was told to (`stop`).

Ctrl-C, from beginning to end. `locust_plugin/suite.py` hears it and calls `interrupt`: nothing new is handed out from
here on, and a greenlet of its own tells Locust to stop its users (`_tell`). On its way there Locust comes by `stop`,
which waits for what is in flight, `drain_s` at most. Another Ctrl-C meanwhile finds the run closed and cuts off what
is left (`cut`). When all users are gone the suite calls `over`, has the result made, and sets `concluded`. One that
comes then ends what the result can do without (`hurried`): holding its answers against what was said.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import gevent
from gevent.event import Event

from stt_load.clock import clock
from stt_load.load.iterations import Iterations
from stt_load.run.faults import Faults
from stt_load.samples.run_info import PLANNED, EndReason

MARGIN_S = 1.0
"""A request that was just about to be sent when the run was closed ends by itself this much later than others."""

PATIENCE_S = 60.0
"""How much longer than the drain it may take Locust to stop its users."""

NOT_READY = "The service was not ready by then, and nothing was sent to it."


class State(StrEnum):
    """RUNNING: requests start. DRAINING: those in flight may end. CUTTING: they are cut off. OVER: all is in."""

    RUNNING = "running"
    DRAINING = "draining"
    CUTTING = "cutting"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the run ends; `detail` in the server's words or ours."""

    reason: EndReason
    detail: str | None = None


class InFlight(Protocol):
    """What users have in flight, wherever they are."""

    def finish(self, limit_s: float) -> None:
        """The run is closed: nothing new starts, and what is in flight may end; waits for it, `limit_s` at most."""

    def drain(self, limit_s: float) -> None:
        """Locust stops: waits until all that is in flight has ended and is here, `limit_s` and a bit at most."""

    def cut(self) -> None:
        """What is in flight is not waited for any longer. Must not block."""


class Lifecycle:
    """The one owner of how far a run has come, and why it ends.

    budget: closed as soon as the run is to end. drain_s: what is in flight gets so long after a stop, a signal or
    Locust's -t. longest_s: within so long every request ends by itself; an end that was planned waits for that.
    rest: called when all answers are in, as what comes then is no load any more. stop_users: tells Locust.
    ready: the service was there. told: Locust stops its users. hurried: a signal has come when every row was in, and
    what its result can do without is not waited for. concluded: there is a result.
    """

    def __init__(
        self,
        budget: Iterations,
        in_flight: InFlight,
        faults: Faults,
        *,
        drain_s: float,
        longest_s: float,
        rest: Callable[[], None],
        stop_users: Callable[[], None],
    ) -> None:
        self.state = State.RUNNING
        self.ending: Ending | None = None
        self.ready = False
        self.told = False
        self.hurried = Event()
        self.concluded = Event()
        self._budget = budget
        self._in_flight = in_flight
        self._faults = faults
        self._drain_s = drain_s
        self._longest_s = longest_s
        self._rest = rest
        self._stop_users = stop_users
        self._cut_s = math.inf
        self._planned: gevent.Greenlet[..., None] | None = None

    @property
    def closed(self) -> bool:
        """Nothing new starts any more."""
        return self._budget.closed

    @property
    def left_s(self) -> float | None:
        """How long what is in flight still gets; None while requests start."""
        return None if self.state is State.RUNNING else max(0.0, self._cut_s - clock())

    def end_after(self, seconds: float) -> None:
        """What is planned is done then."""
        self._planned = gevent.spawn_later(seconds, self.end, "finished")

    def end(self, reason: EndReason, detail: str | None = None) -> None:
        """Ends the run from inside; the first reason given stays. Does not block: a user that it did would wait for
        its own end."""
        if self.ending is None:
            self._close(reason, detail)
            if reason in PLANNED:
                # With all N in, there may only be tries whose result somebody else has given.
                self._drain(self._drain_s if self._budget.done else self._longest_s + MARGIN_S)
            if not self._budget.in_flight:  # what Locust does on its way to the end spoils nothing then
                self._rest()
            self._faults.spawn("Locust could not be told that the run is over", self._tell)

    def interrupt(self) -> None:
        """A signal: it drains; one that comes while the run is ending cuts off what is in flight.

        Somebody wants the end at once; of a run that is done already that is no news.
        """
        if self.state is State.OVER:
            self.hurried.set()
        if self.closed:
            self.cut()
        self.end("interrupted")
        if self.ending is not None and self.ending.reason in ("time_limit", "stopped"):
            self.ending = Ending("interrupted")
        self._cut_short("interrupted")

    def stop(self, reason: EndReason) -> None:
        """Locust stops its users, on its own account for `reason`, or as it was told to; blocks.

        Users that wait go on waiting, to be killed: there is nothing for them to do.
        """
        self.told = True
        self._close(reason)
        if self.state in (State.RUNNING, State.DRAINING):  # what was planned may not have begun to wait yet
            self._cut_short(reason)
        self._drain(self._drain_s)
        self._in_flight.drain(self.left_s or 0.0)
        if not self._budget.in_flight:
            self._rest()

    def finish(self) -> None:
        """What was planned is done: waits for what is in flight, as long as that can take; blocks."""
        if not self.told:
            self._in_flight.finish(self.left_s or 0.0)
        if self._budget.in_flight:
            self.cut()

    def cut(self) -> None:
        """What is in flight is not waited for any longer."""
        if self.state is not State.OVER:
            self.state = State.CUTTING
            self._cut_s = 0.0
            self._in_flight.cut()

    def over(self) -> None:
        """Every row is in."""
        self.state = State.OVER

    def await_result(self, conclude: Callable[[], None]) -> None:
        """Blocks until the run is concluded, which follows when Locust's users are gone. Where something has kept
        Locust from saying so, it is time to `conclude` without."""
        if not self.concluded.wait(self._drain_s + PATIENCE_S) and self.state is not State.OVER:
            self._faults.note("Locust never said that its users are gone: rows may be missing")
            conclude()
        self.concluded.wait()

    def _tell(self) -> None:
        """What was planned waits for what is in flight before Locust is told; all else leaves it to `stop`."""
        if self.state is not State.OVER and self.ending is not None and self.ending.reason in PLANNED:
            with self._faults.caught("What was in flight at the end could not be waited for"):
                self.finish()
            self._rest()
        if self.state is not State.OVER and not self.told:
            self._stop_users()

    def _close(self, reason: EndReason, detail: str | None = None) -> None:
        if detail is None and reason in ("time_limit", "stopped", "interrupted") and not self.ready:
            detail = NOT_READY
        self.ending = self.ending or Ending(reason, detail)
        self._budget.close(clock())
        if self._planned is not None and self._planned is not gevent.getcurrent():
            self._planned.kill(block=False)

    def _cut_short(self, reason: EndReason) -> None:
        """Nobody waits for what was in flight at an end that was planned; where all is in, that is no news."""
        if self.ending is not None and self.ending.reason in PLANNED and self._budget.in_flight:
            self.ending = Ending(reason)

    def _drain(self, limit_s: float) -> None:
        """Whoever wants the end sooner gets it."""
        self._cut_s = min(self._cut_s, clock() + limit_s)
        if self.state is State.RUNNING:
            self.state = State.DRAINING

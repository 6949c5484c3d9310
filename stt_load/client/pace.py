"""Loops that keep to time however fast their data comes."""

from __future__ import annotations

import math

import gevent

from stt_load.clock import clock

TURN_S = 0.01
"""For how long one greenlet may work before the others have their turn."""
REST_S = 1e-6
"""A rest that has an end on the event loop's own clock: after `sleep(0)` gevent goes on with whoever slept so before
it looks at sockets, timers and signals, which then wait for half a second."""


class Overdue(Exception):  # noqa: N818 - the name says it
    """The time for all of an exchange is over."""


class Pace:
    """Keeps a loop to time that need not wait for anything, because its data comes fast.

    gevent's sockets let others go on only where they have to wait, and a `gevent.Timeout` fires only then.
    deadline_s: on `clock`, when all has to be over.
    """

    __slots__ = ("_rested_s", "deadline_s")

    def __init__(self, deadline_s: float = math.inf) -> None:
        self.deadline_s = deadline_s
        self._rested_s = 0.0

    def step(self, now_s: float) -> None:
        """To be called in each turn of the loop. now_s: on `clock`. Raises `Overdue`."""
        if now_s - self._rested_s >= TURN_S:
            if now_s >= self.deadline_s:
                raise Overdue
            gevent.sleep(REST_S)
            self._rested_s = clock()

    def rested(self, now_s: float) -> None:
        """Others have just had their turn."""
        self._rested_s = now_s

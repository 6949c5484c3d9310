"""Arrivals that no slot was free to send: each becomes a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import gevent

from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.run.outcome import bare
from stt_load.samples.sample import ErrorKind, Sample

LOOK_S = 0.1
"""Between two looks while no arrival is known that could lapse."""


class Lapsing(Protocol):
    """Who has arrivals: a `Budget`, or the `Leases` of a worker. Instants are those of this process's clock."""

    @property
    def closed(self) -> bool: ...

    def lapses_s(self) -> float | None:
        """When the next one is dropped if nobody takes it; None: there is none now."""

    def overdue(self, now_s: float) -> Iterable[Iteration]:
        """Those that nobody has taken in time; each is handed out by that, and told once."""


class Drops:
    """Drops what nobody takes within max_lag_s after it was due, whether anybody asks for something or not.

    finish: takes the row. origin_s: what its instants count from. audio_s: tells how long the clip of a seq is.
    """

    def __init__(
        self,
        arrivals: Lapsing,
        finish: Callable[[Iteration, Sample], None],
        max_lag_s: float,
        origin_s: float,
        audio_s: Callable[[int], float],
    ) -> None:
        self._arrivals = arrivals
        self._finish = finish
        self._max_lag_s = max_lag_s
        self._origin_s = origin_s
        self._audio_s = audio_s

    def drop(self, now_s: float) -> None:
        """What is overdue by now. To be called before anything is served."""
        lapses_s = self._arrivals.lapses_s()
        if lapses_s is not None and lapses_s <= now_s:
            for iteration in self._arrivals.overdue(now_s):
                self._finish(iteration, self._row(iteration))

    def run(self) -> None:
        """Until nothing is handed out any more; blocks."""
        while not self._arrivals.closed:
            lapses_s = self._arrivals.lapses_s()
            gevent.sleep(LOOK_S if lapses_s is None else max(0.0, lapses_s - clock()))
            self.drop(clock())

    def left(self, iteration: Iteration, closed_s: float) -> Sample:
        """The row of one that was due when the run was closed at closed_s, and waited for a slot: it counts as long
        as it had waited. One whose time was over by then had only not been dropped yet."""
        if (iteration.due_s or 0.0) + self._max_lag_s <= closed_s:
            return self._row(iteration)
        error = "cut off: the run was stopped before a slot was free to send it"
        audio_s = self._audio_s(iteration.seq)
        return unsent(iteration, ErrorKind.CANCELLED, error, closed_s, self._origin_s, audio_s)

    def _row(self, iteration: Iteration) -> Sample:
        due_s = iteration.due_s or 0.0
        error = f"no slot was free to send it within {self._max_lag_s:g} s after it was due"
        done_s = due_s + self._max_lag_s
        return unsent(iteration, ErrorKind.DROPPED, error, done_s, self._origin_s, self._audio_s(iteration.seq))


def unsent(
    iteration: Iteration,
    kind: ErrorKind,
    error: str,
    done_s: float,
    origin_s: float,
    audio_s: float,
    worker: int = 0,
) -> Sample:
    """The row of an arrival of which nothing came by done_s, and nothing else is known."""
    return bare(
        kind,
        error,
        worker,
        seq=iteration.seq,
        attempt=iteration.attempt,
        phase=iteration.phase,
        slot=iteration.slot,
        level=iteration.level,
        stage=iteration.stage,
        start_s=(iteration.due_s or 0.0) - origin_s,
        done_s=done_s - origin_s,
        audio_s=audio_s,
    )

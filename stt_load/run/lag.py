"""How late a process is and when it stood still, as looks that were due at known times tell. It has no clock."""

from __future__ import annotations

import heapq
import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

LATE_S = 0.003
"""A look that is later than this was kept from its time: a stall."""
LONG_S = 0.05
"""A lag counts as this much at most into the mean, which longer ones would rule; those are added up and listed."""
LISTED = 100
KEPT = 16_384
"""Stalls that rows are held against: more than two minutes of a process that does nothing but stall."""


class LagCounts:
    """Lags counted in classes 1% wide, from 10 microseconds on: a day of them takes no more room than a minute.

    A class stands for its upper edge, so what is reported is never less than what was.
    """

    FLOOR_S = 1e-5
    WIDTH = math.log(1.01)

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._n = 0

    def add(self, lag_s: float) -> None:
        number = math.ceil(math.log(lag_s / self.FLOOR_S) / self.WIDTH) if lag_s > self.FLOOR_S else 0
        self._counts[number] = self._counts.get(number, 0) + 1
        self._n += 1

    def p99_s(self) -> float | None:
        """The nearest-rank 99th percentile in seconds, at most 1% too high."""
        rank = math.ceil(0.99 * self._n)
        for number in sorted(self._counts):
            rank -= self._counts[number]
            if rank <= 0:
                return self.FLOOR_S * math.exp(self.WIDTH * number)
        return None


class LagLog:
    """Takes in one look after the other, in the order of time; all instants in seconds on one clock.

    stalled_s: how long the stalls of `LONG_S` and more were together.
    """

    def __init__(self) -> None:
        self.stalled_s = 0.0
        self._counts = LagCounts()
        self._looks = 0
        self._capped_s = 0.0
        self._longest: list[tuple[float, float, float]] = []
        self._recent = np.empty((2 * KEPT, 2))
        self._used = 0

    def add(self, due_s: float, at_s: float, caught_up_s: float = -math.inf) -> None:
        """A look that was due at `due_s` came at `at_s`.

        caught_up_s: when that was late, the answers that had come meanwhile were all read by then.
        """
        lag_s = max(0.0, at_s - due_s)
        self._counts.add(lag_s)
        self._looks += 1
        self._capped_s += min(lag_s, LONG_S)
        if lag_s > LATE_S:
            self._keep(due_s, max(at_s, caught_up_s))
        if lag_s >= LONG_S:
            self.stalled_s += lag_s
            put = heapq.heappush if len(self._longest) < LISTED else heapq.heappushpop
            put(self._longest, (lag_s, due_s, at_s))

    @property
    def p99_s(self) -> float | None:
        """The 99th percentile of the lags; None without a look."""
        return self._counts.p99_s()

    @property
    def mean_s(self) -> float | None:
        """The mean of the lags, each as `LONG_S` at most; None without a look."""
        return self._capped_s / self._looks if self._looks else None

    @property
    def longest(self) -> list[tuple[float, float]]:
        """The longest stalls of `LONG_S` and more, from and to, in the order of time."""
        return sorted((from_s, to_s) for _, from_s, to_s in self._longest)

    def late_s(self, sent_s: FloatArray, done_s: FloatArray) -> FloatArray:
        """What a stall can have added to each of many requests, sent and done at these instants; NaN: never sent.

        One that was done in a stall, or within `LATE_S` after its end, may have been ready when the stall began, or
        when it was sent, if that was later: until the stall ended, or it was done, it may have waited to be read.
        """
        late_s = np.zeros(len(done_s))
        if not self._used:
            return late_s
        begins, ends = self._recent[: self._used].T
        place = np.searchsorted(ends, done_s - LATE_S)
        found = place < self._used
        begin_s, end_s = begins[place[found]], ends[place[found]]
        waited_s = np.minimum(done_s[found], end_s) - np.fmax(begin_s, sent_s[found])
        late_s[found] = np.maximum(0.0, waited_s)
        return late_s

    def _keep(self, from_s: float, to_s: float) -> None:
        if self._used == len(self._recent):
            self._recent[:KEPT] = self._recent[KEPT:]
            self._used = KEPT
        self._recent[self._used] = from_s, to_s
        self._used += 1

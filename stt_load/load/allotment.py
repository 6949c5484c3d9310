"""Which worker sends which arrival of an open loop: they are shared out shortly before they are due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heapify, heapreplace

from stt_load.load.iteration import Iteration
from stt_load.load.timetable import Timetable

HORIZON_S = 2.0
"""Arrivals are allotted so long before they are due: whoever has them needs nobody's word meanwhile."""


class Allotment:
    """Shares arrivals out in proportion to the slots of each worker, one by one and evenly mixed (stride scheduling:
    the next one is for whoever is furthest behind its share). A pure machine.

    warmup: M; the arrivals are what comes after. max_lag_s: one that nobody has taken so long after it was due is
    dropped. barrier_s: when the measuring began, on the callers' clock.
    """

    def __init__(self, timetable: Timetable, warmup: int, max_lag_s: float) -> None:
        self.barrier_s = 0.0
        self.max_lag_s = max_lag_s
        self._timetable = timetable
        self._warmup = warmup
        self._position: dict[str, float] = {}
        self._furthest_behind = 0.0

    def due_s(self, seq: int) -> float:
        """On the callers' clock."""
        due_s = self._timetable.due_s(seq - self._warmup)
        assert due_s is not None, "each arrival of an open loop is due at some time"
        return self.barrier_s + due_s

    def soon(self, seq: int, now_s: float) -> bool:
        """It is time to allot it."""
        return self.due_s(seq) <= now_s + HORIZON_S

    def overdue(self, seq: int, now_s: float) -> bool:
        """Whoever got it now would have to drop it."""
        return self.due_s(seq) + self.max_lag_s < now_s

    def share_out(self, arrivals: Iterable[Iteration], slots: Mapping[str, int]) -> dict[str, list[Iteration]]:
        """`arrivals`, by the worker that is to send them. slots: of each worker that may get some, at least one.

        A worker that comes, or comes back, has missed nothing: it does not get what others had meanwhile.
        """
        heap = [(max(self._position.get(worker, 0.0), self._furthest_behind), worker) for worker in slots]
        heapify(heap)
        allotted: dict[str, list[Iteration]] = {}
        for arrival in arrivals:
            self._furthest_behind, worker = heap[0]
            allotted.setdefault(worker, []).append(arrival)
            heapreplace(heap, (self._furthest_behind + 1 / slots[worker], worker))
        self._position |= {worker: position for position, worker in heap}
        return allotted

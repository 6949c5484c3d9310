"""k slots behind one first-in, first-out queue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any, Protocol


class Timer(Protocol):
    """A clock that calls back: an asyncio event loop, or virtual time in a test."""

    def time(self) -> float:
        """Now, in seconds."""

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any) -> object:
        """Call `callback(*args)` when the clock shows `when`, or somewhat later."""


@dataclass(slots=True, eq=False)
class Job:
    """One request for a slot. Instants are seconds on the timer's clock, None until they have come.

    arrival_s, service_s: when it came and how long it needs. ended: called once its slot is free again. started:
    called when it gets one, which may be at once.
    """

    arrival_s: float
    service_s: float
    ended: Callable[[], object]
    started: Callable[[], object] = lambda: None
    slot: int | None = None
    start_s: float | None = None
    end_s: float | None = None


class Slots:
    """Serves jobs in the order they come, at most `count` at a time.

    A job starts when it arrives, or at the very instant at which the slot it was waiting for became free. That
    instant is the true one: a timer that fires late makes the ended service longer, and nothing is lost in between.
    """

    def __init__(self, timer: Timer, count: int, queue_limit: int | None = None) -> None:
        self._timer = timer
        self._count = count
        self._queue_limit = queue_limit
        self._free = list(range(count))
        heapify(self._free)
        self._waiting: deque[Job] = deque()

    @property
    def busy(self) -> int:
        """Jobs in service."""
        return self._count - len(self._free)

    @property
    def waiting(self) -> int:
        """Jobs in the queue."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """No slot is free and the queue is at its limit: the next job has to be refused."""
        return not self._free and self._queue_limit is not None and len(self._waiting) >= self._queue_limit

    def submit(self, job: Job) -> None:
        """Start the job in the free slot with the lowest number, or queue it; OverflowError when `full`."""
        if self.full:
            raise OverflowError(f"{self._queue_limit} jobs are waiting already")
        if self._free:
            self._start(job, heappop(self._free), job.arrival_s)
        else:
            self._waiting.append(job)

    def _start(self, job: Job, slot: int, now: float) -> None:
        job.slot = slot
        job.start_s = now
        self._timer.call_at(now + job.service_s, self._end, job, slot)
        job.started()

    def _end(self, job: Job, slot: int) -> None:
        now = job.end_s = self._timer.time()
        if self._waiting:
            self._start(self._waiting.popleft(), slot, now)
        else:
            heappush(self._free, slot)
        job.ended()

"""k slots behind one first-in, first-out queue."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any, Protocol


class Timer(Protocol):
    """A clock that calls back: an asyncio event loop, or virtual time in a test."""

    def time(self) -> float:
        """Now, in seconds."""

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any) -> object:
        """Call `callback(*args)` when the clock shows `when`, or somewhat later."""


@dataclass(slots=True, eq=False)
class Turn:
    """One turn in a slot, from its place in the queue on. Instants are seconds on the timer's clock, None until then.

    arrival_s, service_s: when it came and how long it needs, None where `Slots.end` is told when it is over. stretch:
    how many times as long it takes, as it is served together with others. batch: the number of what it is served in,
    None of one that has a slot of its own. started: it has a slot, maybe at once. ended: that slot is free again.
    """

    arrival_s: float
    service_s: float | None
    slot: int | None = None
    stretch: float = 1.0
    batch: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Slots:
    """Gives turns in the order they come, at most `count` at a time.

    A turn starts when it arrives, or at the very instant at which the slot it was waiting for became free. That
    instant is the true one: a timer that fires late makes the ended service longer, and nothing is lost in between.
    """

    def __init__(self, timer: Timer, count: int, queue_limit: int | None = None) -> None:
        self._timer = timer
        self._count = count
        self._queue_limit = queue_limit
        self._free = list(range(count))
        heapify(self._free)
        self._waiting: deque[Turn] = deque()

    @property
    def busy(self) -> int:
        """Turns in a slot."""
        return self._count - len(self._free)

    @property
    def waiting(self) -> int:
        """Turns in the queue."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """No slot is free and the queue is at its limit: the next turn has to be refused."""
        return not self._free and self._queue_limit is not None and len(self._waiting) >= self._queue_limit

    def submit(self, turn: Turn) -> None:
        """Start the turn in the free slot with the lowest number, or queue it; OverflowError when `full`."""
        if self.full:
            raise OverflowError(f"{self._queue_limit} turns are waiting already")
        if self._free:
            self._start(turn, heappop(self._free), turn.arrival_s)
        else:
            self._waiting.append(turn)

    def _start(self, turn: Turn, slot: int, now: float) -> None:
        turn.slot = slot
        turn.start_s = now
        if turn.service_s is not None:
            self._timer.call_at(now + turn.service_s, self.end, turn)
        turn.started.set()

    def end(self, turn: Turn) -> None:
        """The turn, which has started, is over: its slot goes to who waits for one."""
        assert turn.slot is not None
        now = turn.end_s = self._timer.time()
        if self._waiting:
            self._start(self._waiting.popleft(), turn.slot, now)
        else:
            heappush(self._free, turn.slot)
        turn.ended.set()

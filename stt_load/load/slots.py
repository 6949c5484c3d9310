"""Who carries iterations out: the slots of one process, each with its number."""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heappop, heappush

from stt_load.load.iteration import Iteration
from stt_load.load.timetable import Timetable, when_ready
from stt_load.samples.sample import Phase


class Slots:
    """Those that are there. A slot has the lowest free number from 0 for as long as it stays.

    joined: how many ever came. starting: that are not there yet, as their users are in their `on_start`. barrier_s:
    when the measuring began, on the caller's clock. wake_s: when the iteration that nobody may take yet is due; None
    where there is no such one.
    """

    def __init__(self) -> None:
        self.joined = 0
        self.starting = 0
        self.barrier_s = 0.0
        self.wake_s: float | None = None
        self._timetable: Timetable = when_ready
        self._warmup = 0
        self._numbers: dict[Hashable, int] = {}
        self._free: list[int] = []
        self._fresh: set[Hashable] = set()

    @property
    def present(self) -> int:
        """How many are there."""
        return len(self._numbers)

    @property
    def fresh(self) -> int:
        """How many of them have taken nothing yet."""
        return len(self._fresh)

    def join(self, slot: Hashable) -> bool:
        """It is there and will ask for iterations; whether that is news."""
        if slot in self._numbers:
            return False
        self._numbers[slot] = heappop(self._free) if self._free else len(self._numbers)
        self._fresh.add(slot)
        self.joined += 1
        return True

    def leave(self, slot: Hashable) -> None:
        """It is gone; an iteration it had must have been finished."""
        if (number := self._numbers.pop(slot, None)) is not None:
            heappush(self._free, number)
            self._fresh.discard(slot)

    def is_fresh(self, slot: Hashable) -> bool:
        return slot in self._fresh

    def follow(self, timetable: Timetable, warmup: int) -> None:
        """Measured iterations, those after the first `warmup`, are due as `timetable` has it."""
        self._timetable, self._warmup = timetable, warmup

    def serve(self, slot: Hashable, iteration: Iteration, now_s: float) -> Iteration | None:
        """It takes `iteration`, which bears its number from now on, and the instant it was due; None before that."""
        due_s = self._timetable(iteration.seq - self._warmup) if iteration.phase is Phase.MEASURED else None
        if due_s is not None:
            due_s += self.barrier_s
        self.wake_s = due_s if due_s is not None and due_s > now_s else None
        if self.wake_s is not None:
            return None
        self._fresh.discard(slot)
        iteration.slot, iteration.due_s = self._numbers[slot], due_s
        return iteration

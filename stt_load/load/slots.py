"""Who carries iterations out: the slots of one process, each with its number, and what they may take when."""

from __future__ import annotations

import math
from collections.abc import Hashable
from heapq import heappop, heappush

from stt_load.load.iteration import AFTER_WARMUP, Iteration
from stt_load.load.timetable import Timetable, WhenReady
from stt_load.load.user_stages import UserStages
from stt_load.samples.run_info import ClosedLoop, Load, OpenLoop
from stt_load.samples.sample import Phase


class Slots:
    """Those that are there. A slot has the lowest free number from 0 for as long as it stays.

    joined: how many ever came. starting: that are not there yet, as their users are in their `on_start`. barrier_s:
    when the measuring began, on the caller's clock, as all instants here are. opens: the load is an open loop.
    max_lag_s: after so long an arrival that nobody has taken lapses. stages: of users, where there are any.
    """

    def __init__(self) -> None:
        self.joined = 0
        self.starting = 0
        self.barrier_s = 0.0
        self.opens = False
        self.max_lag_s = math.inf
        self.stages: UserStages | None = None
        self._timetable: Timetable = WhenReady()
        self._warmup = 0
        self._last_due: tuple[int, float | None] = (-1, None)
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

    def follow(self, load: Load, timetable: Timetable, warmup: int) -> None:
        """Iterations after the first `warmup` are due as `timetable` has it, that of `load`."""
        self._timetable, self._warmup = timetable, warmup
        if isinstance(load, OpenLoop):
            self.opens, self.max_lag_s = True, load.max_lag_s
        elif isinstance(load, ClosedLoop) and load.stages:
            self.stages = UserStages(load.stages)

    def users(self, present: int, now_s: float) -> int:
        """How many of `present` users of the run are at work: all, but for what stages of users ask for."""
        return present if self.stages is None else min(present, self.stages.users(now_s - self.barrier_s))

    def due_s(self, seq: int) -> float | None:
        """When the iteration `seq`, one after the warm-up, is due; None: when it is ready."""
        if self._last_due[0] != seq:
            self._last_due = seq, self._timetable.due_s(seq - self._warmup)
        due_s = self._last_due[1]
        return None if due_s is None else self.barrier_s + due_s

    def arrives_s(self, seq: int) -> float | None:
        """The same of one that is not the next."""
        due_s = self._timetable.due_s(seq - self._warmup)
        return None if due_s is None else self.barrier_s + due_s

    def lapses_s(self, seq: int) -> float | None:
        """When it is dropped, unless a slot has taken it; None for never."""
        due_s = self.due_s(seq)
        return None if due_s is None else due_s + self.max_lag_s

    def lapsed(self, iteration: Iteration, now_s: float) -> bool:
        """Whether nobody took it in time; it has the instant it was due, then."""
        if iteration.phase not in AFTER_WARMUP or (due_s := self.due_s(iteration.seq)) is None:
            return False
        if due_s + self.max_lag_s > now_s:
            return False
        iteration.due_s, iteration.stage = due_s, self._timetable.stage(iteration.seq - self._warmup)
        return True

    def admits(self, slot: Hashable, now_s: float) -> bool:
        """Whether it may take anything measured now, as far as stages of users go."""
        return self.stages is None or self.stages.admits(self._numbers[slot], now_s - self.barrier_s)

    def wakes_s(self, seq: int, now_s: float) -> float | None:
        """When somebody may take `seq`, the next one after the warm-up, who may not now, if it only takes time."""
        if self.stages is None:
            return self.due_s(seq)
        grows_s = self.stages.grows_s(now_s - self.barrier_s)
        return None if grows_s is None else self.barrier_s + grows_s

    def serve(self, slot: Hashable, iteration: Iteration, now_s: float) -> Iteration | None:
        """It takes `iteration`, which bears its number from now on, its stage and the instant it was due; None before
        that, and where it is not at work."""
        due_s, stage = None, iteration.stage
        if iteration.phase in AFTER_WARMUP:
            if (due_s := self.due_s(iteration.seq)) is not None:
                if due_s > now_s:
                    return None
                stage = self._timetable.stage(iteration.seq - self._warmup)
            elif self.stages is not None:
                if not self.admits(slot, now_s):
                    return None
                stage, iteration.phase = self.stages.take(now_s - self.barrier_s)
        if iteration.phase is not Phase.OUTSIDE:  # what is said again is nobody's first request
            self._fresh.discard(slot)
        iteration.slot, iteration.due_s, iteration.stage = self._numbers[slot], due_s, stage
        return iteration

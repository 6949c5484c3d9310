"""The iterations of one process: M of warm-up, a barrier, then the measured ones."""

from __future__ import annotations

from collections.abc import Hashable

from stt_load.load.iteration import Iteration
from stt_load.load.iterations import Iterations
from stt_load.load.slots import Slots
from stt_load.load.timetable import Timetable
from stt_load.samples.run_info import Load
from stt_load.samples.sample import Phase


class Budget(Iterations):
    """Hands out each iteration once and says when the barrier may open and when all is done. A pure state machine.

    Laws, whatever the order of calls: at most M warm-up iterations and N - M measured ones are handed out; no
    measured iteration before every warm-up iteration has its result; nobody's second warm-up iteration before each
    user's first; beside what is said again in the control nothing is in flight. In an open loop each arrival is
    handed out once, to a slot when it is due or, where none has taken it in time, to nobody (`overdue`).
    """

    workers = 1

    def __init__(self, total: int | None, warmup: int, awaited: int, repeat_check: int = 0) -> None:
        super().__init__(total, warmup, awaited, repeat_check)
        self.slots = Slots()
        self._handed = 0
        self._measured_out: dict[int, Iteration] = {}

    @property
    def joined(self) -> int:
        return self.slots.joined

    @property
    def present(self) -> int:
        return self.slots.present

    @property
    def starting(self) -> int:
        return self.slots.starting

    @property
    def in_flight(self) -> int:
        return self._handed - self.warmup_results - self.measured_results + self.repeats.in_flight

    @property
    def handed_out(self) -> int:
        return self._handed

    def finish(self, iteration: Iteration) -> None:
        self._measured_out.pop(iteration.seq, None)
        super().finish(iteration)

    def waiting_s(self, now_s: float) -> list[float]:
        found = [one.begun_s if one.due_s is None else one.due_s for one in self._measured_out.values()]
        since_s = [begun_s for begun_s in found if begun_s is not None]
        seq = self._handed
        while self.arrives and seq != self.total and (due_s := self.slots.arrives_s(seq)) is not None:
            if due_s > min(now_s, self.closed_s):
                break
            if self._phase(seq) is Phase.MEASURED:
                since_s.append(due_s)
            seq += 1
        return since_s

    @property
    def arrives(self) -> bool:
        """What comes next comes when it is due, and is the next one's who waits, whoever that is."""
        return self.open and self.slots.opens

    def follow(self, load: Load, timetable: Timetable, *, settles: bool = False) -> None:
        super().follow(load, timetable, settles=settles)
        self.slots.follow(load, timetable, self.warmup)

    def join(self, slot: Hashable) -> bool:
        """A slot is there; whether others that have been waiting may go now."""
        enough = min(self.awaited, self.warmup_users)
        return self.slots.join(slot) and self.slots.opens and self.slots.joined == enough and not self.open

    def take(self, slot: Hashable, now_s: float = 0.0) -> Iteration | None:
        """The next iteration for a slot that has joined; None when there is none for it now, or none is due."""
        if self.closed:
            return None
        if self.repeats.pending:
            if (again := self.repeats.next(self._handed if self.open else None)) is not None:
                return self.slots.serve(slot, again, now_s)
            if self.repeats.controlling:
                return None
        if self._handed == self.total:
            return None
        if self._handed < self.warmup:
            if not self._may_warm_up(slot):
                return None
            iteration = self.slots.serve(slot, Iteration(self._handed, 0, Phase.WARMUP), now_s)
        elif self.open:
            iteration = self.slots.serve(slot, Iteration(self._handed, 0, Phase.MEASURED), now_s)
        else:
            return None
        return None if iteration is None else self._handed_out(iteration)

    def may_have(self, slot: Hashable, now_s: float) -> bool:
        """Whether `take` may have something for a slot: it is worth asking."""
        if self.closed or self._handed == self.total:
            return False
        return not self.open or self.slots.admits(slot, now_s)

    def wakes_s(self, now_s: float) -> float | None:
        """When there will be something for somebody who has got nothing now, if it only takes time; else None."""
        if self.closed or not self.open or self._handed == self.total:
            return None
        return self.slots.wakes_s(self._handed, now_s)

    def lapses_s(self) -> float | None:
        """When the next arrival is dropped if nobody takes it; None: there is none now."""
        if self.closed or not self.arrives or self._handed == self.total:
            return None
        return self.slots.lapses_s(self._handed)

    def overdue(self, now_s: float) -> list[Iteration]:
        """Arrivals that nobody has taken in time: they are handed out now, to be dropped."""
        found = list[Iteration]()
        while (lapses_s := self.lapses_s()) is not None and lapses_s <= now_s:
            iteration = Iteration(self._handed, 0, Phase.MEASURED)
            self.slots.lapsed(iteration, now_s)
            found.append(self._handed_out(iteration))
        return found

    def upcoming(self, until_s: float, most: int) -> list[tuple[int, int]]:
        """The next arrivals that are due by then, by seq and attempt, and so many at most."""
        found = list[tuple[int, int]]()
        for seq in range(self._handed, self._handed + most if self.arrives and not self.closed else 0):
            due_s = self.slots.arrives_s(seq)
            if seq == self.total or due_s is None or due_s > until_s:
                break
            found.append((seq, 0))
        return found

    def left_waiting(self) -> list[Iteration]:
        """Arrivals that were due when the run was closed, and nobody had taken: they are handed out now, to be cut
        off."""
        found = list[Iteration]()
        while self.arrives and self._handed != self.total:
            due_s = self.slots.due_s(self._handed)
            if due_s is None or due_s > self.closed_s:
                break
            iteration = Iteration(self._handed, 0, Phase.MEASURED, due_s)
            iteration.stage = self.timetable.stage(self._handed - self.warmup)
            found.append(self._handed_out(iteration))
        return found

    def _handed_out(self, iteration: Iteration) -> Iteration:
        if iteration.phase is Phase.MEASURED:
            if not self.slots.stages:
                iteration.phase = self._phase(self._handed)
            if iteration.phase is Phase.MEASURED:
                self._measured_out[iteration.seq] = iteration
        self._handed += 1
        return iteration

    def _may_warm_up(self, slot: Hashable) -> bool:
        if self._handed - self.warmup_results >= self.warmup_users:
            return False
        if self.slots.opens:
            return self.slots.joined >= min(self.awaited, self.warmup_users)
        return self.slots.is_fresh(slot) or self.warmup - self._handed > self._firsts_to_come()

    def _firsts_to_come(self) -> int:
        """Users whose first warm-up request is still owed: there already, or awaited and not there yet."""
        return self.slots.fresh + max(0, self.awaited - self.joined)

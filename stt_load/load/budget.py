"""The closed loop's iterations: M of warm-up, a barrier, then the measured ones."""

from __future__ import annotations

from collections.abc import Hashable

from stt_load.load.iteration import Iteration, Iterations
from stt_load.load.slots import Slots
from stt_load.samples.sample import Phase


class Budget(Iterations):
    """Hands out each iteration once and says when the barrier may open and when all is done. A pure state machine.

    Laws, whatever the order of calls: at most M warm-up iterations and N - M measured ones are handed out; no
    measured iteration before every warm-up iteration has its result; nobody's second warm-up iteration before each
    user's first.
    """

    workers = 1

    def __init__(self, total: int | None, warmup: int, awaited: int) -> None:
        super().__init__(total, warmup, awaited)
        self.slots = Slots()
        self._handed = 0

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
        return self._handed - self.warmup_results - self.measured_results

    @property
    def handed_out(self) -> int:
        return self._handed

    def take(self, slot: Hashable, now_s: float = 0.0) -> Iteration | None:
        """The next iteration for a slot that has joined; None when there is none for it now, or none is due."""
        if self.closed or self._handed == self.total:
            return None
        if self._handed < self.warmup:
            if not self.slots.is_fresh(slot) and self.warmup - self._handed <= self._firsts_to_come():
                return None
            phase = Phase.WARMUP
        elif self.open:
            phase = Phase.MEASURED
        else:
            return None
        iteration = self.slots.serve(slot, Iteration(self._handed, 0, phase), now_s)
        self._handed += iteration is not None
        return iteration

    def _firsts_to_come(self) -> int:
        """Users whose first warm-up request is still owed: there already, or awaited and not there yet."""
        return self.slots.fresh + max(0, self.awaited - self.joined)

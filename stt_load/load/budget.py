"""The closed loop's iterations: M of warm-up, a barrier, then the measured ones."""

from __future__ import annotations

from collections.abc import Hashable

from stt_load.load.iteration import Iteration
from stt_load.load.slots import Slots
from stt_load.samples.sample import Phase


class Budget:
    """Hands out each iteration once and says when the barrier may open and when all is done. A pure state machine.

    total: N, None for no end. warmup: M, below N. awaited: users that the barrier waits for (0: for none).

    Laws, whatever the order of calls: at most M warm-up iterations and N - M measured ones are handed out; no
    measured iteration before every warm-up iteration has its result; nobody's second warm-up iteration before each
    user's first.
    """

    def __init__(self, total: int | None, warmup: int, awaited: int) -> None:
        self.total = total
        self.warmup = warmup
        self.awaited = awaited
        self.open = False
        self.closed = False
        self.warmup_results = 0
        self.measured_results = 0
        self.in_flight = 0
        self.workers = 1
        self.slots = Slots()
        self._handed = 0

    @property
    def present(self) -> int:
        """How many users are there."""
        return self.slots.present

    @property
    def starting(self) -> int:
        """Users that are not there yet, as they are in their `on_start`."""
        return self.slots.starting

    @property
    def handed_out(self) -> int:
        """Iterations that were ever taken."""
        return self._handed

    @property
    def measured_total(self) -> int | None:
        """N - M, None for no end."""
        return None if self.total is None else self.total - self.warmup

    @property
    def done(self) -> bool:
        """All N results are in."""
        return self.total is not None and self.warmup_results + self.measured_results >= self.total

    def take(self, slot: Hashable) -> Iteration | None:
        """The next iteration for a slot that has joined; None when there is none for it now."""
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
        iteration = Iteration(self._handed, 0, phase, slot=self.slots.serve(slot))
        self._handed += 1
        self.in_flight += 1
        return iteration

    def finish(self, iteration: Iteration) -> None:
        """An iteration's result is in. Call it exactly once for each iteration taken."""
        self.in_flight -= 1
        if iteration.phase is Phase.WARMUP:
            self.warmup_results += 1
        else:
            self.measured_results += 1

    def may_open(self) -> bool:
        """Whether the barrier's conditions hold and it has not opened yet."""
        everyone = self.slots.joined >= self.awaited and self.slots.present
        return not self.open and not self.closed and self.warmup_results >= self.warmup and bool(everyone)

    def close(self) -> None:
        """Nothing new starts any more."""
        self.closed = True

    def _firsts_to_come(self) -> int:
        """Users whose first warm-up request is still owed: there already, or awaited and not there yet."""
        return self.slots.fresh + max(0, self.awaited - self.slots.joined)

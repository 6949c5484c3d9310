"""One worker, as the ledger of all their iterations has it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from stt_load.load.iteration import Iteration


@dataclass(slots=True)
class Account:
    """One worker. joined: users that ever came. present: those there now. here: those there when it was heard of
    last. starting: those that are not there yet, as they are in their `on_start`. firsts: first warm-up iterations
    given to it. settling: settling ones given to it, of a closed loop. granted: iterations given since the lease was
    renewed. taken: those of them that it has told to have started. leased: what it has, started or not, and has told
    no result of, in the order in which it was given. ahead: what of that it has not started, as far as is known, in a
    closed loop, where it starts it in that order.
    """

    joined: int = 0
    present: int = 0
    here: int = 0
    starting: int = 0
    firsts: int = 0
    settling: int = 0
    granted: int = 0
    taken: int = 0
    leased: dict[Iteration, Iteration] = field(default_factory=dict)
    ahead: deque[Iteration] = field(default_factory=deque)

    @property
    def stock(self) -> int:
        """Iterations that it has, or will have when they arrive, and has not started."""
        return self.granted - self.taken

    @property
    def in_flight(self) -> int:
        """What it has started, as far as is known, and has told no result of: the first ones of `leased`."""
        return max(0, len(self.leased) - self.stock)

    def grant(self, iterations: Collection[Iteration]) -> None:
        """They are its own from now on."""
        self.leased.update({iteration: iteration for iteration in iterations})
        self.ahead.extend(iterations)
        self.granted += len(iterations)

    def tell(self, taken: int, now_s: float | None) -> None:
        """It says how many it has started: those began at now_s at the latest."""
        for _ in range(min(taken - self.taken, len(self.ahead))):
            self.ahead.popleft().begun_s = now_s
        self.taken = taken

    def renew(self, now_s: float | None) -> None:
        """Its lease begins anew: what it holds of the old one, it has started by now_s."""
        for iteration in self.leased.values():
            if iteration.begun_s is None:
                iteration.begun_s = now_s
        self.ahead.clear()
        self.granted = self.taken = 0

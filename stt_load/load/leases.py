"""The iterations that a worker has been leased, and which of its users may have one."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable

from stt_load.load.iteration import Iteration
from stt_load.load.ledger import MOST_PER_USER
from stt_load.load.slots import Slots
from stt_load.samples.sample import Phase


class Leases:
    """A worker's counterpart of `Budget`: it hands out what the master has leased. A pure machine.

    epoch: counts how often the lease was renewed. What was leased under an older one is not this worker's any more:
    the master has been told what is `held`, and has the rest back.
    """

    def __init__(self) -> None:
        self.epoch = 1
        self.taken = 0
        self.received = 0
        self.closed = False
        self.slots = Slots()
        self._queue: deque[Iteration] = deque()
        self._started: set[Iteration] = set()
        self._told: deque[Iteration] = deque()

    @property
    def in_flight(self) -> int:
        """Iterations that were started and have no result yet."""
        return len(self._started)

    @property
    def held(self) -> list[Iteration]:
        """Iterations that were started and whose result the master is not known to have."""
        return [*self._started, *self._told]

    @property
    def surplus(self) -> bool:
        """There is more than the users that are left ought to have ahead."""
        return len(self._queue) > MOST_PER_USER * self.slots.present

    def add(self, epoch: int, iterations: Collection[Iteration]) -> None:
        """Iterations have come. Those of an older lease are left alone: the master has them back already."""
        if epoch == self.epoch and not self.closed:
            self._queue.extend(iterations)
            self.received += len(iterations)

    def take(self, slot: Hashable, now_s: float = 0.0) -> Iteration | None:
        """The next iteration for a slot that has joined; None when there is none for it now, or none is due."""
        if not self._queue:
            return None
        firsts = self._queue[0].phase is Phase.WARMUP and len(self._queue) <= self.slots.fresh
        if firsts and not self.slots.is_fresh(slot):
            return None
        iteration = self.slots.serve(slot, self._queue[0], now_s)
        if iteration is None:
            return None
        self._queue.popleft()
        self._started.add(iteration)
        self.taken += 1
        return iteration

    def finish(self, iteration: Iteration) -> None:
        """An iteration's result is there, and will be told to the master."""
        self._started.discard(iteration)
        self._told.append(iteration)

    def acknowledged(self, results: int) -> None:
        """The master has the next `results` of those that were told."""
        for _ in range(results):
            self._told.popleft()

    def renew(self) -> None:
        """Gives up everything that was not started."""
        self._queue.clear()
        self.epoch += 1
        self.taken = self.received = 0

    def close(self) -> None:
        """Nothing new starts any more."""
        self.closed = True
        self._queue.clear()

"""The iterations that a worker has been leased, and which of its users may have one."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable
from itertools import islice

from stt_load.load.iteration import AFTER_WARMUP, Iteration
from stt_load.load.ledger import MOST_PER_USER, in_turn
from stt_load.load.slots import Slots
from stt_load.samples.sample import Phase


class Leases:
    """A worker's counterpart of `Budget`: it hands out what the master has leased. A pure machine.

    Arrivals of an open loop are handed out in the order in which they are due, in whichever order they came: to a
    slot or, where none has taken one in time, to nobody (`overdue`).

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
        """There is more than the users that are left ought to have ahead. Arrivals of an open loop are as many as are
        due soon, and surplus where nobody is left."""
        if self.slots.opens:
            return bool(self._queue) and not self.slots.present
        return len(self._queue) > MOST_PER_USER * self.slots.present

    @property
    def arrives(self) -> bool:
        """What comes next comes when it is due, and is the next one's who waits, whoever that is."""
        return self.slots.opens and self._next_arrival is not None

    @property
    def _next_arrival(self) -> Iteration | None:
        return next((one for one in self._queue if one.phase in AFTER_WARMUP), None)

    def add(self, epoch: int, iterations: Collection[Iteration]) -> None:
        """Iterations have come. Those of an older lease are left alone: the master has them back already."""
        if epoch == self.epoch and not self.closed:
            in_order = not self._queue or not iterations or in_turn(next(iter(iterations))) > in_turn(self._queue[-1])
            self._queue.extend(iterations)
            self.received += len(iterations)
            if self.slots.opens and not in_order:  # what another worker could not send any more
                self._queue = deque(sorted(self._queue, key=in_turn))

    def take(self, slot: Hashable, now_s: float = 0.0) -> Iteration | None:
        """The next iteration for a slot that has joined; None when there is none for it now, or none is due."""
        if not self._queue:
            return None
        firsts = self._queue[0].phase is Phase.WARMUP and len(self._queue) <= self.slots.fresh
        if firsts and not self.slots.opens and not self.slots.is_fresh(slot):
            return None
        iteration = self.slots.serve(slot, self._queue[0], now_s)
        if iteration is None:
            return None
        self._start(self._queue.popleft())
        return iteration

    def may_have(self, slot: Hashable, now_s: float) -> bool:
        """Whether `take` may have something for a slot: it is worth asking."""
        return bool(self._queue) and (self._queue[0].phase not in AFTER_WARMUP or self.slots.admits(slot, now_s))

    def wakes_s(self, now_s: float) -> float | None:
        """When there will be something for somebody who has got nothing now, if it only takes time; else None."""
        if not self._queue or self._queue[0].phase is Phase.WARMUP:
            return None
        if self._queue[0].phase is Phase.OUTSIDE:
            return now_s
        return self.slots.wakes_s(self._queue[0].seq, now_s)

    def lapses_s(self) -> float | None:
        """When the next arrival is dropped if nobody takes it; None: there is none now."""
        arrival = self._next_arrival if self.slots.opens else None
        return None if arrival is None else self.slots.lapses_s(arrival.seq)

    def upcoming(self, until_s: float, most: int) -> list[tuple[int, int]]:
        """The next arrivals that are due by then, by seq and attempt, and so many at most."""
        found = list[tuple[int, int]]()
        for one in islice(self._queue, most):
            due_s = self.slots.arrives_s(one.seq)
            if one.phase in AFTER_WARMUP and due_s is not None and due_s <= until_s:
                found.append((one.seq, one.attempt))
        return found

    def overdue(self, now_s: float) -> list[Iteration]:
        """Arrivals that nobody has taken in time: they are handed out now, to be dropped."""
        found = []
        while self.slots.opens and (arrival := self._next_arrival) and self.slots.lapsed(arrival, now_s):
            self._queue.remove(arrival)
            self._start(arrival)
            found.append(arrival)
        return found

    def _start(self, iteration: Iteration) -> None:
        self._started.add(iteration)
        self.taken += 1

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

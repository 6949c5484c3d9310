"""Where users get their iterations and hand in what became of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol

from stt_load.audio.clip import Clip
from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.run.barrier import Barrier
from stt_load.run.waiting import Condition
from stt_load.samples.sample import Sample


class Dispatcher(Protocol):
    """What a user needs of a run. Instants of its samples count from `origin_s` on this process's clock."""

    @property
    def origin_s(self) -> float: ...

    def starting(self, users: int) -> None:
        """So many users are in their `on_start`, and will ask for iterations."""

    def take(self, slot: Hashable, connect: Callable[[], None] | None = None) -> Iteration:
        """The next iteration of `slot`, which may be anything that tells it from the others; it joins with the first.

        Blocks until there is one, and it is due, whatever the load model: who waits, waits without ending, and is
        killed as the run is over. connect: opens the connection of the slot and sends nothing; in an open loop it may
        be called meanwhile, in another greenlet. Raises `Retired` where another run has come, to be asked instead.
        """

    def finish(self, iteration: Iteration, sample: Sample, text: str | None, clip: Clip | None = None) -> None:
        """What became of an iteration; `text` is the transcript when there is one, of `clip`."""

    def withdraw(self, slot: Hashable) -> None:
        """It has nothing in flight, and is about to be killed: it gets nothing any more."""

    def leave(self, slot: Hashable) -> None:
        """It is gone, asks for nothing any more, and its number is free."""

    def retire(self) -> None:
        """The run is over, and another one is there for its users: see `Retired`."""


class LocalDispatcher:
    """The dispatcher of a run whose users are all in this process. drop: see `Drops`, told the time."""

    def __init__(
        self,
        budget: Budget,
        barrier: Barrier,
        condition: Condition,
        drop: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.drop = drop
        self.may_have, self.wakes_s = budget.may_have, budget.wakes_s
        self._budget = budget
        self._barrier = barrier
        self._condition = condition

    @property
    def origin_s(self) -> float:
        return self._barrier.origin_s

    @property
    def arrives(self) -> bool:
        return self._budget.arrives

    def starting(self, users: int) -> None:
        self._budget.slots.starting = users

    def take(self, slot: Hashable, connect: Callable[[], None] | None = None) -> Iteration:
        self._barrier.released.wait()
        if self._budget.join(slot):
            self._condition.notify_all()
        self._barrier.check_barrier()
        return self._condition.wait_for(self, slot, connect)

    def next(self, slot: Hashable, now_s: float) -> Iteration | None:
        """See `Source`."""
        self.drop(now_s)
        return self._budget.take(slot, now_s)

    def finish(self, iteration: Iteration, sample: Sample, text: str | None, clip: Clip | None = None) -> None:
        self._barrier.finish(iteration, sample, text, clip)

    def withdraw(self, slot: Hashable) -> None:
        self._condition.withdraw(slot)

    def retire(self) -> None:
        self._condition.retire()

    def leave(self, slot: Hashable) -> None:
        """What was kept for it goes to the others."""
        self._budget.slots.leave(slot)
        self._condition.leave(slot)
        self._condition.notify_all()

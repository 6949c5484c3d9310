"""Where users get their iterations and hand in what became of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

from gevent.event import Event

from stt_load.audio.clip import Clip
from stt_load.clock import clock
from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.load.slots import Slots
from stt_load.run.barrier import Barrier
from stt_load.samples.sample import Sample

T = TypeVar("T")


class Dispatcher(Protocol):
    """What a user needs of a run. Instants of its samples count from `origin_s` on this process's clock."""

    @property
    def origin_s(self) -> float: ...

    def starting(self, users: int) -> None:
        """So many users are in their `on_start`, and will ask for iterations."""

    def take(self, slot: Hashable) -> Iteration:
        """The next iteration of `slot`, which may be anything that tells it from the others; it joins with the first.

        Blocks until there is one, and it is due, whatever the load model: who waits, waits without ending, and is
        killed as the run is over.
        """

    def finish(self, iteration: Iteration, sample: Sample, text: str | None, clip: Clip | None = None) -> None:
        """What became of an iteration; `text` is the transcript when there is one, of `clip`."""

    def leave(self, slot: Hashable) -> None:
        """It is gone, asks for nothing any more, and its number is free."""


class Condition:
    """Wakes all who wait, each to look for itself; who comes later waits for the next time."""

    def __init__(self) -> None:
        self._event = Event()

    def wait_for(self, take: Callable[[Hashable, float], T | None], slot: Hashable, slots: Slots) -> T:
        """What `take` has for `slot` as soon as it has something: who waits, waits without ending."""
        while True:
            slots.wake_s = None
            if (found := take(slot, now_s := clock())) is not None:
                return found
            self._event.wait(None if slots.wake_s is None else slots.wake_s - now_s)

    def notify_all(self) -> None:
        event, self._event = self._event, Event()
        event.set()


class LocalDispatcher:
    """The dispatcher of a run whose users are all in this process."""

    def __init__(self, budget: Budget, barrier: Barrier, condition: Condition) -> None:
        self._budget = budget
        self._barrier = barrier
        self._condition = condition

    @property
    def origin_s(self) -> float:
        return self._barrier.origin_s

    def starting(self, users: int) -> None:
        self._budget.slots.starting = users

    def take(self, slot: Hashable) -> Iteration:
        self._barrier.released.wait()
        self._budget.slots.join(slot)
        self._barrier.check_barrier()
        return self._condition.wait_for(self._budget.take, slot, self._budget.slots)

    def finish(self, iteration: Iteration, sample: Sample, text: str | None, clip: Clip | None = None) -> None:
        self._barrier.finish(iteration, sample, text, clip)

    def leave(self, slot: Hashable) -> None:
        """What was kept for it goes to the others."""
        self._budget.slots.leave(slot)
        self._condition.notify_all()

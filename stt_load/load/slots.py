"""Who carries iterations out: the slots of one process, each with its number."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from heapq import heappop, heappush

from stt_load.load.iteration import Iteration


class Slots:
    """Those that are there. A slot has the lowest free number from 0 for as long as it stays. joined: how many ever
    came. starting: that are not there yet, as their users are in their `on_start`."""

    def __init__(self) -> None:
        self.joined = 0
        self.starting = 0
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

    def serve(self, slot: Hashable, iteration: Iteration) -> Iteration:
        """It takes `iteration`, which bears its number from now on. In a closed loop that is due at once."""
        self._fresh.discard(slot)
        return replace(iteration, slot=self._numbers[slot])

"""A sweep: all levels that were asked for, one after the other, whatever they come to."""

from __future__ import annotations

from stt_load.samples.levels import Levels, Limited, Trial
from stt_load.search.strategy import Spent, Tried


class Sweep:
    """The strategy of a sweep."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels
        self._done = 0

    def next(self, spent: Spent) -> Trial | None:  # noqa: ARG002
        """See `Strategy`."""
        levels = self._levels
        if self._done == len(levels.values):
            return None
        value = levels.values[self._done]
        return Trial(axis=levels.axis, value=value, tier="sweep", requests=levels.requests, seconds=levels.seconds)

    def is_spent(self, spent: Spent) -> bool:  # noqa: ARG002
        """Never: it is known beforehand what it takes."""
        return False

    def took(self, tried: Tried) -> None:  # noqa: ARG002
        """See `Strategy`."""
        self._done += 1

    def answer(self, limited: Limited | None = None) -> None:
        """There is none."""

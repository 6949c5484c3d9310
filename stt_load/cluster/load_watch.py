"""Whether as many users are at work as there ought to be, and what is done where they aren't."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stt_load.cluster.generators import LoadChanges

LASTING_S = 1.0
"""Users that are missing, or too many, for longer are a change of the load, whoever causes it."""
DISTRIBUTE_S = 1.0
"""Locust's own way to replace the users of a worker that is gone, where it has one, takes less."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What Locust has been asked for, in users of ours on all workers together.

    wanted: how many there ought to be; None while Locust is on its way there. spawned: how many it says there are.
    """

    wanted: int | None
    spawned: int

    @property
    def due(self) -> int:
        """So many ought to be at work by now."""
        return self.spawned if self.wanted is None else self.wanted


class LoadWatch:
    """Keeps the account of changes of the load. A pure machine; instants are those of this process's clock.

    asked: what Locust has been asked for. distribute: asks Locust to spawn and stop users so that it is so.
    """

    def __init__(self, asked: Callable[[], Asked], distribute: Callable[[], None]) -> None:
        self.changes = LoadChanges()
        self._asked = asked
        self._distribute = distribute
        self._right_s = self._distributed_s = 0.0
        self._moved = False

    def moved(self, from_s: float) -> None:
        """Locust takes or gives users, as a worker has gone, come back or been refused: until they are as many as
        they should be, the load is not what it was."""
        self._moved = True
        self.changes.begin(from_s)

    def idle(self, from_s: float) -> None:
        """Users that Locust has do nothing."""
        self.changes.begin(from_s)

    def look(self, now_s: float, present: int, *, pending: bool, measuring: bool) -> None:
        """To be called often. present: users at work. pending: how many there are on some worker is not known.

        Before the measuring a shortage is no change: users are still coming.
        """
        asked = self._asked()
        self._right_s = self._right_s or now_s
        if not self.changes.lasting:
            self._distributed_s = now_s
            self._look_for_change(now_s, present, asked, measuring)
            return
        self._right_s = now_s
        if self._moved:
            self._set_right(now_s, present, asked, pending)
        elif present >= asked.due and not pending:
            self.changes.end(now_s)

    def _look_for_change(self, now_s: float, present: int, asked: Asked, measuring: bool) -> None:
        too_many = asked.wanted is not None and present > asked.wanted
        if not (measuring or self._moved) or (present >= asked.due and not too_many):
            self._right_s = now_s
        elif now_s - self._right_s >= LASTING_S:
            self._moved |= too_many  # Locust gave them to others when a worker stood still, and it is back
            self.changes.begin(self._right_s)

    def _set_right(self, now_s: float, present: int, asked: Asked, pending: bool) -> None:
        """Users are distributed until they are as many as they should be; and again when some are missing later, as
        those that are to stop end their request first."""
        if present == asked.wanted:
            if not pending:
                self.changes.end(now_s)
        elif asked.wanted is not None and now_s - self._distributed_s >= DISTRIBUTE_S:
            self._distributed_s = now_s
            self._distribute()

"""Whether as many users are at work as there ought to be, and what is done where they aren't."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

Interval: TypeAlias = tuple[float, float]

LASTING_S = 1.0
"""Users that are missing, or too many, for longer are a change of the load, whoever causes it."""
DISTRIBUTE_S = 1.0
"""Locust's own way to replace the users of a worker that is gone, where it has one, takes less."""


@dataclass(slots=True)
class LoadChanges:
    """Spans in which the load was not what was asked for, because a worker was lost; on this process's clock."""

    _spans: list[list[float]] = field(default_factory=list)

    def __bool__(self) -> bool:
        """There has been one."""
        return bool(self._spans)

    @property
    def lasting(self) -> bool:
        """One has begun and not ended."""
        return any(to_s == math.inf for _, to_s in self._spans)

    def begin(self, from_s: float) -> None:
        self._spans.append([from_s, math.inf])

    def end(self, at_s: float) -> None:
        """The load is as it was; ends what has begun and not ended."""
        for span in self._spans:
            span[1] = min(span[1], at_s)

    def since(self, barrier_s: float, now_s: float) -> tuple[Interval, ...]:
        """Those that reach into the measuring, counted from the barrier; what has not ended, ends now."""
        found = [(from_s - barrier_s, min(to_s, now_s) - barrier_s) for from_s, to_s in self._spans]
        return tuple((max(0.0, from_s), to_s) for from_s, to_s in found if to_s > 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What Locust has been asked for, in users of ours on all workers together.

    wanted: how many there ought to be; None while Locust is on its way there. spawned: how many it says there are.
    """

    wanted: int | None
    spawned: int

    @property
    def due(self) -> int:
        """So many ought to be there by now."""
        return self.spawned if self.wanted is None else self.wanted


class Crowd(Protocol):
    """Users that are known to be there. present: at work. starting: in their `on_start`, and so not missing."""

    @property
    def present(self) -> int: ...

    @property
    def starting(self) -> int: ...


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

    def look(self, now_s: float, users: Crowd, *, measuring: bool, pending: bool = False) -> None:
        """To be called often. pending: how many users there are on some worker is not known.

        Before the measuring a shortage is no change: users are still coming.
        """
        asked = self._asked()
        self._right_s = self._right_s or now_s
        if not self.changes.lasting:
            self._distributed_s = now_s
            self._look_for_change(now_s, users, asked, measuring)
            return
        self._right_s = now_s
        if self._moved:
            self._set_right(now_s, users, asked, pending)
        elif _enough(users, asked) and not pending:
            self.changes.end(now_s)

    def _look_for_change(self, now_s: float, users: Crowd, asked: Asked, measuring: bool) -> None:
        too_many = asked.wanted is not None and users.present > asked.wanted
        if not (measuring or self._moved) or (_enough(users, asked) and not too_many):
            self._right_s = now_s
        elif now_s - self._right_s >= LASTING_S:
            self._moved |= too_many  # Locust gave them to others when a worker stood still, and it is back
            self.changes.begin(self._right_s)

    def _set_right(self, now_s: float, users: Crowd, asked: Asked, pending: bool) -> None:
        """Users are distributed until they are as many as they should be; and again when some are missing later, as
        those that are to stop end their request first."""
        if users.present == asked.wanted:
            if not pending:
                self.changes.end(now_s)
        elif asked.wanted is not None and now_s - self._distributed_s >= DISTRIBUTE_S:
            self._distributed_s = now_s
            self._distribute()


def _enough(users: Crowd, asked: Asked) -> bool:
    return users.present + users.starting >= asked.due

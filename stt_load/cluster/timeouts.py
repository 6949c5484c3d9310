"""How long a master puts up with a worker that keeps it waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from stt_load.cluster.checks import shown
from stt_load.cluster.member import Member, called

logger = logging.getLogger(__name__)

SILENCE_S = 10.0
"""A worker says hello before its first heartbeat. One that Locust hears for this long and that has not done so has no
stt-load, or an older one."""
MUTE_S = 8.0
"""One that Locust hears, and that answers no beat or says no hello, for this long takes no part. Locust takes less to
give up a worker that stands still: so it is none of those."""
START_S = 300.0
"""So long a worker may take from its connection to its readiness: the locustfile's own `init`, a cold node."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A worker that takes no part any more, and why. name: what it calls itself, None where it has not said.
    others_may_come: it may be none of those that were waited for, so that there must be others."""

    worker: str
    name: str | None
    reason: str
    others_may_come: bool


class Timeouts:
    """Counts the time in which workers say nothing, answer nothing, or don't get ready.

    is_heard: whether Locust hears the worker. is_needed: whether others wait for what it says.
    """

    def __init__(self, is_heard: Callable[[str], bool], is_needed: Callable[[Member], bool]) -> None:
        self._is_heard = is_heard
        self._is_needed = is_needed
        self._silent_s: dict[str, float] = {}

    def look(self, elapsed_s: float, unknown: Set[str], members: Sequence[Member]) -> list[Overdue]:
        """Another `elapsed_s` have passed: who is overdue by now. unknown: workers that have not introduced
        themselves."""
        mute = list(self._mute(elapsed_s, members))
        gone = {overdue.worker for overdue in mute}
        slow = self._slow(elapsed_s, [member for member in members if member.id not in gone])
        return [*self._silent(elapsed_s, unknown), *mute, *slow]

    def _silent(self, elapsed_s: float, unknown: Set[str]) -> Iterator[Overdue]:
        """Workers that don't speak this protocol. They have no users: whoever is mute altogether is none to wait for,
        and is accepted as soon as it introduces itself; one that Locust could work with is told to go."""
        self._silent_s = {worker: self._silent_s.get(worker, 0.0) + elapsed_s for worker in unknown}
        for worker, silent_s in self._silent_s.items():
            if silent_s > SILENCE_S and self._is_heard(worker):
                yield Overdue(worker, None, "it runs Locust without stt-load, or with an older version of it", True)
            elif silent_s > SILENCE_S >= silent_s - elapsed_s:
                logger.warning(
                    "stt-load: %s has registered as a worker and says nothing more: it gets no users", shown(worker)
                )

    def _mute(self, elapsed_s: float, members: Sequence[Member]) -> Iterator[Overdue]:
        """Members that Locust hears, and that say nothing of what a worker says each second."""
        for member in members:
            if member.heard_s != member.spoke_s or not self._is_needed(member) or not self._is_heard(member.id):
                member.spoke_s, member.mute_s = member.heard_s, 0.0
                continue
            member.mute_s += elapsed_s
            if member.mute_s > MUTE_S:
                reason = f"it has registered, and has not answered for {member.mute_s:.0f} s what a worker answers"
                yield Overdue(member.id, member.name, reason, True)

    def _slow(self, elapsed_s: float, members: Sequence[Member]) -> Iterator[Overdue]:
        """A run that is on has given them users as soon as they had introduced themselves, and those have to wait."""
        for member in members:
            if member.fit or not self._is_heard(member.id):
                continue
            before_s, member.starting_s = member.starting_s, member.starting_s + elapsed_s
            if member.starting_s > START_S:
                reason = (
                    f"it has not been ready {START_S:.0f} s after it connected (Locust's event `init` goes on there)"
                )
                yield Overdue(member.id, member.name, reason, False)
            elif before_s <= SILENCE_S < member.starting_s:
                logger.warning(
                    "stt-load: worker %s is still starting, and is waited for", called(member.id, member.name)
                )

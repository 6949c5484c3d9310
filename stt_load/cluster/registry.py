"""The workers of a master: who they are, whether they are fit, whether they are still there."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import gevent

import stt_load
from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.checks import InvalidMessage, shown
from stt_load.cluster.member import Member, called
from stt_load.cluster.protocol import Data
from stt_load.cluster.timeouts import Timeouts

logger = logging.getLogger(__name__)

TICK_S = 0.1
STEP_S = 1.0
"""What passes at once beyond this is not counted as anybody's silence: this process itself was stopped."""
TROUBLE = 300
"""Characters of what a worker says that it lacks."""
REFUSE_AGAIN_S = 0.5
"""One that has been refused, and speaks again, is told so again at most this often."""


class Link(Protocol):
    """What a master needs of Locust's connection to the workers."""

    def send(self, kind: str, data: Data, worker: str) -> None:
        """Must not raise where a connection is broken: what is lost is told again, see `protocol`."""

    def connected(self) -> Set[str]:
        """Ids of the workers that Locust has heard of lately."""

    def registered(self) -> Set[str]:
        """Ids of those that have registered and are not accepted, so that Locust has not heard of them."""

    def is_alive(self, worker: str) -> bool:
        """Whether it, of the latter, sends heartbeats."""

    def accept(self, worker: str) -> None:
        """Locust may give it users from now on."""

    def dismiss(self, worker: str) -> None:
        """Makes the worker's process end."""


class RegistryListener(Protocol):
    """What a run asks of the registry: to be told of workers that are there, and to give the beat its words."""

    def needs(self, member: Member) -> bool:
        """Whether others wait for what this one does."""

    def add(self, member: Member) -> None: ...

    def beat(self, member: Member) -> Data: ...

    def on_refused(self, worker: str, *, had_users: bool) -> None:
        """A worker was refused after the run had begun, be it part of it or not. had_users: Locust could give it some
        until now."""

    def on_tick(self, now_s: float) -> bool:
        """Called every `TICK_S`; whether there is something new to tell all workers at once."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What requests need on the machine that sends them. call: see `stt_load.client.call`. audio: the fields of
    an `AudioSpec` whose clips are made of files; None where they are not. digest: of those files."""

    variables: Sequence[str] = ()
    call: str | None = None
    audio: Mapping[str, Any] | None = None
    digest: str | None = None


class WorkerRegistry:
    """Takes workers in, refuses those that won't do, and keeps in touch with the others.

    needs: what each worker must have. on_refused: called with the number of workers that are left, fit ones and those
    that have not answered yet. on_error: called with what went wrong while it kept in touch, and how.
    """

    def __init__(
        self,
        link: Link,
        needs: Needs,
        on_refused: Callable[[int], None],
        on_error: Callable[[str, Exception], None],
    ) -> None:
        self._link = link
        self._needs = needs
        self._on_refused = on_refused
        self._on_error = on_error
        self._members: dict[str, Member] = {}
        self._refused: dict[str, str] = {}
        self._refusal_sent_s: dict[str, float] = {}
        self._timeouts = Timeouts(self._is_heard, self._is_needed)
        self._boot_id = protocol.boot_id()
        self._told_s = 0.0
        self._looked_s = clock()
        self.listener: RegistryListener | None = None
        self.greenlet = gevent.spawn(self._keep_in_touch)

    @property
    def fit(self) -> Iterator[Member]:
        """Those that can take part."""
        return (member for member in self._members.values() if member.fit)

    @property
    def unconfirmed(self) -> int:
        """How many workers are there that have not said, or not yet, whether they can take part."""
        unfit = {member.id for member in self._members.values() if not member.fit}
        return len((self._link.connected() - self._members.keys() - self._refused.keys()) | unfit)

    def member(self, worker: str) -> Member | None:
        """The worker with this id, from which a message has just come; None for one that is not part of it."""
        member = self._members.get(worker)
        if member is not None:
            member.heard_s = clock()
        return member if member is not None and member.fit else None

    @property
    def unfit(self) -> bool:
        """Some worker is there of which it is not known what it does with the users that Locust gives it."""
        return bool(self._link.connected() - {member.id for member in self.fit})

    def is_there(self, worker: str) -> bool:
        return worker in self._link.connected()

    def send(self, kind: str, data: Data, member: Member) -> None:
        self._link.send(kind, data, member.id)

    def on_hello(self, worker: str, data: Data) -> None:
        """A worker introduces itself: as soon as it is connected, and until it is ready and welcome."""
        if worker in self._refused:
            if clock() - self._refusal_sent_s[worker] >= REFUSE_AGAIN_S:
                self._send_refusal(worker)
            return
        if data["version"] != stt_load.__version__:
            reason = (
                f"it has stt-load {data['version']}, this master {stt_load.__version__}: install the same on both"
            )
            self._refuse(worker, data["name"], reason)
            return
        same_boot = self._boot_id is not None and data["boot_id"] == self._boot_id
        member = self._members.setdefault(worker, Member(worker, data["name"], same_boot, clock()))
        member.heard_s = clock()
        if self.listener is not None:
            self._link.accept(worker)  # it is missed from now on
        if data["ready"]:
            self._link.send(protocol.WELCOME, asdict(self._needs) | {"sent_s": clock()}, worker)

    def on_fit(self, worker: str, data: Data) -> None:
        """A worker tells whether it has what is needed; later, that it has come to lack it."""
        member = self._members.get(worker)
        if member is None:
            return
        if data["trouble"] is not None:
            del self._members[worker]
            self._refuse(worker, member.name, shown(data["trouble"], TROUBLE))
            return
        if member.fit:
            return
        self.on_echo(member, data)
        member.fit = True
        self._link.accept(worker)
        if self.listener is not None:
            self.listener.add(member)

    def on_echo(self, member: Member, data: Data) -> None:
        """A worker answers: how far its clock is from this one."""
        now_s = clock()
        if data["sent_s"] > now_s:
            raise InvalidMessage("it answers what has not been sent yet")
        member.heard_s = now_s
        member.trips.add(data["sent_s"], data["clock_s"], now_s)

    def refuse(self, worker: str, reason: str) -> None:
        """A worker says what it can't know, or does what it may not do: it takes no part from now on.

        One that has never introduced itself is none of those that were waited for.
        """
        member = self._members.pop(worker, None)
        if worker not in self._refused:
            self._refuse(worker, None if member is None else member.name, reason, awaited=member is not None)

    def forget(self, worker: str) -> None:
        """A worker is gone for good."""
        self._members.pop(worker, None)

    def _refuse(
        self, worker: str, name: str | None, reason: str, *, awaited: bool = True, others_may_come: bool = False
    ) -> None:
        """name: what it calls itself, which anybody can; None where it has not said. awaited: it may be one of those
        that were waited for. others_may_come: it may as well be none of ours, so that there must be others."""
        self._refused[worker] = reason
        logger.warning("stt-load: worker %s is refused: %s", called(worker, name), reason)
        had_users = worker in self._link.connected()
        self._send_refusal(worker)
        if self.listener is not None:
            self.listener.on_refused(worker, had_users=had_users)
        if awaited:
            left = len((self._link.connected() | self._members.keys()) - self._refused.keys())
            self._on_refused(max(left, 1) if others_may_come else left)

    def _send_refusal(self, worker: str) -> None:
        """Again where it has not heard it, or has connected once more."""
        self._refusal_sent_s[worker] = clock()
        self._link.send(protocol.REFUSED, {"reason": self._refused[worker]}, worker)
        self._link.dismiss(worker)

    def _keep_in_touch(self) -> None:
        while True:
            gevent.sleep(TICK_S)
            try:
                self.look(clock())
            except Exception as error:
                self._on_error("keeping in touch with the workers", error)
                gevent.sleep(protocol.BEAT_S)  # not ten times a second, should it last

    def look(self, now_s: float) -> None:
        """Called every `TICK_S`: who is missing, and whether it is time for a beat."""
        elapsed_s, self._looked_s = min(now_s - self._looked_s, STEP_S), now_s
        self._refuse_overdue(elapsed_s)
        news = self.listener is not None and self.listener.on_tick(now_s)
        if news or now_s - self._told_s >= protocol.BEAT_S:
            self._told_s = now_s
            for member in self.fit:
                words = {} if self.listener is None else self.listener.beat(member)
                self.send(protocol.BEAT, words | {"sent_s": clock(), "age_s": now_s - member.heard_s}, member)

    def _refuse_overdue(self, elapsed_s: float) -> None:
        unknown = (self._link.connected() | self._link.registered()) - self._members.keys() - self._refused.keys()
        for overdue in self._timeouts.look(elapsed_s, unknown, list(self._members.values())):
            self._members.pop(overdue.worker, None)
            self._refuse(overdue.worker, overdue.name, overdue.reason, others_may_come=overdue.others_may_come)

    def _is_needed(self, member: Member) -> bool:
        """Whether others wait for what it does, or for it to get ready."""
        return not member.fit or (self.listener is not None and self.listener.needs(member))

    def _is_heard(self, worker: str) -> bool:
        """By Locust, or in its place while it has not introduced itself."""
        return worker in self._link.connected() or self._link.is_alive(worker)

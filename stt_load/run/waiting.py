"""Slots that wait for something to do, and who of them is woken when there is something."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import Any, Protocol

import gevent
from gevent.event import Event

from stt_load.clock import clock
from stt_load.load.iteration import Iteration


class Source(Protocol):
    """Where iterations come from. Instants are those of this process's clock."""

    @property
    def arrives(self) -> bool:
        """What comes next comes when it is due, and is the next one's who waits, whoever that is."""

    def next(self, slot: Hashable, now_s: float) -> Iteration | None:
        """What there is for a slot now."""

    def may_have(self, slot: Hashable, now_s: float) -> bool:
        """Whether it is worth asking: where nothing arrives, what there is may be for some slots only."""

    def wakes_s(self, now_s: float) -> float | None:
        """When there will be something for somebody who has got nothing at now_s, if it only takes time."""


class Retired(Exception):  # noqa: N818 - it says what is, and nothing went wrong
    """The run that a slot has asked is over, and Locust's users stay: it is to ask the next one."""


class _Waiting:
    """A slot that waits. asked_s: since when. connect: opens its connection."""

    __slots__ = ("asked_s", "connect", "event")

    def __init__(self, asked_s: float, connect: Callable[[], None] | None) -> None:
        self.asked_s = asked_s
        self.connect = connect
        self.event = Event()


class Condition:
    """Slots that wait, on a stack: who has come last goes first, so that as few are in use as the load needs, and
    their connections stay warm. Each is woken by itself, when there is something for it, and takes that itself: one
    that is killed on its way has taken nothing.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, _Waiting] = {}
        self._withdrawn: set[Hashable] = set()
        self._woken = 0
        self._retired = False
        self._source: Source | None = None
        self._timer: Any = None
        self._timer_s = math.inf

    def wait_for(self, source: Source, slot: Hashable, connect: Callable[[], None] | None = None) -> Iteration:
        """What `source` has for `slot` as soon as it has something: who waits, waits without ending. connect: what
        opens the connection of the slot. Raises `Retired`."""
        self._source = source
        asked_s = now_s = clock()
        while (found := None if slot in self._withdrawn else source.next(slot, now_s)) is None:
            if self._retired:
                raise Retired
            self._wait(slot, _Waiting(asked_s, connect), now_s)
            now_s = clock()
        if found.due_s is not None:
            found.waited = asked_s > found.due_s and not self._was_free(found.due_s)
        if self._waiting:
            self._look(now_s)
        return found

    def notify_all(self) -> None:
        """There is news: something may have come that was not there before, for any of them."""
        source = self._source
        if source is None or not self._waiting:
            return
        now_s = clock()
        if not source.arrives:
            for slot in [one for one in self._waiting if source.may_have(one, now_s)]:
                self._wake(slot)
        self._look(now_s)

    def retire(self) -> None:
        """There is nothing here any more, for nobody: who waits, or comes, is told so."""
        self._retired = True
        for slot in list(self._waiting):
            self._wake(slot)

    def withdraw(self, slot: Hashable) -> None:
        """It is about to be killed, and gets nothing any more: what it got until then would be cut off. With many of
        them that takes a while to come."""
        self._withdrawn.add(slot)
        self._waiting.pop(slot, None)

    def leave(self, slot: Hashable) -> None:
        """It is gone."""
        self._withdrawn.discard(slot)

    def connect(self, count: int) -> None:
        """The `count` slots that will be next open their connection, each in a greenlet of its own."""
        for waiting in list(self._waiting.values())[: -count - 1 : -1]:
            if waiting.connect is not None:
                gevent.spawn(waiting.connect)

    def _was_free(self, at_s: float) -> bool:
        """Whether some slot has been waiting since before then: the lowest of the stack has waited longest."""
        return next((waiting.asked_s <= at_s for waiting in self._waiting.values()), False)

    def _wait(self, slot: Hashable, waiting: _Waiting, now_s: float) -> None:
        if slot in self._withdrawn:
            self.notify_all()  # it may have been woken for something that another one may have then
        else:
            self._waiting[slot] = waiting
            self._look(now_s)
        try:
            waiting.event.wait()
        except BaseException:
            if not waiting.event.is_set():
                self._waiting.pop(slot, None)
            else:  # it was woken for something that another one may have then
                self._woken -= 1
                self.notify_all()
            raise
        self._woken -= 1

    def _wake(self, slot: Hashable) -> None:
        self._woken += 1
        self._waiting.pop(slot).event.set()

    def _look(self, now_s: float) -> None:
        """Wakes the next one for what has arrived, or sees to it that somebody is when it does. Who has been woken
        looks again when it has taken that."""
        source = self._source
        if source is None or (source.arrives and self._woken) or not self._waiting:
            return
        at_s = source.wakes_s(now_s)
        if at_s is None:
            return
        if at_s > now_s:
            self._arm(at_s)
        elif source.arrives:
            self._wake(next(reversed(self._waiting)))

    def _arm(self, at_s: float) -> None:
        """A timer that is set for an earlier instant stays: it is set anew then."""
        if at_s >= self._timer_s:
            return
        if self._timer is not None:
            self._timer.close()
        self._timer_s = at_s
        self._timer = gevent.get_hub().loop.timer(max(0.0, at_s - clock()))
        self._timer.start(self._on_time)

    def _on_time(self) -> None:
        self._timer.close()
        self._timer, self._timer_s = None, math.inf
        self.notify_all()

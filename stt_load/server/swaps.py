"""Answers that go to the wrong caller: two requests in flight exchange theirs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random

from stt_load.server.transcript import Segment

Segments = tuple[Segment, ...]


@dataclass(slots=True, eq=False)
class Ticket:
    """Of one request. heard: what is said in its own clip, to be set once that is known; nothing where nobody ever
    will. other: whose answer it gets; it may wait for one that is still to come (`waits`)."""

    heard: asyncio.Future[Segments]
    other: asyncio.Future[Ticket]
    waits: bool = False


@dataclass(slots=True)
class Swaps:
    """Chooses the share `rate` of requests, in pairs: one by chance, and the next that comes while it is in flight.

    The request before stands in where none comes: its answer is given twice then, and this one's to nobody.
    """

    rate: float
    _waiting: Ticket | None = None
    _before: Segments = ()

    def ticket(self, random: Random, is_alone: bool, may: bool = True) -> Ticket:
        """For a request that has just come. is_alone: no other is in flight. may: whether chance may choose it."""
        loop = asyncio.get_running_loop()
        ticket = Ticket(loop.create_future(), loop.create_future())
        chance = self.rate if is_alone else self.rate / (2 - self.rate)  # of a pair, one is chosen by the other
        is_chosen = random.random() < chance
        if self._waiting is not None:
            first, self._waiting = self._waiting, None
            first.other.set_result(ticket)
            ticket.other.set_result(first)
        elif is_chosen and may:
            ticket.waits, self._waiting = True, ticket
        return ticket

    async def answer(self, ticket: Ticket, until_s: float) -> Segments | None:
        """What is to be answered in place of its own, which is known; None where its own is. until_s: the instant by
        which another must have come, on the loop's clock."""
        own = ticket.heard.result()
        before, self._before = self._before, own
        if ticket.waits:
            now_s = asyncio.get_running_loop().time()
            await asyncio.wait([ticket.other], timeout=max(0.0, until_s - now_s))
            if not ticket.other.done():
                self._waiting = None
                return before if before and before != own else None
        if not ticket.other.done():
            return None
        other = await ticket.other.result().heard
        return other if other and other != own else None

"""Answers that go to the wrong caller: in pairs, and nobody waits beyond its time."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest

from stt_load.server.swaps import Segments, Swaps, Ticket
from stt_load.server.transcript import Segment


def said(text: str) -> Segments:
    return (Segment(0.0, 1.0, text),)


def heard(ticket: Ticket, text: str) -> Ticket:
    ticket.heard.set_result(said(text) if text else ())
    return ticket


async def answer(swaps: Swaps, ticket: Ticket, within_s: float = 0.0) -> Segments | None:
    return await asyncio.wait_for(swaps.answer(ticket, asyncio.get_running_loop().time() + within_s), 5)


def in_a_loop(test: Any) -> Any:
    def run() -> None:
        asyncio.run(test())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@in_a_loop
async def test_who_is_chosen_and_who_comes_next_exchange_their_answers() -> None:
    swaps = Swaps(1.0)
    first, second = (heard(swaps.ticket(Random(1), is_alone=False), text) for text in ("a", "b"))
    assert first.waits
    assert await answer(swaps, first) == said("b")
    assert await answer(swaps, second) == said("a")


@in_a_loop
async def test_where_nobody_comes_in_time_it_is_the_answer_of_before_or_its_own() -> None:
    swaps = Swaps(1.0)
    assert await answer(swaps, heard(swaps.ticket(Random(1), is_alone=True), "a")) is None
    assert await answer(swaps, heard(swaps.ticket(Random(1), is_alone=True), "b")) == said("a")
    late = heard(swaps.ticket(Random(1), is_alone=True), "c")
    assert late.waits, "who has gone is not waited for any more"
    assert not late.other.done()


@in_a_loop
async def test_who_is_not_chosen_is_answered_what_it_said() -> None:
    for swaps, may in ((Swaps(0.0), True), (Swaps(1.0), False)):
        ticket = heard(swaps.ticket(Random(1), is_alone=False, may=may), "a")
        assert not ticket.waits
        assert await answer(swaps, ticket) is None


@in_a_loop
async def test_the_other_that_hears_nothing_leaves_one_its_own() -> None:
    swaps = Swaps(1.0)
    first, second = swaps.ticket(Random(1), is_alone=False), swaps.ticket(Random(1), is_alone=False)
    heard(first, "a")
    heard(second, "")
    assert await answer(swaps, first) is None
    assert await answer(swaps, second) == said("a")


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_as_many_are_exchanged_as_asked_for(rate: float) -> None:
    """With others in flight all the time, so that each finds its partner: within five standard deviations."""

    async def share() -> float:
        swaps, random = Swaps(rate), Random(7)
        tickets = [swaps.ticket(random, is_alone=False) for _ in range(4_000)]
        return sum(ticket.other.done() for ticket in tickets) / len(tickets)

    spread = 5 * (2 * rate * (1 - rate) / 4_000) ** 0.5
    assert asyncio.run(share()) == pytest.approx(rate, abs=spread)

"""All levels, one after the other."""

from __future__ import annotations

from stt_load.samples.levels import Levels, Trial
from stt_load.search.asked import strategy_of
from stt_load.search.strategy import Spent
from tests.search.trying import SLOS, tried

SPENT = Spent(1e9, 10**9)


def test_they_come_in_their_order_whatever_they_come_to() -> None:
    sweep = strategy_of(Levels(axis="users", values=(4, 1), requests=200), SLOS)
    first = sweep.next(SPENT)
    assert first == Trial(axis="users", value=4, tier="sweep", requests=200)
    assert sweep.next(SPENT) == first
    sweep.took(tried(4, "measured"))
    assert sweep.next(SPENT) == Trial(axis="users", value=1, tier="sweep", requests=200)
    sweep.took(tried(1, "measured"))
    assert sweep.next(SPENT) is None
    assert not sweep.is_spent(SPENT)
    assert sweep.answer() is None

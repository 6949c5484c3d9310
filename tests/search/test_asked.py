"""Which strategy is asked for."""

from __future__ import annotations

from stt_load.samples.levels import Levels, Search
from stt_load.search.asked import strategy_of
from stt_load.search.search import CapacitySearch
from stt_load.search.sweep import Sweep
from tests.search.trying import SLOS

SEARCH = Search(start=2, to=8, resolution=0.1, max_time_s=600, max_requests=None, at_least=None, mode="auto")


def test_levels_are_a_sweep_and_a_search_is_one() -> None:
    assert isinstance(strategy_of(Levels(axis="users", values=(1, 2), requests=90), SLOS), Sweep)
    assert isinstance(strategy_of(Levels(axis="users", search=SEARCH), SLOS), CapacitySearch)

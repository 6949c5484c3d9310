"""The strategy of what was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from stt_load.samples.levels import Levels
from stt_load.search.search import CapacitySearch
from stt_load.search.strategy import Strategy
from stt_load.search.sweep import Sweep
from stt_load.slo.model import Slo


def strategy_of(levels: Levels, slos: Sequence[Slo]) -> Strategy:
    """A sweep, or a search for what holds `slos`."""
    return Sweep(levels) if levels.search is None else CapacitySearch(levels, levels.search, slos)

"""When iterations are due: a pure function of the load and an iteration's number. So every worker computes it, and no
message carries it."""

from __future__ import annotations

from collections.abc import Callable

from stt_load.samples.run_info import Load

Timetable = Callable[[int], float | None]
"""Of the n-th measured iteration, n from 0: how many seconds after the barrier it is due; None: when it is ready."""


def when_ready(_: int) -> None:
    """The closed loop's: whoever is free sends the next one."""


def timetable_of(load: Load) -> Timetable:
    """What `load` asks for."""
    return {"closed": when_ready}[load.model]

"""Which iterations after the warm-up settle: those in which the service comes to the load that it has from then."""

from __future__ import annotations

import math
from collections.abc import Callable

from stt_load.load.timetable import ZERO_S, Timetable
from stt_load.samples.run_info import ClosedLoop, Load, OpenLoop
from stt_load.samples.sample import Phase

Median = Callable[[], float | None]
"""Tells the median of the service times so far; None where nothing was answered."""

MEDIANS = 10
"""Service times that an open loop takes to settle."""
WAVES = 2
"""First requests of each user that settle in a closed loop."""
TRACE_LOOK_S = 10.0
"""How far into a trace its first rate is looked at."""


class Settling:
    """Decides for each iteration after the warm-up, by its number, whether it settles. A pure machine.

    An open loop's stages each begin with iterations that settle: as many as arrive in 10 medians of the service times
    known when the first of them is handed out, and half of the stage's at most. settles: so does the run as a whole,
    where it is one of several; in a closed loop that takes 2 for each user. Stages of users: see `UserStages`.

    extra: those that settle on top of what the run is to measure: of a run that is one of several and goes on as long
    as there is need, which stages and a trace don't.
    """

    def __init__(self, load: Load, timetable: Timetable, *, settles: bool = False) -> None:
        self._timetable = timetable
        self._staged = isinstance(load, OpenLoop) and load.staged
        self._stages = len(load.stages)
        self._planned = load.planned if isinstance(load, OpenLoop) else None
        self._settles = settles and not (isinstance(load, ClosedLoop) and load.stages)
        self.extra = WAVES * load.users if self._settles and isinstance(load, ClosedLoop) else 0
        goes_on = isinstance(load, OpenLoop) and load.trace is None and not load.staged
        self._comes_on_top = self._settles and goes_on
        self._until: dict[int, int] = {}

    def begin(self, median_s: Median) -> int:
        """The first iteration is about to be handed out: how many are more than was known before. To be called
        once."""
        if not self._comes_on_top:
            return 0
        self.extra = self._timetable.arrivals_within(MEDIANS * (median_s() or 0.0)) or 0
        return self.extra

    def phase(self, number: int, median_s: Median) -> Phase:
        """The phase of the number-th iteration, which is being handed out."""
        if self.extra or self._comes_on_top:
            return Phase.SETTLING if number < self.extra else Phase.MEASURED
        if not (self._staged or self._settles):
            return Phase.MEASURED
        stage = self._timetable.stage(number) or 0
        if (until := self._until.get(stage)) is None:
            until = self._until[stage] = self._end_of(stage, median_s() or 0.0)
        return Phase.SETTLING if number < until else Phase.MEASURED

    def _end_of(self, stage: int, median_s: float) -> int:
        """The first number of the stage that is measured."""
        timetable, first = self._timetable, self._timetable.first_of(stage)
        begins_s = timetable.due_s(first)
        if begins_s is None or not median_s:
            return first
        after = timetable.arrivals_within(begins_s - ZERO_S + MEDIANS * median_s)
        last = self._planned if not self._staged or stage + 1 == self._stages else timetable.first_of(stage + 1)
        return first if after is None else min(after, after if last is None else first + (last - first) // 2)


def connections(load: Load, timetable: Timetable, median_s: float | None) -> int:
    """How many slots of an open loop open their connection before its timetable begins: twice as many as its first
    rate, the higher end of a ramp, keeps in flight at `median_s` each. None where nothing was answered yet."""
    if isinstance(load, ClosedLoop) or median_s is None:
        return 0
    if load.stages:
        rate = max(load.stages[0].first, load.stages[0].last)
    else:
        rate = (timetable.arrivals_within(TRACE_LOOK_S) or 0) / TRACE_LOOK_S
    return min(load.max_in_flight, math.ceil(round(2 * rate * median_s, 9)))

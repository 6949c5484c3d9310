"""How a load goes with the time: stages of a rate, or of a number of users, each even or a ramp."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

from stt_load.samples.run_info import ClosedLoop, Load, Stage

DIGITS = 9
"""Of arrivals that a profile adds up to: 0.1 a second for 30 s are 3 of them, and not 4e-16 more."""


class Profile:
    """Stages, one after the other. starts_s: when each begins; ends_s: when the last one is over, infinite where it
    goes on to the end of the run. After that its last value stays.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = tuple(stages)
        self.starts_s: list[float] = []
        self._sums: list[float] = []
        self.ends_s, total = 0.0, 0.0
        for stage in self.stages:
            self.starts_s.append(self.ends_s)
            self._sums.append(round(total, DIGITS))
            self.ends_s += math.inf if stage.for_s is None else stage.for_s
            total += math.inf if stage.for_s is None else (stage.first + stage.last) / 2 * stage.for_s
        self._total = round(total, DIGITS) if math.isfinite(total) else total

    def stage_at(self, at_s: float) -> int:
        """The stage that at_s, 0 or more, belongs to; the last one after the end."""
        return bisect_right(self.starts_s, at_s) - 1

    def value(self, at_s: float) -> float:
        """The rate, or the users, at that time."""
        number = self.stage_at(at_s)
        stage = self.stages[number]
        if stage.for_s is None or at_s >= self.ends_s:
            return stage.last
        return stage.first + (stage.last - stage.first) * (at_s - self.starts_s[number]) / stage.for_s

    def sum_until(self, at_s: float) -> float:
        """The rate summed over the time until then: how many are expected to arrive. None before the beginning."""
        at_s = max(0.0, at_s)
        if at_s >= self.ends_s:
            return self._total
        number = self.stage_at(at_s)
        stage, into_s = self.stages[number], at_s - self.starts_s[number]
        slope = 0.0 if stage.for_s is None else (stage.last - stage.first) / stage.for_s
        return round(self._sums[number] + into_s * (stage.first + slope * into_s / 2), DIGITS)

    def sum_before(self, stage: int) -> float:
        """The rate summed over all stages before `stage`, which may be one after the last."""
        return self._sums[stage] if stage < len(self._sums) else self._total

    def stage_of(self, total: float) -> int:
        """The stage in which the sum comes to `total`: the later one at a boundary, as the next arrival is its."""
        return bisect_right(self._sums, total) - 1

    def when(self, total: float) -> float:
        """When the sum comes to `total`: the inverse of `sum_until`, exact for ramps. After the end the last rate
        goes on; infinite where that is 0."""
        number = self.stage_of(total)
        stage, left = self.stages[number], total - self._sums[number]
        if total >= self._total:
            return self.ends_s + (total - self._total) / stage.last if stage.last else math.inf
        slope = 0.0 if stage.for_s is None else (stage.last - stage.first) / stage.for_s
        root = math.sqrt(max(0.0, stage.first**2 + 2 * slope * left))
        into_s = 2 * left / (stage.first + root) if left and stage.first + root else 0.0
        return self.starts_s[number] + into_s


def measured_for_s(load: Load, measure_for_s: float | None) -> float | None:
    """After how long a run ends whatever has come of it; None where it ends with its last result. Stages of users
    last as long as they are; what arrives in an open loop is counted, however long it was to be measured for."""
    if isinstance(load, ClosedLoop):
        return Profile(load.stages).ends_s if load.stages else measure_for_s
    return None

"""When iterations are due: a pure function of the load and an iteration's number. So every worker computes it, and no
message carries it."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Protocol

from stt_load.audio.trace import trace_in
from stt_load.load.arrivals import arrivals_of
from stt_load.load.profile import Profile
from stt_load.samples.run_info import Load, OpenLoop, Trace

ZERO_S = 1.0
"""After the barrier: then an open loop's timetable begins, as whoever opens connections needs the time until then."""


class Timetable(Protocol):
    """Of the iterations after the warm-up, each by its number, from 0."""

    def due_s(self, number: int) -> float | None:
        """How many seconds after the barrier it is due; None: when it is ready."""

    def stage(self, number: int) -> int | None:
        """The stage that it belongs to, where it is known by the number; None in the plain run, too."""

    def first_of(self, stage: int) -> int:
        """The number of the first one of `stage`; of a stage after the last, of the first that comes after all."""

    def arrivals_within(self, seconds: float) -> int | None:
        """How many are due in so many seconds from the beginning of the timetable, at `ZERO_S`; None: that depends on
        the answers."""


class WhenReady:
    """The closed loop's: whoever is free sends the next one."""

    def due_s(self, number: int) -> None: ...

    def stage(self, number: int) -> None: ...

    def first_of(self, stage: int) -> int:  # noqa: ARG002 - see the protocol
        return 0

    def arrivals_within(self, seconds: float) -> None: ...


class OpenTimetable:
    """Arrivals that are spread as `load` says, at the rate that it has at the time. Absolute: no instant depends on
    what has become of another, and nothing drifts."""

    def __init__(self, load: OpenLoop, seed: int) -> None:
        self._profile = Profile(load.stages)
        self._staged = load.staged
        self._arrivals = arrivals_of(load, seed)

    def due_s(self, number: int) -> float:
        return ZERO_S + self._profile.when(self._arrivals.place(number))

    def stage(self, number: int) -> int | None:
        return self._profile.stage_of(self._arrivals.place(number)) if self._staged else None

    def first_of(self, stage: int) -> int:
        return self._arrivals.before(self._profile.sum_before(stage))

    def arrivals_within(self, seconds: float) -> int:
        return self._arrivals.before(self._profile.sum_until(seconds))


class TraceTimetable:
    """Arrivals as they were recorded, so many times as fast. After the last one none is ever due."""

    def __init__(self, trace: Trace) -> None:
        self._offsets_s, self._speed = trace_in(trace.file).offsets_s, trace.speed

    def due_s(self, number: int) -> float:
        return ZERO_S + self._after_s(self._offsets_s[number]) if number < len(self._offsets_s) else math.inf

    def stage(self, number: int) -> None: ...

    def first_of(self, stage: int) -> int:
        return len(self._offsets_s) if stage > 0 else 0

    def arrivals_within(self, seconds: float) -> int:
        return bisect_left(self._offsets_s, seconds, key=self._after_s)

    def _after_s(self, offset_s: float) -> float:
        return offset_s / self._speed


def timetable_of(load: Load, seed: int) -> Timetable:
    """What `load` asks for; `seed` decides on what is drawn. Raises ValueError for a trace that can't be used."""
    if load.model == "closed":
        return WhenReady()
    return OpenTimetable(load, seed) if load.trace is None else TraceTimetable(load.trace)

"""How far a run is with all of its iterations, whoever hands them out."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

from stt_load.load.iteration import Iteration
from stt_load.load.repeats import Repeats
from stt_load.load.settling import Median, Settling
from stt_load.load.timetable import Timetable, WhenReady
from stt_load.samples.run_info import Load, OpenLoop
from stt_load.samples.sample import Phase


class Iterations(ABC):
    """What a run knows of its iterations: `Budget` of one process, `Ledger` of many.

    total: N, None for no end; of an open loop M and all that arrive, and what settles before a repeated closed loop
    on top. warmup: M, below N. warmup_users: so many of them are in flight at a time, and no more. awaited: users
    that the barrier waits for (0: for none). repeat_check: how many of the clips are said again; repeats: those
    iterations, which count for none of these. open: the warm-up is over. closed: nothing new is handed out, since
    closed_s on the clock of whoever closed it. median_s: tells the median of the service times so far.
    """

    def __init__(self, total: int | None, warmup: int, awaited: int, repeat_check: int = 0) -> None:
        self.total = total
        self.warmup = warmup
        self.warmup_users: float = math.inf
        self.awaited = awaited
        self.open = False
        self.closed = False
        self.closed_s = math.inf
        self.median_s: Median = lambda: None
        self.load: Load | None = None
        self.timetable: Timetable = WhenReady()
        self.settling: Settling | None = None
        self.warmup_results = 0
        self.measured_results = 0
        self._repeat_check = repeat_check
        self.repeats = Repeats(repeat_check, total, warmup)

    def follow(self, load: Load, timetable: Timetable, *, settles: bool = False) -> None:
        """What comes after the warm-up, comes as `load` asks for, and `timetable` has it. settles: some of it settles
        first, though there are no stages."""
        self.load, self.timetable = load, timetable
        self.settling = Settling(load, timetable, settles=settles)
        if isinstance(load, OpenLoop):
            self.total = None if load.planned is None else self.warmup + load.planned
            self.warmup_users = load.warmup_users
        elif load.stages:
            self.total = None
        elif self.total is not None:
            self.total += self.settling.extra
        self.repeats = Repeats(self._repeat_check, self.total, self.warmup)

    def settle(self) -> None:
        """The barrier is about to open, and what was answered so far says how many settle on top of the others."""
        extra = 0 if self.settling is None else self.settling.begin(self.median_s)
        if self.total is not None:
            self.total += extra

    @property
    @abstractmethod
    def joined(self) -> int:
        """Users that ever came."""

    @property
    @abstractmethod
    def present(self) -> int:
        """Users that are there."""

    @property
    @abstractmethod
    def starting(self) -> int:
        """Users that are not there yet, as they are in their `on_start`."""

    @property
    @abstractmethod
    def workers(self) -> int:
        """Processes that have users."""

    @property
    @abstractmethod
    def in_flight(self) -> int:
        """Iterations that were started, as far as is known, and have no result yet."""

    @property
    @abstractmethod
    def handed_out(self) -> int:
        """Iterations that have a result, or that somebody has, less what is said again."""

    @abstractmethod
    def waiting_s(self, now_s: float) -> list[float]:
        """Since when the answers of measured iterations are waited for that have none at now_s: in a closed loop from
        when each began, as far as that is known, and not earlier; in an open one from when it was due, be it that
        nobody has taken it yet."""

    def _phase(self, seq: int) -> Phase:
        """Of one that comes after the warm-up, where no stage of users decides."""
        return Phase.MEASURED if self.settling is None else self.settling.phase(seq - self.warmup, self.median_s)

    @property
    def measured_total(self) -> int | None:
        """N - M, None for no end."""
        return None if self.total is None else self.total - self.warmup

    @property
    def done(self) -> bool:
        """All N results are in."""
        return self.total is not None and self.warmup_results + self.measured_results >= self.total

    def finish(self, iteration: Iteration) -> None:
        """An iteration's result is in. Call it exactly once for each."""
        if iteration.phase is Phase.WARMUP:
            self.warmup_results += 1
        elif iteration.phase is not Phase.OUTSIDE:
            self.measured_results += 1
        else:
            self.repeats.over(iteration)

    def may_open(self) -> bool:
        """Whether the barrier's conditions hold and it has not opened yet."""
        everyone = self.joined >= self.awaited and self.present > 0
        warm = self.warmup_results >= self.warmup and not self.repeats.controlling
        return not self.open and not self.closed and warm and everyone

    def close(self, now_s: float = math.inf) -> None:
        """Nothing new is handed out any more, from now_s on."""
        self.closed_s = min(self.closed_s, now_s)
        self.closed = True

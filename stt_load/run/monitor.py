"""The load generator watching itself: event-loop lag, CPU, requests in flight, users."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gevent

from stt_load.clock import clock
from stt_load.run.lag import LATE_S, FloatArray, LagLog
from stt_load.samples.generator import Generator, Stall, WorkerHealth
from stt_load.samples.table import SampleTable

LAG_PERIOD_S = 0.01
COUNT_PERIOD_S = 0.1
SOON_S = 1e-6


@dataclass(frozen=True, slots=True)
class Watch:
    """What one process has seen of itself, as figures that can be sent and added up.

    lag_p99_s, lag_mean_s, stalled_s: see `LagLog`. stalls: its longest, from and to, counted from the barrier.
    cpu_share: of one core. looks: how often requests in flight and users were counted, and the sums of what was
    counted.
    """

    lag_p99_s: float | None = None
    lag_mean_s: float | None = None
    stalled_s: float | None = None
    stalls: tuple[tuple[float, float], ...] = ()
    cpu_share: float | None = None
    looks: int = 0
    in_flight_sum: int = 0
    in_flight_squares: int = 0
    users_sum: int = 0

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Watch:
        """Out of the dictionary that it was sent as."""
        return cls(**{**data, "stalls": tuple((from_s, to_s) for from_s, to_s in data["stalls"])})

    def health(self, worker: int) -> WorkerHealth:
        """As the watch of the process with this index."""
        return WorkerHealth(worker, self.lag_p99_s, self.cpu_share, self.lag_mean_s, self.stalled_s)

    def generator(self, listener_errors: int) -> Generator:
        """As the only process of a run."""
        n = self.looks
        mean = self.in_flight_sum / n if n else None
        return Generator(
            workers=(self.health(0),),
            stalls=tuple(Stall(0, from_s, to_s) for from_s, to_s in self.stalls),
            in_flight_mean=mean,
            in_flight_stdev=math.sqrt(self.in_flight_variance) if n > 1 else None,
            in_flight_samples=n,
            users_mean=self.users_sum / n if n else None,
            listener_errors=listener_errors,
        )

    @property
    def in_flight_variance(self) -> float:
        """Of the counts, as estimated from them; 0 where there are fewer than two."""
        if self.looks < 2:
            return 0.0
        spread = self.in_flight_squares - self.in_flight_sum**2 / self.looks
        return max(0.0, spread / (self.looks - 1))


class Monitor:
    """Observes one process from `start` to `stop`. What rows it can have made late, is told of many at once.

    in_flight, users: looked at about every 100 ms, each time at a random instant of the period, so that the look
    can't keep step with requests that all take the same time. failed: called with what can't be seen any more, and
    why.
    """

    def __init__(
        self, in_flight: Callable[[], int], users: Callable[[], int], failed: Callable[[str, Exception], None]
    ) -> None:
        self._failed = failed
        self._in_flight = in_flight
        self._users = users
        self._lags = LagLog()
        self._due_s = 0.0
        self._looks = self._in_flight_sum = self._in_flight_squares = self._users_sum = 0
        self._barrier_s = self._started_s = self._ended_s = 0.0
        self._cpu_from_s = self._cpu_to_s = 0.0
        self._greenlets: list[gevent.Greenlet[..., None]] = []

    def start(self, barrier_s: float) -> None:
        """barrier_s: when the barrier opened, on this process's clock."""
        self._barrier_s = barrier_s
        self._started_s, self._cpu_from_s = clock(), time.process_time()
        self._due_s = self._started_s + LAG_PERIOD_S
        self._greenlets = [gevent.spawn(self._guarded, one) for one in (self._watch_lag, self._count)]

    def stop(self) -> None:
        """Ends the observation; calling it again changes nothing. The stall that it is called in is seen, too."""
        if self._greenlets:
            self._ended_s, self._cpu_to_s = clock(), time.process_time()
            if self._ended_s - self._due_s > LATE_S:
                self._lags.add(self._due_s, self._ended_s)
            gevent.killall(self._greenlets, block=False)
            self._greenlets = []

    @property
    def looked_s(self) -> float:
        """Of what was done before this instant it is known which stall it was in; infinite while nobody watches."""
        return self._due_s if self._greenlets else math.inf

    def settle(self, table: SampleTable, origin_s: float) -> int:
        """Fills in `late_s` of the rows for which it is known, and tells how many they are, from the first on.

        origin_s: what the instants of `table` count from, on this process's clock.
        """

        def late_s(sent_s: FloatArray, done_s: FloatArray) -> FloatArray:
            return self._lags.late_s(sent_s + origin_s, done_s + origin_s)

        return table.settle(self.looked_s - origin_s, late_s)

    def watch(self) -> Watch | None:
        """What was seen so far, None before the start; costs the same after a day as after a second."""
        if not self._started_s:
            return None
        ended_s, cpu_to_s = self._ended_s, self._cpu_to_s
        if self._greenlets:
            ended_s, cpu_to_s = clock(), time.process_time()
        elapsed_s = ended_s - self._started_s
        return Watch(
            lag_p99_s=self._lags.p99_s,
            lag_mean_s=self._lags.mean_s,
            stalled_s=self._lags.stalled_s,
            stalls=tuple((from_s - self._barrier_s, to_s - self._barrier_s) for from_s, to_s in self._lags.longest),
            cpu_share=(cpu_to_s - self._cpu_from_s) / elapsed_s if elapsed_s > 0 else None,
            looks=self._looks,
            in_flight_sum=self._in_flight_sum,
            in_flight_squares=self._in_flight_squares,
            users_sum=self._users_sum,
        )

    def _guarded(self, watch: Callable[[], None]) -> None:
        """One that ends holds no row back: nothing would be settled any more."""
        try:
            watch()
        except Exception as error:
            self.stop()
            self._failed("watching this process", error)

    def _watch_lag(self) -> None:
        """How much longer than asked for a sleep takes is how long an answer waits for this process to read it."""
        while True:
            gevent.sleep(max(0.0, self._due_s - clock()))
            at_s = caught_up_s = clock()
            if at_s - self._due_s > LATE_S:
                caught_up_s = _caught_up_s(self._due_s, at_s)
            if not self._greenlets:
                return  # a kill takes a while to come
            due_s, self._due_s = self._due_s, caught_up_s + LAG_PERIOD_S  # what takes long from here on is seen next
            self._lags.add(due_s, at_s, caught_up_s)
            if caught_up_s - at_s > max(LATE_S, at_s - due_s):  # it stood still once more while it caught up
                self._lags.add(at_s, caught_up_s)

    def _count(self) -> None:
        period_from_s = clock()
        while True:
            gevent.sleep(max(0.0, period_from_s + random.random() * COUNT_PERIOD_S - clock()))
            if not self._greenlets:
                return
            in_flight = self._in_flight()
            self._looks += 1
            self._in_flight_sum += in_flight
            self._in_flight_squares += in_flight**2
            self._users_sum += self._users()
            period_from_s += COUNT_PERIOD_S


def _caught_up_s(due_s: float, at_s: float) -> float:
    """After a look that was late: when the answers that had come by then are read, those that wait for others, too.

    The loop goes round until it does so quickly again, and no longer than it stood still; twice at least, as a
    process that was stopped wakes up before it has looked at its sockets. It takes a timer for that:
    `gevent.sleep(0)` comes back before the loop has looked.
    """
    rounds, turned_s, round_s = 0, at_s, math.inf
    while rounds < 2 or (round_s > LATE_S and turned_s - at_s < at_s - due_s):
        gevent.sleep(SOON_S)
        rounds, round_s, turned_s = rounds + 1, clock() - turned_s, clock()
    return turned_s

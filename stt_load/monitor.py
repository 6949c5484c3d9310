"""The load generator watching itself: event-loop lag, CPU, requests in flight, users."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import gevent

from stt_load.stats.model import Generator, WorkerHealth
from stt_load.transport.exchange import clock

LAG_PERIOD_S = 0.01
COUNT_PERIOD_S = 0.1


@dataclass(frozen=True, slots=True)
class Watch:
    """What one process has seen of itself, as figures that can be sent and added up.

    lag_p99_s: see `LagCounts`. cpu_share: of one core. looks: how often requests in flight and users were counted,
    and the sums of what was counted.
    """

    lag_p99_s: float | None = None
    cpu_share: float | None = None
    looks: int = 0
    in_flight_sum: int = 0
    in_flight_squares: int = 0
    users_sum: int = 0

    def generator(self, listener_errors: int) -> Generator:
        """As the only process of a run."""
        n = self.looks
        mean = self.in_flight_sum / n if n else None
        return Generator(
            workers=(WorkerHealth(worker=0, loop_lag_p99_s=self.lag_p99_s, cpu_share=self.cpu_share),),
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


class LagCounts:
    """Lags counted in classes 1% wide, from 10 microseconds on: a day of them takes no more room than a minute.

    A class stands for its upper edge, so what is reported is never less than what was.
    """

    FLOOR_S = 1e-5
    WIDTH = math.log(1.01)

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._n = 0

    def add(self, lag_s: float) -> None:
        number = math.ceil(math.log(lag_s / self.FLOOR_S) / self.WIDTH) if lag_s > self.FLOOR_S else 0
        self._counts[number] = self._counts.get(number, 0) + 1
        self._n += 1

    def p99_s(self) -> float | None:
        """The nearest-rank 99th percentile in seconds, at most 1% too high."""
        rank = math.ceil(0.99 * self._n)
        for number in sorted(self._counts):
            rank -= self._counts[number]
            if rank <= 0:
                return self.FLOOR_S * math.exp(self.WIDTH * number)
        return None


class Monitor:
    """Observes one process from `start` to `stop`. It knows nothing of samples: what it sees is checked against them.

    in_flight, users: looked at about every 100 ms, each time at a random instant of the period, so that the look
    can't keep step with requests that all take the same time.
    """

    def __init__(self, in_flight: Callable[[], int], users: Callable[[], int]) -> None:
        self._in_flight = in_flight
        self._users = users
        self._lags = LagCounts()
        self._looks = self._in_flight_sum = self._in_flight_squares = self._users_sum = 0
        self._started_s = self._ended_s = 0.0
        self._cpu_from_s = self._cpu_to_s = 0.0
        self._greenlets: list[gevent.Greenlet[..., None]] = []

    def start(self) -> None:
        self._started_s, self._cpu_from_s = clock(), time.process_time()
        self._greenlets = [gevent.spawn(self._watch_lag), gevent.spawn(self._count)]

    def stop(self) -> None:
        """Ends the observation; calling it again changes nothing."""
        if self._greenlets:
            self._ended_s, self._cpu_to_s = clock(), time.process_time()
            gevent.killall(self._greenlets, block=False)
            self._greenlets = []

    def watch(self) -> Watch | None:
        """What was seen so far, None before the start; costs the same after a day as after a second."""
        if not self._started_s:
            return None
        ended_s, cpu_to_s = self._ended_s, self._cpu_to_s
        if self._greenlets:
            ended_s, cpu_to_s = clock(), time.process_time()
        elapsed_s = ended_s - self._started_s
        return Watch(
            lag_p99_s=self._lags.p99_s(),
            cpu_share=(cpu_to_s - self._cpu_from_s) / elapsed_s if elapsed_s > 0 else None,
            looks=self._looks,
            in_flight_sum=self._in_flight_sum,
            in_flight_squares=self._in_flight_squares,
            users_sum=self._users_sum,
        )

    def _watch_lag(self) -> None:
        """How much longer than asked for a sleep takes is how long an answer waits for this process to read it."""
        while True:
            before_s = clock()
            gevent.sleep(LAG_PERIOD_S)
            self._lags.add(clock() - before_s - LAG_PERIOD_S)

    def _count(self) -> None:
        period_from_s = clock()
        while True:
            gevent.sleep(max(0.0, period_from_s + random.random() * COUNT_PERIOD_S - clock()))
            in_flight = self._in_flight()
            self._looks += 1
            self._in_flight_sum += in_flight
            self._in_flight_squares += in_flight**2
            self._users_sum += self._users()
            period_from_s += COUNT_PERIOD_S

"""The load generator watching itself: event-loop lag, CPU, requests in flight, users."""

from __future__ import annotations

import random
import time
from array import array
from collections.abc import Callable

import gevent
import numpy as np

from stt_load.stats.model import Generator, WorkerHealth
from stt_load.transport.exchange import clock

LAG_PERIOD_S = 0.01
COUNT_PERIOD_S = 0.1


class Monitor:
    """Observes one process from `start` to `stop`. It knows nothing of samples: what it sees is checked against them.

    in_flight, users: looked at about every 100 ms, each time at a random instant of the period, so that the look
    can't keep step with requests that all take the same time.
    """

    def __init__(self, in_flight: Callable[[], int], users: Callable[[], int]) -> None:
        self._in_flight = in_flight
        self._users = users
        self._lags = array("d")
        self._counts = array("L")
        self._user_counts = array("L")
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

    def generator(self, listener_errors: int) -> Generator:
        """What was seen so far."""
        ended_s, cpu_to_s = self._ended_s, self._cpu_to_s
        if self._greenlets:
            ended_s, cpu_to_s = clock(), time.process_time()
        elapsed_s = ended_s - self._started_s
        health = WorkerHealth(
            worker=0,
            loop_lag_p99_s=float(np.quantile(self._lags, 0.99, method="inverted_cdf")) if self._lags else None,
            cpu_share=(cpu_to_s - self._cpu_from_s) / elapsed_s if elapsed_s > 0 else None,
        )
        return Generator(
            workers=(health,),
            in_flight_mean=float(np.mean(self._counts)) if self._counts else None,
            in_flight_stdev=float(np.std(self._counts, ddof=1)) if len(self._counts) > 1 else None,
            in_flight_samples=len(self._counts),
            users_mean=float(np.mean(self._user_counts)) if self._user_counts else None,
            listener_errors=listener_errors,
        )

    def _watch_lag(self) -> None:
        """How much longer than asked for a sleep takes is how long an answer waits for this process to read it."""
        while True:
            before_s = clock()
            gevent.sleep(LAG_PERIOD_S)
            self._lags.append(max(0.0, clock() - before_s - LAG_PERIOD_S))

    def _count(self) -> None:
        period_from_s = clock()
        while True:
            gevent.sleep(max(0.0, period_from_s + random.random() * COUNT_PERIOD_S - clock()))
            self._counts.append(self._in_flight())
            self._user_counts.append(self._users())
            period_from_s += COUNT_PERIOD_S

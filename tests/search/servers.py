"""Services in simulated time. A unit is the mean service time of a request.

Each is fed by users, who send as soon as they are answered, or by Poisson arrivals, and says when each request was
due, when it ended, and whether it was refused. A service is (0.2 + 0.8 x audio) x lognormal(sigma 0.35), audio of 0.4
to 1.6, with the mean 1: its P95 is 1.9.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush, heapreplace

import numpy as np

from tests.stats.simulation import service_times

DRAWN = 4_096
SHED_S = 0.05
"""How long a refusal takes."""


def services(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from service_times(rng, (DRAWN,)).tolist()


def gaps(rng: np.random.Generator, rate: float) -> Iterator[float]:
    while True:
        yield from rng.exponential(1 / rate, DRAWN).tolist()


@dataclass
class Rows:
    """Requests in the order of their due instants; the end of one that has not ended is infinite."""

    start_s: list[float] = field(default_factory=list)
    done_s: list[float] = field(default_factory=list)
    refused: list[bool] = field(default_factory=list)


@dataclass
class Load:
    """When requests are due: `ready`, a heap. after: the time from an answer to the next request of that user, of
    users 0; of arrivals what lies between them."""

    ready: list[float]
    arrivals: Iterator[float] | None = None

    def take(self) -> float:
        """The next one is due."""
        if self.arrivals is None:
            return heappop(self.ready)
        due_s = self.ready[0]
        self.ready[0] = due_s + next(self.arrivals)
        return due_s

    def answered(self, at_s: float) -> None:
        if self.arrivals is None:
            heappush(self.ready, at_s)


def of_users(users: int, at_s: float = 0.0) -> Load:
    return Load([at_s] * users)


def of_rate(rng: np.random.Generator, rate: float, at_s: float = 0.0) -> Load:
    between = gaps(rng, rate)
    return Load([at_s + next(between)], between)


class Service:
    """What has come of `load` so far: `rows`. `go_on` has it go on, until its first `n` requests have ended."""

    def __init__(self, load: Load, times: Iterator[float]) -> None:
        self.load = load
        self.times = times
        self.rows = Rows()

    def go_on(self, n: int) -> None:
        raise NotImplementedError


class Fifo(Service):
    """k slots with one queue. queue: so many may wait; one more is refused."""

    def __init__(self, load: Load, times: Iterator[float], k: int, queue: float = math.inf) -> None:
        super().__init__(load, times)
        self._free = [0.0] * k
        self._inside: list[float] = []
        self._most = k + queue

    def go_on(self, n: int) -> None:
        load, rows, free, inside, most = self.load, self.rows, self._free, self._inside, self._most
        closed, ready, times = load.arrivals is None, load.ready, self.times
        start_s, done_s, refused = rows.start_s, rows.done_s, rows.refused
        while len(start_s) < n:
            due = ready[0]
            shed = False
            if most != math.inf:
                while inside and inside[0] <= due:
                    heappop(inside)
                shed = len(inside) >= most
            if shed:
                done = due + SHED_S
            else:
                first = free[0]
                done = (due if due > first else first) + next(times)
                heapreplace(free, done)
                if most != math.inf:
                    heappush(inside, done)
            start_s.append(due)
            done_s.append(done)
            refused.append(shed)
            heapreplace(ready, done if closed else due + next(load.arrivals or iter(())))


class Sharing(Service):
    """Processor sharing: all are served at once, each at full speed up to k of them."""

    def __init__(self, load: Load, times: Iterator[float], k: int) -> None:
        super().__init__(load, times)
        self._k = k
        self._now_s = self._served = 0.0
        self._inside: list[tuple[float, int]] = []
        self._known = 0

    def go_on(self, n: int) -> None:
        load, rows, inside, k = self.load, self.rows, self._inside, self._k
        while not self._all_known(n):
            speed = min(1.0, k / len(inside)) if inside else 1.0
            ends_s = self._now_s + (inside[0][0] - self._served) / speed if inside else math.inf
            due_s = load.ready[0] if load.ready else math.inf
            at_s = min(ends_s, due_s)
            if inside:
                self._served += (at_s - self._now_s) * speed
            self._now_s = at_s
            if ends_s <= due_s:
                _, number = heappop(inside)
                rows.done_s[number] = at_s
                load.answered(at_s)
            else:
                heappush(inside, (self._served + next(self.times), len(rows.start_s)))
                rows.start_s.append(load.take())
                rows.done_s.append(math.inf)
                rows.refused.append(False)

    def _all_known(self, n: int) -> bool:
        done_s = self.rows.done_s
        while self._known < len(done_s) and done_s[self._known] < math.inf:
            self._known += 1
        return self._known >= n


class Batches(Service):
    """One batch at a time, of all that wait, up to `size`: as long as one request, and a tenth of that more for each
    other one in it. What comes while none waits begins one at once: who is answered in a batch and sends again meets
    one that has just begun."""

    def __init__(self, load: Load, times: Iterator[float], size: int) -> None:
        super().__init__(load, times)
        self._size = size
        self._waiting: deque[int] = deque()
        self._batch: list[int] = []
        self._ends_s = 0.0
        self._ended = 0

    def go_on(self, n: int) -> None:
        load, rows = self.load, self.rows
        while self._ended < n:
            if self._batch and (not load.ready or self._ends_s <= load.ready[0]):
                for number in self._batch:
                    rows.done_s[number] = self._ends_s
                    load.answered(self._ends_s)
                self._ended = self._batch[-1] + 1
                self._begin(self._ends_s)
                continue
            self._waiting.append(len(rows.start_s))
            rows.start_s.append(load.take())
            rows.done_s.append(math.inf)
            rows.refused.append(False)
            if not self._batch:
                self._begin(rows.start_s[-1])

    def _begin(self, at_s: float) -> None:
        self._batch = [self._waiting.popleft() for _ in range(min(self._size, len(self._waiting)))]
        if self._batch:
            self._ends_s = at_s + next(self.times) * (1 + 0.1 * (len(self._batch) - 1))


Made = Callable[[Load, Iterator[float]], Service]


@dataclass(frozen=True)
class Server:
    """A kind of service, and its limit: the P95 of its response times. may_fail: whether error_rate < 1% is a limit,
    too. users, rate: the true edges: the most users that it carries, the highest rate."""

    name: str
    made: Made
    limit_s: float
    users: int
    rate: float | None = None
    p: int = 95


def fifo(k: int) -> Made:
    return lambda load, times: Fifo(load, times, k)


def sharing(k: int) -> Made:
    return lambda load, times: Sharing(load, times, k)


def batching(load: Load, times: Iterator[float]) -> Service:
    return Batches(load, times, 16)


def shedding(load: Load, times: Iterator[float]) -> Service:
    return Fifo(load, times, 4, 6)

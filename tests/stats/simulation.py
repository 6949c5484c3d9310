"""Closed loops in simulated time: users that send after their last answer, and k slots with one FIFO queue."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from stt_load.run.lag import LagLog
from stt_load.run.monitor import LAG_PERIOD_S
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray, Samples
from tests.factory import table


@dataclass(frozen=True)
class Loops:
    """Many runs of the same closed loop: a row for each run, a column for each request by start, in seconds."""

    users: int
    start_s: FloatArray
    done_s: FloatArray
    pause_s: float

    @property
    def response_s(self) -> FloatArray:
        return self.done_s - self.start_s

    def run(self, index: int) -> Samples:
        return table(self.start_s[index], self.response_s[index], users=self.users, pause_s=np.float32(self.pause_s))


def closed_loops(
    rng: np.random.Generator,
    *,
    runs: int,
    users: int,
    slots: int,
    requests: int,
    shape: float = 1.0,
    pause_s: float = 0.0,
    late_s: float = 0.0,
) -> Loops:
    """`runs` runs of `requests` requests, mean service time 1 s, Gamma with `shape` (1: exponential).

    pause_s: how long a user stays away on purpose. late_s: how long, on average, the generator takes from the end of
    an answer to the next request (exponential).

    Each step serves the earliest arrival of each run. Arrivals come in order, as a user's next one is never before
    the end of its last, so the k-slot FIFO recursion holds: service starts when the first slot is free.
    """
    ready = rng.exponential(late_s, (runs, users)) if late_s else np.zeros((runs, users))
    free = np.zeros((runs, slots))
    service = rng.gamma(shape, 1 / shape, (requests, runs))
    late = rng.exponential(late_s, (requests, runs)) if late_s else np.zeros((requests, runs))
    start, done = np.empty((requests, runs)), np.empty((requests, runs))
    each = np.arange(runs)
    for i in range(requests):
        user, slot = ready.argmin(axis=1), free.argmin(axis=1)
        start[i] = ready[each, user]
        done[i] = np.maximum(start[i], free[each, slot]) + service[i]
        free[each, slot] = done[i]
        ready[each, user] = done[i] + pause_s + late[i]
    return Loops(users, start.T, done.T, pause_s)


def observed(rng: np.random.Generator, samples: Samples, *, period_s: float, lag_s: float = 0.0) -> Generator:
    """What a generator sees of `samples`: it looks once in each period, at a random instant of it."""
    start_s, done_s = np.sort(samples["start_s"]), np.sort(samples["done_s"])
    periods = np.arange(start_s[0], done_s[-1], period_s)
    looks = periods + rng.uniform(0, period_s, len(periods))
    seen = np.searchsorted(start_s, looks, side="right") - np.searchsorted(done_s, looks, side="right")
    return Generator(
        workers=(WorkerHealth(0, lag_s, 0.3, lag_s, 0.0),),
        in_flight_mean=float(seen.mean()),
        in_flight_stdev=float(seen.std(ddof=1)) if len(seen) > 1 else None,
        in_flight_samples=len(seen),
        users_mean=float(samples["users"].mean()),
    )


@dataclass(frozen=True)
class Pauses:
    """When a generator stands still: for `length_s` of every `period_s` (infinite: once), or never.

    lag_s: how late it is otherwise, on average (exponential).
    """

    length_s: float = 0.0
    period_s: float = math.inf
    lag_s: float = 0.0005

    def over_s(self, at_s: float, first_s: float) -> float:
        """When no pause is on any more; the first one begins at `first_s`."""
        into_s = (at_s - first_s) % self.period_s if math.isfinite(self.period_s) else at_s - first_s
        return at_s + self.length_s - into_s if 0 <= into_s < self.length_s else at_s

    def later(self, at_s: FloatArray, first_s: FloatArray, lag_s: FloatArray) -> FloatArray:
        """When what is ready at `at_s` has its turn; the first pause begins at `first_s`."""
        into_s = at_s - first_s
        if math.isfinite(self.period_s):
            into_s = into_s % self.period_s
        paused = (into_s >= 0) & (into_s < self.length_s)
        return np.where(paused, at_s + self.length_s - into_s, at_s) + lag_s


@dataclass(frozen=True)
class Watched:
    """A run by a generator that watches itself. answered_s: response times as the server made them."""

    samples: Samples
    answered_s: FloatArray
    generator: Generator


def watched_loops(
    rng: np.random.Generator, *, runs: int, users: int, slots: int, service_s: float, length_s: float, pauses: Pauses
) -> Iterator[Watched]:
    """`runs` closed loops of about `length_s`, service times lognormal (sigma 0.35) with the median `service_s`.

    What the generator does, it does when it has its turn: it reads an answer, sends the next request and looks at its
    own lag. Where it pauses is chosen by chance in each run, and it pauses within it.
    """
    cycle_s = service_s * users / slots
    requests = max(30, int(length_s / cycle_s * users))
    span_s = length_s - pauses.length_s if math.isinf(pauses.period_s) else pauses.period_s
    first_s = rng.uniform(0, max(0.0, span_s), runs)
    ready = np.zeros((runs, users))
    free = np.zeros((runs, slots))
    service = service_s * rng.lognormal(0, 0.35, (requests, runs))
    lag = rng.exponential(pauses.lag_s, (requests, runs))
    start, answered, done = (np.empty((requests, runs)) for _ in range(3))
    each = np.arange(runs)
    for i in range(requests):
        user, slot = ready.argmin(axis=1), free.argmin(axis=1)
        start[i] = ready[each, user]
        answered[i] = free[each, slot] = np.maximum(start[i], free[each, slot]) + service[i]
        done[i] = ready[each, user] = pauses.later(answered[i], first_s, lag[i])
    for run in each:
        samples = table(start[:, run], done[:, run] - start[:, run], users=users)
        yield _watched(rng, samples, answered[:, run] - start[:, run], pauses, float(first_s[run]))


def _watched(
    rng: np.random.Generator, samples: Samples, answered_s: FloatArray, pauses: Pauses, first_s: float
) -> Watched:
    """With the looks of a lag watch, and what they say of each row."""
    log, end_s, at_s = LagLog(), float(samples["done_s"].max()), 0.0
    for lag_s in rng.exponential(pauses.lag_s, int(end_s / LAG_PERIOD_S) + 1).tolist():
        due_s = at_s + LAG_PERIOD_S
        at_s = lag_s + pauses.over_s(due_s, first_s)
        log.add(due_s, at_s)
    samples.rows["late_s"] = log.late_s(samples["sent_s"], samples["done_s"])
    seen = observed(rng, samples, period_s=0.1)
    health = WorkerHealth(0, log.p99_s, 0.3, log.mean_s, log.stalled_s)
    return Watched(samples, answered_s, replace(seen, workers=(health,), rows_lost=0))


def service_times(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Of a recogniser, with the mean 1: what the clip takes, of 0.4 to 1.6 lengths, with 35% of noise."""
    times = (0.2 + 0.8 * rng.uniform(0.4, 1.6, shape)) * rng.lognormal(0, 0.35, shape)
    return np.asarray(times / math.exp(0.35**2 / 2))


@dataclass(frozen=True)
class Queues:
    """Many runs of the same open loop: a row for each run, a column for each arrival, in seconds. settling: how many
    arrivals of each run come before the measured ones."""

    due_s: FloatArray
    done_s: FloatArray
    settling: int

    def run(self, index: int) -> Samples:
        """As rows, those of the settling among them."""
        samples = table(self.due_s[index], self.done_s[index] - self.due_s[index])
        samples.rows["phase"][: self.settling] = Phase.SETTLING
        return samples


def open_loops(
    rng: np.random.Generator, *, runs: int, slots: int, utilisation: float, arrivals: int, settle_s: float = 10.0
) -> Queues:
    """`runs` runs of so many Poisson arrivals after a settling, at k slots with one FIFO queue; a service is 1 s.

    utilisation: what is offered, as a share of what the slots can do.
    """
    rate = utilisation * slots
    settling = round(rate * settle_s)
    n = settling + arrivals
    due_s = np.cumsum(rng.exponential(1 / rate, (runs, n)), axis=1)
    service_s = service_times(rng, (n, runs))
    free_s, done_s, each = np.zeros((runs, slots)), np.empty((n, runs)), np.arange(runs)
    for i in range(n):
        slot = free_s.argmin(axis=1)
        done_s[i] = free_s[each, slot] = np.maximum(due_s[:, i], free_s[each, slot]) + service_s[i]
    return Queues(due_s, done_s.T, settling)


def closed_queues(rng: np.random.Generator, *, runs: int, users: int, slots: int, requests: int) -> Queues:
    """`runs` closed loops of so many requests at such a service, each user sending after its last answer."""
    ready_s, free_s, each = np.zeros((runs, users)), np.zeros((runs, slots)), np.arange(runs)
    service_s = service_times(rng, (requests, runs))
    due_s, done_s = np.empty((requests, runs)), np.empty((requests, runs))
    for i in range(requests):
        user, slot = ready_s.argmin(axis=1), free_s.argmin(axis=1)
        due_s[i] = ready_s[each, user]
        done_s[i] = free_s[each, slot] = ready_s[each, user] = np.maximum(due_s[i], free_s[each, slot]) + service_s[i]
    return Queues(due_s.T, done_s.T, 0)

"""Closed loops in simulated time: users that send after their last answer, and k slots with one FIFO queue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stt_load.samples import FloatArray, Samples
from stt_load.stats.model import Generator, WorkerHealth
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

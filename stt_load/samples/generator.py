"""What the load generator has seen of itself during a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """How one generator process fared over the measured phase.

    loop_lag_mean_s: a look at the lag that is later than 50 ms counts as 50 ms. stalled_s: how long the stalls of
    50 ms and more were together.
    """

    worker: int
    loop_lag_p99_s: float | None
    cpu_share: float | None
    loop_lag_mean_s: float | None = None
    stalled_s: float | None = None


@dataclass(frozen=True, slots=True)
class Stall:
    """A time in which a generator process did nothing, in seconds from the barrier."""

    worker: int
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Generator:
    """What the load generator observed of itself over the measured phase; None where it was not observed.

    stalls: those of 50 ms and more, the longest 100 of each process, in the order of time.
    in_flight_mean / _stdev / _samples: requests in flight, sampled about every 100 ms.
    users_mean: users running, mean over the same samples.
    load_changes: (from_s, to_s) intervals in which load changed without being asked to.
    listener_errors: exceptions in our own event listeners and greenlets.
    rows_lost: iterations that were handed out and are neither a row nor in flight at the end; None: not known.
    """

    workers: tuple[WorkerHealth, ...] = ()
    stalls: tuple[Stall, ...] = ()
    in_flight_mean: float | None = None
    in_flight_stdev: float | None = None
    in_flight_samples: int = 0
    users_mean: float | None = None
    load_changes: tuple[tuple[float, float], ...] = ()
    all_workers_lost: bool = False
    listener_errors: int = 0
    rows_lost: int | None = None

"""How far a run has come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a phase that doesn't move waits for.

    unconfirmed: workers that have not introduced themselves. present, awaited: users, 0 where nobody is awaited.
    answers: requests in flight; the last answer came `still_s` ago, or none has come in this phase so long.
    """

    unconfirmed: int
    present: int
    awaited: int
    answers: int
    still_s: float


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Of an open loop, so far: how many were due, and how many are over or in flight."""

    due: int
    sent: int


@dataclass(frozen=True, slots=True)
class Progress:
    """One look at a run.

    phase: "ready", "control", "warmup" or "measuring", which began `elapsed_s` ago and lasts at most `limit_s`.
    done, total: its requests; total is None where none is planned. succeeded, failed: of those that are done.
    stopping: nothing new starts, `in_flight` requests are waited for, `drain_s` more at most. time_limit_s: until
    Locust's -t ends the run. arrivals: None but while an open loop is measured. stage: which one of how many, from 1;
    None where there are none.
    """

    phase: str
    done: int
    total: int | None
    succeeded: int
    failed: int
    elapsed_s: float
    limit_s: float | None
    in_flight: int
    stopping: bool
    time_limit_s: float | None = None
    drain_s: float | None = None
    waiting: Waiting | None = None
    arrivals: Arrivals | None = None
    stage: tuple[int, int] | None = None

    @property
    def rate_rps(self) -> float | None:
        """What succeeded per second since the phase began, as the throughput of a result; None before any result."""
        return self.succeeded / self.elapsed_s if self.done and self.elapsed_s > 0 else None

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None where there is no end in sight."""
        if self.limit_s:
            return min(1.0, self.elapsed_s / self.limit_s)
        if self.total:
            return self.done / self.total
        if self.time_limit_s is None or self.total == 0:
            return None
        return self.elapsed_s / max(self.elapsed_s + self.time_limit_s, 1e-9)

    @property
    def left_s(self) -> float | None:
        """How long the rest takes, if results go on coming as they did."""
        if self.limit_s is not None:
            return max(0.0, self.limit_s - self.elapsed_s)
        if self.total is None or not self.done or self.elapsed_s <= 0:
            return None
        return (self.total - self.done) * self.elapsed_s / self.done

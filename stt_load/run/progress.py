"""Looks at a run again and again: how far it has come, and what it waits for where it doesn't move."""

from __future__ import annotations

from dataclasses import dataclass

from stt_load.clock import clock
from stt_load.run.barrier import Barrier
from stt_load.samples.progress import Progress, Waiting

STILL_S = 2.0
"""Where nothing has come for so long, it is said what is waited for."""


@dataclass(frozen=True, slots=True)
class ProcessState:
    """What the process knows of a run that the run itself doesn't.

    time_limit_s: until Locust's -t ends it, None without. drain_s: how long what is in flight is still waited for,
    None while requests start. unconfirmed: workers that are there and have not introduced themselves.
    """

    time_limit_s: float | None = None
    drain_s: float | None = None
    unconfirmed: int = 0


class ProgressMeter:
    """Looks at `barrier`, whose service may take `wait_ready_s` seconds to be there."""

    def __init__(self, barrier: Barrier, wait_ready_s: float) -> None:
        self._barrier = barrier
        self._wait_ready_s = wait_ready_s
        self._seen = ("", 0)
        self._seen_s = clock()

    def look(self, process_state: ProcessState) -> Progress:
        barrier, budget = self._barrier, self._barrier.budget
        if barrier.barrier_s is not None:
            phase, began_s, limit_s = "measuring", barrier.barrier_s, barrier.measure_for_s
            done, total = budget.measured_results, budget.measured_total
            succeeded, failed = barrier.successes, barrier.failures
        elif barrier.released.is_set():
            phase, began_s, limit_s = "warmup", barrier.released_s, None
            done, total = budget.warmup_results, budget.warmup
            succeeded, failed = barrier.warmup_successes, barrier.warmup_failures
        else:
            phase, began_s, limit_s = "ready", barrier.origin_s, self._wait_ready_s
            done, total, succeeded, failed = 0, None, 0, 0
        return Progress(
            phase=phase,
            done=done,
            total=total,
            succeeded=succeeded,
            failed=failed,
            elapsed_s=clock() - began_s,
            limit_s=limit_s,
            in_flight=budget.in_flight,
            stopping=budget.closed and budget.in_flight > 0,
            time_limit_s=process_state.time_limit_s,
            drain_s=process_state.drain_s,
            waiting=self._waiting(phase, done, process_state.unconfirmed),
        )

    def _waiting(self, phase: str, done: int, unconfirmed: int) -> Waiting | None:
        """What is waited for; None where something has just come, or nothing can come yet."""
        if (phase, done) != self._seen:
            self._seen, self._seen_s = (phase, done), clock()
        still_s, budget = clock() - self._seen_s, self._barrier.budget
        if phase == "ready" or still_s < STILL_S:
            return None
        awaited = 0 if budget.open else budget.awaited
        return Waiting(unconfirmed, budget.present, awaited, budget.in_flight, still_s)

"""Looks at a run again and again: how far it has come, and what it waits for where it doesn't move."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from stt_load.clock import clock
from stt_load.load.timetable import ZERO_S
from stt_load.run.barrier import Barrier
from stt_load.samples.progress import Arrivals, Progress, Waiting
from stt_load.samples.run_info import Load, OpenLoop

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
            phase, began_s, limit_s = "measuring", barrier.barrier_s, self._limit_s(clock() - barrier.barrier_s)
            done, total = budget.measured_results, budget.measured_total
            succeeded, failed = barrier.successes, barrier.failures
        elif barrier.released.is_set() and budget.repeats.controlling:
            phase, began_s, limit_s = "control", barrier.released_s, None
            done, total = budget.repeats.controlled, budget.repeats.controls
            succeeded, failed = barrier.control_successes, barrier.control_failures
        elif barrier.released.is_set():
            phase, began_s, limit_s = "warmup", barrier.warmup_s, None
            done, total = budget.warmup_results, budget.warmup
            succeeded, failed = barrier.warmup_successes, barrier.warmup_failures
        else:
            phase, began_s, limit_s = "ready", barrier.origin_s, self._wait_ready_s
            done, total, succeeded, failed = 0, None, 0, 0
        elapsed_s = clock() - began_s
        return Progress(
            phase=phase,
            done=done,
            total=total,
            succeeded=succeeded,
            failed=failed,
            elapsed_s=elapsed_s,
            limit_s=limit_s,
            in_flight=budget.in_flight,
            stopping=budget.closed and budget.in_flight > 0,
            time_limit_s=process_state.time_limit_s,
            drain_s=process_state.drain_s,
            waiting=self._waiting(phase, done, process_state.unconfirmed),
            arrivals=self._arrivals(elapsed_s) if phase == "measuring" else None,
            stage=_stage(budget.load, elapsed_s) if phase == "measuring" else None,
        )

    def _limit_s(self, elapsed_s: float) -> float | None:
        """How long is measured, from the barrier to when nothing more is due; None where that is not known, as when
        answers are all that is waited for."""
        budget = self._barrier.budget
        if not isinstance(budget.load, OpenLoop) or not budget.measured_total:
            return self._barrier.measure_for_s
        last_s = budget.timetable.due_s(budget.measured_total - 1)
        return None if last_s is None or last_s <= elapsed_s else last_s

    def _arrivals(self, elapsed_s: float) -> Arrivals | None:
        """So long after the barrier."""
        budget = self._barrier.budget
        due = budget.timetable.arrivals_within(elapsed_s - ZERO_S)
        if due is None or not isinstance(budget.load, OpenLoop):
            return None
        planned = budget.measured_total
        return Arrivals(due if planned is None else min(due, planned), budget.measured_results + budget.in_flight)

    def _waiting(self, phase: str, done: int, unconfirmed: int) -> Waiting | None:
        """What is waited for; None where something has just come, or nothing can come yet."""
        if (phase, done) != self._seen:
            self._seen, self._seen_s = (phase, done), clock()
        still_s, budget = clock() - self._seen_s, self._barrier.budget
        if phase == "ready" or still_s < STILL_S:
            return None
        awaited = 0 if budget.open else budget.awaited
        return Waiting(unconfirmed, budget.present, awaited, budget.in_flight, still_s)


def _stage(load: Load | None, elapsed_s: float) -> tuple[int, int] | None:
    """Which stage it is so long after the barrier, and of how many."""
    if load is None or (isinstance(load, OpenLoop) and not load.staged) or not load.stages:
        return None
    ends_s = itertools.accumulate(math.inf if stage.for_s is None else stage.for_s for stage in load.stages)
    zero_s = ZERO_S if isinstance(load, OpenLoop) else 0.0
    over = sum(elapsed_s - zero_s >= end_s for end_s in ends_s)
    return min(over + 1, len(load.stages)), len(load.stages)

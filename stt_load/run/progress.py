"""Looks at a run again and again: how far it has come, and what it waits for where it doesn't move."""

from __future__ import annotations

from dataclasses import dataclass

from stt_load.clock import clock
from stt_load.run.barrier import Session
from stt_load.samples.progress import Progress, Waiting

STILL_S = 2.0
"""Where nothing has come for so long, it is said what is waited for."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the process knows of a run that the run itself doesn't.

    time_limit_s: until Locust's -t ends it, None without. drain_s: how long what is in flight is still waited for,
    None while requests start. strangers: workers that are there and have not introduced themselves.
    """

    time_limit_s: float | None = None
    drain_s: float | None = None
    strangers: int = 0


class Lookout:
    """Looks at `session`, whose service may take `wait_ready_s` seconds to be there."""

    def __init__(self, session: Session, wait_ready_s: float) -> None:
        self._session = session
        self._wait_ready_s = wait_ready_s
        self._seen = ("", 0)
        self._seen_s = clock()

    def look(self, outlook: Outlook) -> Progress:
        session, phases = self._session, self._session.phases
        if session.barrier_s is not None:
            phase, began_s, limit_s = "measuring", session.barrier_s, session.measure_for_s
            done, total, failed = phases.measured_results, phases.measured_total, session.failures
        elif session.released.is_set():
            phase, began_s, limit_s = "warmup", session.released_s, None
            done, total, failed = phases.warmup_results, phases.warmup, session.warmup_failures
        else:
            phase, began_s, limit_s = "ready", session.origin_s, self._wait_ready_s
            done, total, failed = 0, None, 0
        return Progress(
            phase=phase,
            done=done,
            total=total,
            failed=failed,
            elapsed_s=clock() - began_s,
            limit_s=limit_s,
            in_flight=phases.in_flight,
            stopping=phases.closed and phases.in_flight > 0,
            time_limit_s=outlook.time_limit_s,
            drain_s=outlook.drain_s,
            waiting=self._waiting(phase, done, outlook.strangers),
        )

    def _waiting(self, phase: str, done: int, strangers: int) -> Waiting | None:
        """What is waited for; None where something has just come, or nothing can come yet."""
        if (phase, done) != self._seen:
            self._seen, self._seen_s = (phase, done), clock()
        still_s, phases = clock() - self._seen_s, self._session.phases
        if phase == "ready" or still_s < STILL_S:
            return None
        awaited = 0 if phases.open else phases.awaited
        return Waiting(strangers, phases.present, awaited, phases.in_flight, still_s)

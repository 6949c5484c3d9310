"""Iterations, samples and sessions for tests without processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent

from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.load.iterations import Iterations
from stt_load.run.barrier import Barrier
from stt_load.run.faults import Faults
from stt_load.run.lifecycle import Lifecycle
from stt_load.samples.sample import ErrorKind, Phase, Sample


def sample_of(iteration: Iteration, kind: ErrorKind | None = None, **values: Any) -> Sample:
    """What became of `iteration`; `values` are other fields than usual."""
    usual: dict[str, Any] = {
        "seq": iteration.seq,
        "attempt": iteration.attempt,
        "phase": iteration.phase,
        "worker": 0,
        "users": 1,
        "start_s": 1.0,
        "sent_s": 1.0,
        "first_byte_s": None,
        "done_s": 1.5,
        "pause_s": 0.0,
        "audio_s": 10.0,
        "upload_bytes": 320_044,
        "download_bytes": 30,
        "status": 200,
        "error_kind": kind,
        "error": None if kind is None else f"it was {kind}",
        "text_length": None if kind else 5,
    }
    return Sample(**usual | values)


class Idle:
    """Users that have nothing to end."""

    def finish(self, limit_s: float) -> None: ...

    def drain(self, limit_s: float) -> None: ...

    def cut(self) -> None: ...


def barrier_of(
    budget: Iterations,
    *,
    rest: Callable[[], None] = lambda: None,
    over: Callable[[], None] = lambda: None,
    **settings: Any,
) -> Barrier:
    """A barrier with a lifecycle of its own; over: called when Locust is told, in a greenlet of its own."""
    faults = Faults()
    lifecycle = Lifecycle(budget, Idle(), faults, drain_s=30.0, longest_s=300.0, rest=rest, stop_users=over)
    usual: dict[str, Any] = {
        "measure_for_s": None,
        "continue_on_dead_warmup": True,
        "most_failures": None,
        "on_barrier": lambda: None,
        "on_news": lambda: None,
    }
    return Barrier(budget, lifecycle, faults, **usual | settings)


class Told:
    """A barrier that tells what it has called."""

    def __init__(
        self, total: int | None, warmup: int = 0, awaited: int = 0, repeat_check: int = 0, **settings: Any
    ) -> None:
        self.budget = Budget(total, warmup, awaited, repeat_check)
        self._calls: list[str] = []
        usual: dict[str, Any] = {
            "continue_on_dead_warmup": False,
            "on_barrier": lambda: self._calls.append("barrier"),
            "over": lambda: self._calls.append("over"),
            "on_news": lambda: self._calls.append("news"),
        }
        self.barrier = barrier_of(self.budget, **usual | settings)
        self.lifecycle = self.barrier.lifecycle

    @property
    def calls(self) -> list[str]:
        """Those of greenlets that are ready among them."""
        gevent.sleep(0)
        return self._calls

    def take(self, user: str = "one") -> Iteration:
        self.budget.slots.join(user)
        self.barrier.check_barrier()
        iteration = self.budget.take(user)
        assert iteration is not None
        return iteration

    def finish(
        self, iteration: Iteration, kind: ErrorKind | None = None, text: str | None = None, **values: Any
    ) -> None:
        self.barrier.finish(iteration, sample_of(iteration, kind, **values), text)

    def go(self, kind: ErrorKind | None = None, **values: Any) -> None:
        self.finish(self.take(), kind, **values)

    @property
    def phases_of_rows(self) -> list[Phase]:
        return [row.phase for row in self.barrier.table.snapshot()]

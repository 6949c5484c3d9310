"""One run, from its start to its end: who may send when, what came of it, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import gevent
from gevent.event import Event

from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.run.faults import Faults
from stt_load.samples.keeping import keep
from stt_load.samples.run_info import EndReason
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import SampleTable

# Statuses that no waiting mends: the address, the key or the request itself is wrong.
HOPELESS = frozenset({401, 403, 404, 415})
FIRST_ANSWERS = 3
NOT_READY = "The service was not ready by then, and nothing was sent to it."


@dataclass(frozen=True, slots=True)
class Ending:
    """Why the run ends; `detail` in the server's words or ours."""

    reason: EndReason
    detail: str | None = None


class Iterations(Protocol):
    """How many iterations a run has and how far they are: `Budget` of one process, `Ledger` of many.

    open: the warm-up is over. closed: nothing new is handed out.
    """

    total: int | None
    warmup: int
    awaited: int
    open: bool
    closed: bool
    warmup_results: int
    measured_results: int

    @property
    def present(self) -> int: ...

    @property
    def in_flight(self) -> int: ...

    @property
    def handed_out(self) -> int: ...

    @property
    def workers(self) -> int: ...

    @property
    def measured_total(self) -> int | None: ...

    @property
    def done(self) -> bool: ...

    def finish(self, iteration: Iteration) -> None: ...

    def may_open(self) -> bool: ...

    def close(self) -> None: ...


class Barrier:
    """Takes in what became of the iterations of a run, opens the barrier, and knows when it is over.

    on_barrier: called once, when the warm-up is over and before the first measured request starts. on_over: called
    once, when what was planned is done or can't be done. It must not block. on_news: called when there may be
    iterations for those who had none. measure_for_s: how long to measure, None for N requests. most_failures: so many
    measured requests that failed one after the other end the run; None for no limit. faults: where to note what
    breaks.
    """

    def __init__(
        self,
        budget: Iterations,
        *,
        measure_for_s: float | None,
        continue_on_dead_warmup: bool,
        most_failures: int | None,
        on_barrier: Callable[[], None],
        on_over: Callable[[], None],
        on_news: Callable[[], None],
        faults: Faults | None = None,
    ) -> None:
        self.budget = budget
        self.faults = faults or Faults()
        self.table = SampleTable()
        self.origin_s = clock()
        self.barrier_s: float | None = None
        self.users_at_barrier = 0
        self.ending: Ending | None = None
        self.first_transcript: str | None = None
        self.released = Event()
        self.released_s = 0.0
        self.measure_for_s = measure_for_s
        self.warmup_failures = 0
        self.failures = 0
        self._continue_on_dead_warmup = continue_on_dead_warmup
        self._most_failures = most_failures
        self._failures_in_a_row = 0
        self._on_barrier = on_barrier
        self._on_over = on_over
        self._on_news = on_news
        self._first_error: str | None = None
        self._hopeless = True
        self._heard: set[int] = set()
        self._warmup_kinds: set[ErrorKind | None] = set()
        self._deadline: gevent.Greenlet[..., None] | None = None

    @property
    def over(self) -> bool:
        """Nothing new starts any more."""
        return self.budget.closed

    def release(self) -> None:
        """The service is there: users may start."""
        self.released_s = clock()
        self.released.set()
        self._on_news()

    def await_users(self, users: int) -> None:
        """How many users the barrier waits for from now on."""
        if users != self.budget.awaited:
            self.budget.awaited = users
            self.check_barrier()
            self._on_news()

    def finish(self, iteration: Iteration, sample: Sample, text: str | None) -> None:
        """What became of an iteration; `text` is the transcript when there is one.

        It is counted first, and whatever breaks after that, a run that is done ends.
        """
        self.budget.finish(iteration)
        try:
            with self.faults.caught("The row of a request is missing, as it could not be kept"):
                sample = keep(self.table, sample)
            with self.faults.caught("What became of a request could not be taken into account"):
                self._take_in(iteration, sample, text)
        finally:
            if self.budget.done:
                self.end("finished")

    def end(self, reason: EndReason, detail: str | None = None) -> None:
        """Ends the run from inside; the first reason given stays."""
        if self.ending is None:
            self.stopped(reason, detail)
            self._on_over()

    def interrupt(self) -> None:
        """Somebody wants the end at once; of a run that is done already that is no news."""
        self.end("interrupted")
        if self.ending is not None and self.ending.reason in ("time_limit", "stopped"):
            self.ending = Ending("interrupted")
        self.cut_short("interrupted")

    def cut_short(self, reason: EndReason) -> None:
        """Nobody waits for what was in flight at an end that was planned; where all is in, that is no news."""
        if self.ending is not None and self.ending.reason == "finished" and self.budget.in_flight:
            self.ending = Ending(reason)

    def stopped(self, reason: EndReason, detail: str | None = None) -> None:
        """The run is being ended: nothing new starts.

        Users that wait go on waiting, to be killed: there is nothing for them to do.
        """
        if detail is None and reason in ("time_limit", "stopped", "interrupted") and not self.released.is_set():
            detail = NOT_READY
        self.ending = self.ending or Ending(reason, detail)
        self.budget.close()
        if self._deadline is not None and self._deadline is not gevent.getcurrent():
            self._deadline.kill(block=False)

    def check_barrier(self) -> None:
        """Opens the barrier if all that it waits for is there."""
        if self.budget.may_open():
            self.barrier_s = clock()
            self.users_at_barrier = self.budget.present
            self._on_barrier()
            self.budget.open = True
            if self.measure_for_s is not None:
                self._deadline = gevent.spawn_later(self.measure_for_s, self.end, "finished")
            self._on_news()

    def _take_in(self, iteration: Iteration, sample: Sample, text: str | None) -> None:
        if self.first_transcript is None:
            self.first_transcript = text
        if iteration.phase is Phase.WARMUP:
            self._judge_warmup(sample)
        else:
            self._count_failures(sample)
        self.check_barrier()

    def _count_failures(self, sample: Sample) -> None:
        """In the order in which they became known, which is the one that there is for all users together."""
        if sample.unfinished:
            return
        self.failures += sample.failed
        self._failures_in_a_row = 0 if sample.ok else self._failures_in_a_row + 1
        if self._failures_in_a_row == self._most_failures and not self.over:
            self.end("gave_up", sample.error)

    def _judge_warmup(self, sample: Sample) -> None:
        """Stops a run whose service answers nothing of use: its words now rather than N failures later."""
        budget = self.budget
        self._warmup_kinds.add(sample.error_kind)
        self.warmup_failures += sample.failed
        self._first_error = self._first_error or sample.error
        # One worker's key may be wrong, and not the others'.
        self._hopeless &= sample.status in HOPELESS
        self._heard.add(sample.worker)
        if self._continue_on_dead_warmup or budget.closed:
            return
        enough = budget.warmup_results >= min(FIRST_ANSWERS, budget.warmup) and len(self._heard) >= budget.workers
        all_in = budget.warmup_results == budget.warmup
        dead = all_in and len(self._warmup_kinds) == 1 and None not in self._warmup_kinds
        if (self._hopeless and enough) or dead:
            self.end("dead_warmup", self._first_error)

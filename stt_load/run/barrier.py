"""The barrier between warm-up and measuring: takes in results before it and after, and opens it when it is time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gevent.event import Event

from stt_load.audio.clip import Clip
from stt_load.clock import clock
from stt_load.load.iteration import Iteration
from stt_load.load.iterations import Iterations
from stt_load.run.ends import EndRule
from stt_load.run.faults import Faults
from stt_load.run.lifecycle import Lifecycle
from stt_load.samples.keeping import keep
from stt_load.samples.run_info import now_utc
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import SampleTable
from stt_load.storage.transcripts import Transcripts, Wanted

# Statuses that no waiting mends: the address, the key or the request itself is wrong.
HOPELESS = frozenset({401, 403, 404, 415})
FIRST_ANSWERS = 3


class Barrier:
    """Takes in what became of the iterations of a run, opens the barrier, and asks for the end when it is time.

    on_barrier: called once, when the warm-up is over and before the first measured request starts. on_news: called
    when there may be iterations for those who had none. ends: what may end the run sooner. measure_for_s: how long to
    measure, None for N requests. most_failures: so many measured requests that failed one after the other end the
    run; None for no limit. faults: where to note what breaks. transcripts: what keeps the words of answers, where any
    are wanted; wanted: which. When clips are said again before the run, warmup_s is when that was over.
    """

    def __init__(
        self,
        budget: Iterations,
        lifecycle: Lifecycle,
        faults: Faults,
        *,
        measure_for_s: float | None,
        continue_on_dead_warmup: bool,
        most_failures: int | None,
        on_barrier: Callable[[], None],
        on_news: Callable[[], None],
    ) -> None:
        self.budget = budget
        self.lifecycle = lifecycle
        self.faults = faults
        self.table = SampleTable()
        budget.median_s = self.table.median_service_s
        self.origin_s = clock()
        self.barrier_s: float | None = None
        self.barrier_at: str | None = None
        self.users_at_barrier = 0
        self.first_transcript: str | None = None
        self.first_said: str | None = None
        self.transcripts: Transcripts | None = None
        self.wanted = Wanted()
        self.ends: Sequence[EndRule] = ()
        self.released = Event()
        self.released_s = self.warmup_s = 0.0
        self.measure_for_s = measure_for_s
        self.control_successes = self.control_failures = 0
        self.warmup_successes = self.warmup_failures = 0
        self.successes = self.failures = 0
        self._continue_on_dead_warmup = continue_on_dead_warmup
        self._most_failures = most_failures
        self._failures_in_a_row = self._controls_in_vain = 0
        self._on_barrier = on_barrier
        self._on_news = on_news
        self._first_error: str | None = None
        self._hopeless = True
        self._heard: set[int] = set()
        self._warmup_kinds: set[ErrorKind | None] = set()

    def release(self) -> None:
        """The service is there: users may start."""
        self.released_s = self.warmup_s = clock()
        self.lifecycle.ready = True
        self.released.set()
        self._on_news()

    def await_users(self, users: int) -> None:
        """How many users the barrier waits for from now on."""
        if users != self.budget.awaited:
            self.budget.awaited = users
            self.check_barrier()
            self._on_news()

    def finish(self, iteration: Iteration, sample: Sample, text: str | None, clip: Clip | None = None) -> None:
        """What became of an iteration; `text` is the transcript when there is one, of `clip` where that is here.

        It is counted first, and whatever breaks after that, a run that is done ends.
        """
        self.budget.finish(iteration)
        try:
            with self.faults.caught("The row of a request is missing, as it could not be kept"):
                sample = keep(self.table, sample)
            if text is not None:
                with self.faults.caught("The words of an answer are missing"):
                    self._hear(sample, text, clip)
            with self.faults.caught("What became of a request could not be taken into account"):
                self._take_in(iteration, sample)
        finally:
            if self.budget.done:
                self.lifecycle.end("finished")

    def first_heard(self, text: str | None, said: str | None) -> None:
        """The first text that somebody was answered, and what its clip says: the first of all is kept."""
        if self.first_transcript is None:
            self.first_transcript, self.first_said = text, said

    def check_barrier(self) -> None:
        """Opens the barrier if all that it waits for is there."""
        if self.budget.may_open():
            self.barrier_s, self.barrier_at = clock(), now_utc()
            self.users_at_barrier = self.budget.present
            self.budget.settle()
            self._on_barrier()
            self.budget.open = True
            if self.measure_for_s is not None:
                self.lifecycle.end_after(self.measure_for_s)
            self._on_news()
            if self.budget.done:  # by chance nothing arrives, and no result will say so
                self.lifecycle.end("finished")

    def _hear(self, sample: Sample, text: str, clip: Clip | None) -> None:
        if self.first_transcript is None:
            self.first_heard(text, None if clip is None else clip.text or None)
        if self.transcripts is not None and self.wanted(sample, clip is None or clip.said is not None):
            self.transcripts.add(sample, text)

    def _take_in(self, iteration: Iteration, sample: Sample) -> None:
        if iteration.phase is Phase.WARMUP:
            self._judge_warmup(sample)
        elif iteration.phase is Phase.OUTSIDE:
            self._follow_control(sample)
        else:
            self._count_failures(sample)
            self._ask_ends(sample)
        self.check_barrier()

    def _follow_control(self, sample: Sample) -> None:
        """What is said again counts for nothing. Before the run each waits for the one before. Where some in a row
        are not answered, which may take minutes each, the others are left out: it is the warm-up's to say so."""
        if self.budget.open:
            return
        self.control_successes += sample.ok
        self.control_failures += sample.failed
        self._controls_in_vain = 0 if sample.ok else self._controls_in_vain + 1
        if self._controls_in_vain == FIRST_ANSWERS:
            self.budget.repeats.give_up_control()
        self.warmup_s = clock()
        self._on_news()

    def _count_failures(self, sample: Sample) -> None:
        """In the order in which they became known, which is the one that there is for all users together."""
        if sample.unfinished:
            return
        self.successes += sample.ok
        self.failures += sample.failed
        if sample.error_kind is ErrorKind.DROPPED:  # which the service never saw
            return
        self._failures_in_a_row = 0 if sample.ok else self._failures_in_a_row + 1
        if self._failures_in_a_row == self._most_failures and not self.budget.closed:
            self.lifecycle.end("gave_up", sample.error)

    def _ask_ends(self, sample: Sample) -> None:
        for rule in self.ends:
            ending = rule.take_in(sample)
            if ending is not None and not self.budget.closed:
                self.lifecycle.end(ending.reason, ending.detail)

    def _judge_warmup(self, sample: Sample) -> None:
        """Stops a run whose service answers nothing of use: its words now rather than N failures later."""
        budget = self.budget
        self._warmup_kinds.add(sample.error_kind)
        self.warmup_successes += sample.ok
        self.warmup_failures += sample.failed
        self._first_error = self._first_error or sample.error
        # One worker's key may be wrong, and not the others'.
        self._hopeless &= sample.status in HOPELESS
        self._heard.add(sample.worker)
        if self._continue_on_dead_warmup or budget.closed:
            return
        # Of workers that are still to come nothing is known, their key neither.
        everyone = budget.joined >= budget.awaited and len(self._heard) >= budget.workers
        enough = everyone and budget.warmup_results >= min(FIRST_ANSWERS, budget.warmup)
        all_in = budget.warmup_results == budget.warmup
        dead = all_in and len(self._warmup_kinds) == 1 and None not in self._warmup_kinds
        if (self._hopeless and enough) or dead:
            self.lifecycle.end("dead_warmup", self._first_error)

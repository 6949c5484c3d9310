"""Arrivals of an open loop on their way to the workers, and the rows of those that nobody will tell of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from stt_load.cluster.run_workers import OVERDUE_S, RunWorkers
from stt_load.cluster.worker_state import WorkerState
from stt_load.load.iteration import Iteration
from stt_load.load.ledger import Ledger
from stt_load.run.barrier import Barrier
from stt_load.run.drops import unsent
from stt_load.samples.sample import ErrorKind, Phase, Sample


class Arrivals:
    """Allots what is due soon, and sees to it that each arrival has a row that counts, though its worker is lost.

    audio_s: tells how long the clip of an iteration is. on_counted: gets each measured sample that counts.
    """

    barrier: Barrier
    audio_s: Callable[[int], float]

    def __init__(self, workers: RunWorkers, ledger: Ledger, on_counted: Callable[[Sample], None]) -> None:
        self._workers = workers
        self._ledger = ledger
        self._on_counted = on_counted

    def allot(self, now_s: float) -> None:
        """To be called often: an arrival is sent to its worker a little before it is due."""
        if self._ledger.allotment is None:
            return
        for iteration in self._ledger.overdue(now_s):
            self._drop(iteration)
        fit = [worker_state.member.id for worker_state in self._workers if _may_have_more(worker_state)]
        for worker, iterations in self._ledger.allot(now_s, fit).items():
            self._workers.lease(self._workers[worker], iterations)

    def lost(self, worker_state: WorkerState, iterations: Iterable[Iteration]) -> list[Iteration]:
        """It was lost with these tries, which it had started: those of them that somebody else makes good for. Of an
        arrival the try is what counts, and is over."""
        others = []
        for iteration in iterations:
            if self._ledger.counts_as_lost(iteration):
                self._lose(worker_state, iteration)
            else:
                others.append(iteration)
        return others

    def conclude(self, end_s: float) -> None:
        """All that will ever be told has been told. What was due by `end_s`, and could not be sent by then, is cut
        off by the end of the run, or was dropped already."""
        for iteration in self._ledger.unsent(end_s):
            assert self._ledger.allotment is not None
            if self._ledger.allotment.overdue(iteration.seq, end_s):
                self._drop(iteration)
            else:
                self._finish(ErrorKind.CANCELLED, "due when the run ended, and not sent by then", iteration, 0, end_s)

    def _drop(self, iteration: Iteration) -> None:
        """Nobody has it, and it is too late for anybody to send it."""
        allotment = self._ledger.allotment
        assert allotment is not None
        said = f"no worker could have sent it within {allotment.max_lag_s:g} s after it was due"
        self._finish(ErrorKind.DROPPED, said, iteration, 0, allotment.due_s(iteration.seq) + allotment.max_lag_s)

    def _lose(self, worker_state: WorkerState, iteration: Iteration) -> None:
        """It was over at the latest when its worker was heard of last: nothing more is known of it."""
        said = "started by a worker that was lost, and not heard of in time"
        self._finish(ErrorKind.LOST, said, iteration, worker_state.number, worker_state.member.heard_s)

    def _finish(self, kind: ErrorKind, said: str, iteration: Iteration, worker: int, done_s: float) -> None:
        assert self._ledger.allotment is not None
        iteration.due_s = due_s = self._ledger.allotment.due_s(iteration.seq)
        origin_s, audio_s = self.barrier.origin_s, self.audio_s(iteration.seq)
        sample = unsent(iteration, kind, said, max(due_s, done_s), origin_s, audio_s, worker)
        self.barrier.finish(iteration, sample, None)
        if iteration.phase is Phase.MEASURED:
            with self.barrier.faults.caught("Locust was not told of an arrival that nobody has sent"):
                self._on_counted(sample)


def _may_have_more(worker_state: WorkerState) -> bool:
    """It is there, as far as is known, and its users do our work. Of one that is not heard of nobody knows whether it
    would send anything."""
    unfit = worker_state.gone or worker_state.ended or worker_state.busy or worker_state.expired
    return not unfit and worker_state.quiet_s <= OVERDUE_S

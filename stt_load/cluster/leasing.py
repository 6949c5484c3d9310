"""The iterations that workers of a run have on lease: what each gets, and when others get it instead."""

from __future__ import annotations

import logging

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.arrivals import Arrivals
from stt_load.cluster.registry import WorkerRegistry
from stt_load.cluster.run_workers import RunWorkers
from stt_load.cluster.worker_state import WorkerState
from stt_load.load.ledger import Ledger
from stt_load.run.barrier import Barrier
from stt_load.run.load_watch import LoadWatch

logger = logging.getLogger(__name__)


class Leasing:
    """Leases iterations to the workers, and takes them from those that are gone or return nothing.

    limit_s: a worker that owes results and tells none keeps its lease for so long.
    """

    barrier: Barrier
    limit_s: float

    def __init__(
        self, registry: WorkerRegistry, workers: RunWorkers, ledger: Ledger, load: LoadWatch, arrivals: Arrivals
    ) -> None:
        self._registry = registry
        self._arrivals = arrivals
        self._workers = workers
        self._ledger = ledger
        self._load = load

    def spread_news(self) -> None:
        """There may be iterations for those who had none."""
        self._arrivals.allot(clock())
        for worker_state in self._workers:
            self._lease(worker_state)

    def hand_out(self, worker_state: WorkerState) -> None:
        """`worker_state` has told something. In the warm-up that may make room for others, too."""
        if self._ledger.open:
            self._lease(worker_state)
        else:
            self.spread_news()

    def _lease(self, worker_state: WorkerState) -> None:
        if worker_state.gone or worker_state.busy or not self.barrier.released.is_set():
            return
        if iterations := self._ledger.lease(worker_state.member.id):
            self._workers.lease(worker_state, iterations)

    def check_presence(self, worker_state: WorkerState, now_s: float) -> None:
        """Locust gives up a silent worker and spawns its users elsewhere, some time before its iterations may go
        there."""
        there = self._registry.is_there(worker_state.member.id)
        if not there and not worker_state.absent and not worker_state.gone:
            self._miss(worker_state)
        elif there and worker_state.absent:
            # Its users are there beside those that were to replace them.
            self._load.moved(now_s)
        worker_state.absent = not there
        if not worker_state.gone and now_s - worker_state.member.heard_s > protocol.RELEASE_S:
            self.lose(worker_state)

    def _miss(self, worker_state: WorkerState) -> None:
        """A worker's users do nothing: until others have them, or the run is over, the load is not what it was."""
        worker_state.silent = True
        self._ledger.absent(worker_state.member.id)
        if not self._ledger.done:
            self._load.moved(worker_state.member.heard_s)

    def await_results(self, worker_state: WorkerState, elapsed_s: float) -> None:
        """Who answers, and returns nothing though every request must have ended, does not keep others waiting."""
        account = self._ledger.account(worker_state.member.id)
        idle_s = worker_state.idle(elapsed_s, len(account.leased))
        if worker_state.gone or self._ledger.closed or idle_s <= self.limit_s + worker_state.longest_pause_s:
            return
        if account.in_flight:
            self._expire(worker_state, idle_s)
        else:  # its users do other work; there are more for them when they ask
            worker_state.idle_s, worker_state.busy = 0.0, True
            self._workers.send(protocol.VOID, worker_state, {"epoch": worker_state.epoch})

    def _expire(self, worker_state: WorkerState, idle_s: float) -> None:
        name = self._workers.name(worker_state)
        logger.warning("stt-load: worker %s has returned nothing for %.0f s: others get its requests", name, idle_s)
        worker_state.expired = worker_state.silent = True
        self._load.idle(clock() - idle_s)
        self.lose(worker_state, idle=True)
        self._workers.send(protocol.VOID, worker_state, {"epoch": worker_state.void})
        if self._workers.all_lost:
            self.barrier.lifecycle.end("workers_lost", f"no worker returns anything: the last one for {idle_s:.0f} s")
        else:
            self.barrier.check_barrier()

    def lose(self, worker_state: WorkerState, *, idle: bool = False) -> None:
        """A worker is gone: others get its iterations. idle: it is there, but nothing comes from it."""
        if not worker_state.absent and not worker_state.gone and not idle:
            self._miss(worker_state)
        iterations = self._arrivals.lost(worker_state, self._ledger.lost(worker_state.member.id, idle=idle))
        if not worker_state.ended:
            worker_state.missing |= dict.fromkeys(iterations, clock())
        worker_state.gone, worker_state.void = True, worker_state.epoch
        self.spread_news()

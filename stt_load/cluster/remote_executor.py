"""The workers at work on one run, as their master sees it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import gevent

from stt_load.audio.sources import seconds_of
from stt_load.clock import clock
from stt_load.cluster import plausibility, protocol
from stt_load.cluster.arrivals import Arrivals
from stt_load.cluster.generators import together
from stt_load.cluster.intake import Intake
from stt_load.cluster.leasing import Leasing
from stt_load.cluster.member import Member
from stt_load.cluster.protocol import Data
from stt_load.cluster.registry import STEP_S, WorkerRegistry
from stt_load.cluster.run_workers import RunWorkers
from stt_load.cluster.worker_state import WorkerState
from stt_load.load.ledger import Ledger
from stt_load.load.settling import connections
from stt_load.load.timetable import timetable_of
from stt_load.run.barrier import Barrier
from stt_load.run.context import spec_of
from stt_load.run.executor import Users
from stt_load.run.load_watch import Asked, LoadWatch
from stt_load.run.order import Order
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import Clock, RunInfo
from stt_load.samples.sample import Sample

PATIENCE_S = 5.0
"""How much longer than its requests may take a worker may take to say that they are done."""
LOOK_S = 0.02
LEASE_S = 10.0
"""A worker that owes results and tells none keeps its lease for so much longer than a request may take."""


class RemoteExecutor:
    """Has the workers carry out a run: what each has told is passed on to who deals with it.

    asked, distribute: see `LoadWatch`. on_counted: gets each measured sample that counts. most_users: no more there
    can be. What a worker says that can't be raises `InvalidMessage`: it is to be refused.
    """

    barrier: Barrier

    def __init__(
        self,
        registry: WorkerRegistry,
        ledger: Ledger,
        users: Users,
        *,
        asked: Callable[[], Asked],
        distribute: Callable[[], None],
        on_counted: Callable[[Sample], None],
        most_users: Callable[[], int],
    ) -> None:
        self.budget = ledger
        self.users = users
        self._workers = RunWorkers(registry, ledger)
        self.names, self.id = self._workers.names, self._workers.id
        self._registry = registry
        self._load = LoadWatch(asked, distribute)
        self._arrivals = Arrivals(self._workers, ledger, on_counted)
        self._leasing = Leasing(registry, self._workers, ledger, self._load, self._arrivals)
        self._intake = Intake(ledger, on_counted, most_users)
        self._most_users = most_users
        self._told_users, self._looked_s = 0, clock()

    @property
    def leased_again(self) -> int:
        return self.budget.leased_again

    @property
    def all_lost(self) -> bool:
        return self._workers.all_lost

    @property
    def clocks(self) -> dict[str, Clock]:
        return self._workers.clocks

    def begin(self, barrier: Barrier, order: Order, info: RunInfo, result: Path) -> None:
        self.barrier = self._intake.barrier = self._leasing.barrier = self._arrivals.barrier = barrier
        config = order.config
        self._intake.audio_s = self._arrivals.audio_s = seconds_of(spec_of(config), info.seed)
        self.budget.follow(info.load, timetable_of(info.load, info.seed), settles=order.settles)
        self._leasing.limit_s = config.api.timeout.total + config.request_delay + LEASE_S
        self._workers.order = {
            "config": config.model_dump_json(),
            "digest": order.digest,
            "shown": order.shown,
            "url": order.url,
            "info": asdict(info),
            "result": result.stem,
            "level": order.level,
        }
        self._add_present()
        self._registry.listener = self

    def add(self, member: Member) -> None:
        self._workers.add(member)

    def _add_present(self) -> None:
        """All who are fit and there take part. After a run a worker needs a moment until it is there again."""
        for member in self._registry.fit:
            if self._registry.is_there(member.id):
                self.add(member)

    def on_refused(self, worker: str, *, had_users: bool) -> None:
        """Where Locust has given it users: until others have them, the load is not what it was."""
        worker_state = self._workers.get(worker)
        if worker_state is not None and not worker_state.ended and not worker_state.gone:
            self._leasing.lose(worker_state)
        if had_users and not self.budget.closed:
            self._load.moved(clock())

    def spread_news(self) -> None:
        self._leasing.spread_news()

    def measure(self) -> None:
        assert self.barrier.barrier_s is not None
        self._workers.barrier_s = self.barrier.barrier_s
        self.budget.begin(self.barrier.barrier_s)
        self._workers.connect(self._connections())
        self._watch_load(self.barrier.barrier_s)  # what was short before, and is not now, changed nothing
        self._workers.tell(protocol.OPEN)

    def _connections(self) -> int:
        """How many are to be open before the first arrival is due."""
        load = self.budget.load
        return 0 if load is None else connections(load, self.budget.timetable, self.budget.median_s())

    @property
    def unsure(self) -> bool:
        return self._registry.unfit or self._workers.overdue

    def needs(self, member: Member) -> bool:
        worker_state = self._workers.get(member.id)
        return worker_state is not None and not worker_state.ended and not self.budget.closed

    def follow_users(self) -> None:
        """`on_tick` does, which is called for each look at the workers."""

    def rest(self) -> None:
        """Each worker stops watching when it has drained."""

    def settle(self) -> int:
        """Rows come from the workers as they are to be."""
        return len(self.barrier.table)

    def on_want(self, worker: str, data: Data) -> None:
        """A worker tells how it is doing, and gets what it needs."""
        worker_state = self._workers[worker]
        if worker_state.expired or worker_state.void < data["epoch"] < worker_state.epoch:
            return  # the latter was said before the lease was renewed, on a connection that was made anew since
        worker_state.busy &= not data["waiting"]
        if data["epoch"] <= worker_state.void:
            self._workers.send(protocol.VOID, worker_state, {"epoch": worker_state.void})
            return
        plausibility.check_wants(data, self._most_users())
        if data["epoch"] > worker_state.epoch:
            self._workers.give_back(worker_state, data)
            worker_state.epoch, worker_state.gone = data["epoch"], False
            self.spread_news()
        plausibility.check_taken(data, self.budget.account(worker).granted)
        worker_state.silent = False
        worker_state.told(data["taken"])
        self.budget.report(worker, data["joined"], data["present"], data["taken"], data["starting"], clock())
        self.barrier.check_barrier()
        self._leasing.hand_out(worker_state)

    def on_samples(self, worker: str, data: Data) -> None:
        """Rows have come: in their order, each once, whatever was sent again on the way."""
        worker_state = self._workers[worker]
        self._workers.check_last(worker_state, data, self._most_users())
        if self._intake.take(worker_state, data):
            if data["last"]:
                self._ended(worker_state, data)
            self._leasing.hand_out(worker_state)
        self._workers.send(protocol.ACK, worker_state, {"rows": worker_state.rows, "ended": worker_state.ended})

    def on_echo(self, worker: str, data: Data) -> None:
        """What the worker has seen of itself so far. It shows what was said to it and got lost."""
        worker_state = self._workers.get(worker)
        if worker_state is not None:
            self._workers.tell_again(worker_state, data)
            if data.get("run") == self.id:
                self._workers.watched(worker_state, data, self._most_users())

    def beat(self, member: Member) -> Data:
        worker_state = self._workers.get(member.id)
        if worker_state is None:
            return {}
        words = {"run": self.id, "epoch": worker_state.epoch, "granted": self.budget.account(member.id).granted}
        return words | self._workers.state(worker_state)

    def on_tick(self, now_s: float) -> bool:
        """Gives up workers that are gone; tells when the number of users has changed."""
        elapsed_s, self._looked_s = min(now_s - self._looked_s, STEP_S), now_s
        self._add_present()
        for worker_state in self._workers:
            if not worker_state.ended:
                worker_state.elapse(elapsed_s)
                self._leasing.check_presence(worker_state, now_s)
                self._leasing.await_results(worker_state, elapsed_s)
        self._arrivals.allot(now_s)
        self._watch_load(now_s)
        before, self._told_users = self._told_users, self._workers.users
        return self._told_users != before

    def drain(self, limit_s: float, *, goes_on: bool = False) -> None:
        """Nothing new starts; waits until every worker that is there has told its last result.

        limit_s: how long what is in flight may take. goes_on: the users stay, as there may be another run for them.
        """
        self._workers.drain(limit_s, goes_on=goes_on)
        until_s = clock() + limit_s + PATIENCE_S
        while self._workers.anyone and clock() < until_s:
            gevent.sleep(LOOK_S)

    def cut(self) -> None:
        """Whatever is in flight is not waited for any longer."""
        self._workers.cut()

    def dismiss(self, *, saved: bool) -> None:
        self._registry.listener = None
        if saved:
            self._workers.remove_spools()

    def remains(self) -> Sequence[Sample]:
        for worker_state in self._workers:
            if not worker_state.ended:
                self._leasing.lose(worker_state)
        self._arrivals.conclude(self.budget.closed_s if math.isfinite(self.budget.closed_s) else clock())
        return self._workers.lost_tries(self.barrier.origin_s, self._intake.audio_s)

    def generator(self, listener_errors: int) -> Generator:
        barrier = self.barrier
        changes = () if barrier.barrier_s is None else self._load.changes.since(barrier.barrier_s, clock())
        all_lost = (ending := barrier.lifecycle.ending) is not None and ending.reason == "workers_lost"
        errors = listener_errors + self._intake.errors + self._workers.errors
        return together(self._workers.watches, changes, all_workers_lost=all_lost, listener_errors=errors)

    def _ended(self, worker_state: WorkerState, data: Data) -> None:
        self._workers.watched(worker_state, data, self._most_users())
        worker_state.ended = True
        self._workers.give_back(worker_state, data)
        if not self.budget.closed:
            self._leasing.lose(worker_state)  # it goes while the others go on
        self.budget.ended(worker_state.member.id)

    def _watch_load(self, now_s: float) -> None:
        if self.budget.closed:
            self._load.changes.end(now_s)
        else:
            measuring = self.barrier.barrier_s is not None
            self._load.look(now_s, self.budget, pending=self._workers.pending, measuring=measuring)

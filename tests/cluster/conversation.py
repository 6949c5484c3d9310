"""A master's executor and its workers' dispatchers in one process, with a wire between them that the test holds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Set
from dataclasses import replace
from pathlib import Path

import gevent

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.member import Member
from stt_load.cluster.protocol import Data
from stt_load.cluster.registry import Needs, WorkerRegistry
from stt_load.cluster.remote_executor import RemoteExecutor
from stt_load.cluster.worker_dispatcher import WorkerDispatcher
from stt_load.config import Config, masked
from stt_load.load.iteration import Iteration
from stt_load.load.ledger import Ledger
from stt_load.load.timetable import timetable_of
from stt_load.run.load_watch import Asked
from stt_load.run.order import Order
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop, Load, RunInfo
from stt_load.samples.sample import ErrorKind, Phase, Sample
from tests.factory import FakeUsers
from tests.making import barrier_of

LOAD = ClosedLoop(users=1, request_delay_s=0.0)
INFO = RunInfo("0", {}, {}, 1, False, None, "", "", 1, (), "", generator=Generator(), load=LOAD)


class Wire:
    """Locust's connection as the registry sees it. Messages wait in order until the test delivers or drops them."""

    def __init__(self) -> None:
        self.down: dict[str, deque[tuple[str, Data]]] = {}
        self.there: set[str] = set()
        self.held: set[str] = set()
        self.speaking: set[str] = set()
        self.dismissed: list[str] = []

    def send(self, kind: str, data: Data, worker: str) -> None:
        self.down.setdefault(worker, deque()).append((kind, data))

    def connected(self) -> Set[str]:
        return set(self.there)

    def registered(self) -> Set[str]:
        return set(self.held)

    def is_alive(self, worker: str) -> bool:
        return worker in self.speaking

    def accept(self, worker: str) -> None:
        self.held.discard(worker)
        self.there.add(worker)

    def dismiss(self, worker: str) -> None:
        self.held.discard(worker)
        self.dismissed.append(worker)


class Conversation:
    """One run of `total` requests, `warmup` of them to warm up, and as many workers as are asked for. Of an open loop
    its load says how many requests there are."""

    def __init__(self, total: int | None, warmup: int = 0, awaited: int = 0, load: Load = LOAD) -> None:
        self.load = load
        self.wire = Wire()
        self.refused: list[int] = []
        self.failed: list[tuple[str, Exception]] = []
        self.registry = WorkerRegistry(
            self.wire, Needs(), self.refused.append, lambda *failed: self.failed.append(failed)
        )
        self.registry.greenlet.kill()  # here the test does everything, in its own order
        self.counted: list[Sample] = []
        self.asked = Asked(0, 0)
        self.distributed: list[float] = []
        self.executor = RemoteExecutor(
            self.registry,
            Ledger(total, warmup, awaited),
            FakeUsers(),
            asked=lambda: self.asked,
            distribute=lambda: self.distributed.append(clock()),
            on_counted=self.counted.append,
            most_users=lambda: 1_000,
        )
        self.executor._intake.slack_s = math.inf  # instants are the test's own
        self._ended: list[str] = []
        self.barrier = barrier_of(
            self.executor.budget,
            over=lambda: self._ended.append("over"),
            on_barrier=self.executor.measure,
            on_news=self.executor.spread_news,
        )
        config = Config()
        info = replace(INFO, load=load)
        self.executor.begin(self.barrier, Order(config, masked(config), "http://x"), info, Path("result.json"))
        self.barrier.release()
        self.up: dict[str, deque[tuple[str, Data]]] = {}
        self.broken: Exception | None = None
        self.dispatchers: dict[str, WorkerDispatcher] = {}

    @property
    def ended(self) -> list[str]:
        """That Locust was told of the end, once the greenlet that does so has had its turn."""
        gevent.sleep(0)
        return self._ended

    def join(self, worker: str) -> WorkerDispatcher:
        self.wire.there.add(worker)
        member = Member(worker, worker, True, clock(), fit=True)
        self.registry._members[worker] = member
        self.executor.add(member)
        self.up[worker] = deque()
        dispatcher = WorkerDispatcher(lambda kind, data: self.send(worker, kind, data), lambda: None)
        self.dispatchers[worker] = dispatcher
        timetable = timetable_of(self.load, INFO.seed)
        dispatcher.follow(self.load, timetable, self.executor.budget.warmup, lambda _: 10.0)
        return dispatcher

    def send(self, worker: str, kind: str, data: Data) -> None:
        """`worker` sends a message of this run, unless its connection is broken."""
        if self.broken is not None:
            raise self.broken
        self.up[worker].append((kind, data | {"run": self.executor.id}))

    def hear(self, worker: str, limit: int | None = None) -> None:
        """The master gets what `worker` has sent."""
        handlers = {
            protocol.WANT: self.executor.on_want,
            protocol.SAMPLES: self.executor.on_samples,
            protocol.ECHO: self.executor.on_echo,
        }
        queue = self.up[worker]
        for _ in range(len(queue) if limit is None else limit):
            kind, data = queue.popleft()
            if kind in handlers:
                handlers[kind](worker, data)

    def tell(self, worker: str) -> None:
        """`worker` gets what the master has sent."""
        dispatcher = self.dispatchers[worker]
        handlers = {
            protocol.RUN: dispatcher.on_state,
            protocol.LEASE: dispatcher.on_lease,
            protocol.VOID: dispatcher.on_void,
            protocol.OPEN: dispatcher.on_state,
            protocol.ACK: dispatcher.on_ack,
            protocol.BEAT: dispatcher.on_beat,
        }
        queue = self.wire.down[worker]
        while queue:
            kind, data = queue.popleft()
            if kind in handlers:
                handlers[kind](data)

    def stay(self, worker: str) -> None:
        """`worker` goes on as one that hears a beat now and then, however long all this takes by the clock; unless it
        has heard none for so long already that it is on its own."""
        dispatcher = self.dispatchers[worker]
        if dispatcher.in_touch:
            dispatcher._heard_s = clock()

    def pass_by(self, seconds: int) -> None:
        """So much time, in which every worker answers the beats."""
        now_s = self.executor._looked_s
        for _ in range(seconds):
            now_s += 1
            for member in self.registry._members.values():
                member.heard_s = now_s
            self.executor.on_tick(now_s)

    def beat(self, worker: str, age_s: float = 0.0) -> None:
        member = self.registry._members[worker]
        self.wire.send(protocol.BEAT, self.executor.beat(member) | {"sent_s": clock(), "age_s": age_s}, worker)


def sample_of(iteration: Iteration, start_s: float, done_s: float, kind: ErrorKind | None = None) -> Sample:
    return Sample(
        seq=iteration.seq,
        attempt=iteration.attempt,
        phase=iteration.phase,
        worker=0,
        users=1,
        start_s=start_s,
        sent_s=start_s,
        first_byte_s=None,
        done_s=done_s,
        pause_s=0.0,
        audio_s=10.0,
        upload_bytes=320_044,
        download_bytes=30,
        status=200,
        error_kind=kind,
        error=None if kind is None else f"it was {kind}",
        text_length=5 if iteration.phase is not Phase.OUTSIDE else None,
    )

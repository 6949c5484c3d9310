"""A master's team and its workers' outposts in one process, with a wire between them that the test holds."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Set
from pathlib import Path

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.protocol import Data
from stt_load.cluster.registry import Fleet, Member, Needs
from stt_load.cluster.remote_executor import RemoteTeam
from stt_load.cluster.worker_dispatcher import Outpost
from stt_load.config import Config, masked
from stt_load.load.budget import Job
from stt_load.load.ledger import Ledger
from stt_load.run.barrier import Session
from stt_load.run.executor import Order
from stt_load.run.load_watch import Asked
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import RunInfo
from stt_load.samples.sample import ErrorKind, Phase, Sample
from tests.factory import FakeUsers

INFO = RunInfo("0", {}, {}, 1, False, None, "", "", 1, (), "", generator=Generator())


class Wire:
    """Locust's connection as the fleet sees it. Messages wait in order until the test delivers or drops them."""

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

    def speaks(self, worker: str) -> bool:
        return worker in self.speaking

    def admit(self, worker: str) -> None:
        self.held.discard(worker)
        self.there.add(worker)

    def dismiss(self, worker: str) -> None:
        self.held.discard(worker)
        self.dismissed.append(worker)


class Conversation:
    """One run of `total` requests, `warmup` of them to warm up, and as many workers as are asked for."""

    def __init__(self, total: int | None, warmup: int = 0, awaited: int = 0) -> None:
        self.wire = Wire()
        self.refused: list[int] = []
        self.failed: list[tuple[str, Exception]] = []
        self.fleet = Fleet(self.wire, Needs(), self.refused.append, lambda *failed: self.failed.append(failed))
        self.fleet.watchman.kill()  # here the test does everything, in its own order
        self.counted: list[Sample] = []
        self.asked = Asked(0, 0)
        self.distributed: list[float] = []
        self.team = RemoteTeam(
            self.fleet,
            Ledger(total, warmup, awaited),
            FakeUsers(),
            asked=lambda: self.asked,
            distribute=lambda: self.distributed.append(clock()),
            on_counted=self.counted.append,
            most_users=lambda: 1_000,
        )
        self.team._intake.slack_s = math.inf  # instants are the test's own
        self.ended: list[str] = []
        self.session = Session(
            self.team.budget,
            measure_for_s=None,
            continue_on_dead_warmup=True,
            most_failures=None,
            on_barrier=self.team.measure,
            on_over=lambda: self.ended.append("over"),
            on_news=self.team.spread_news,
        )
        config = Config()
        self.team.begin(self.session, Order(config, masked(config), "http://x", INFO, Path("result.json")))
        self.session.release()
        self.up: dict[str, deque[tuple[str, Data]]] = {}
        self.posts: dict[str, Outpost] = {}

    def join(self, worker: str) -> Outpost:
        self.wire.there.add(worker)
        member = Member(worker, worker, True, clock(), fit=True)
        self.fleet._members[worker] = member
        self.team.enlist(member)
        self.up[worker] = deque()
        words = {"run": self.team.id}
        outpost = Outpost(lambda kind, data: self.up[worker].append((kind, data | words)), lambda: None)
        self.posts[worker] = outpost
        return outpost

    def hear(self, worker: str, limit: int | None = None) -> None:
        """The master gets what `worker` has sent."""
        handlers = {
            protocol.WANT: self.team.on_want,
            protocol.SAMPLES: self.team.on_samples,
            protocol.ECHO: self.team.on_echo,
        }
        queue = self.up[worker]
        for _ in range(len(queue) if limit is None else limit):
            kind, data = queue.popleft()
            if kind in handlers:
                handlers[kind](worker, data)

    def tell(self, worker: str) -> None:
        """`worker` gets what the master has sent."""
        post = self.posts[worker]
        handlers = {
            protocol.RUN: post.on_state,
            protocol.JOBS: post.on_jobs,
            protocol.VOID: post.on_void,
            protocol.OPEN: post.on_state,
            protocol.ACK: post.on_ack,
            protocol.BEAT: post.on_beat,
        }
        queue = self.wire.down[worker]
        while queue:
            kind, data = queue.popleft()
            if kind in handlers:
                handlers[kind](data)

    def pass_by(self, seconds: int) -> None:
        """So much time, in which every worker answers the beats."""
        now_s = self.team._looked_s
        for _ in range(seconds):
            now_s += 1
            for member in self.fleet._members.values():
                member.heard_s = now_s
            self.team.look_after(now_s)

    def beat(self, worker: str, age_s: float = 0.0) -> None:
        member = self.fleet._members[worker]
        self.wire.send(protocol.BEAT, self.team.beat(member) | {"sent_s": clock(), "age_s": age_s}, worker)


def sample_of(job: Job, start_s: float, done_s: float, kind: ErrorKind | None = None) -> Sample:
    return Sample(
        seq=job.seq,
        attempt=job.attempt,
        phase=job.phase,
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
        text_length=5 if job.phase is not Phase.OUTSIDE else None,
    )

"""The workers at work on one run, as their master sees it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import gevent

from stt_load.audio import wav
from stt_load.clock import clock
from stt_load.cluster import protocol, validation
from stt_load.cluster.generators import together
from stt_load.cluster.intake import Intake
from stt_load.cluster.participants import Roster, message_of
from stt_load.cluster.protocol import Data
from stt_load.cluster.registry import STEP_S, Fleet, Member
from stt_load.cluster.worker_state import Recruit
from stt_load.load.ledger import Ledger
from stt_load.run.barrier import Session
from stt_load.run.executor import Order, Users
from stt_load.run.load_watch import Asked, LoadWatch
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import Clock
from stt_load.samples.sample import Sample

logger = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""How much longer than its requests may take a worker may take to say that they are done."""
LOOK_S = 0.02
LEASE_S = 10.0
"""A worker that owes results and tells none keeps its lease for so much longer than a request may take."""


class RemoteTeam:
    """Leases jobs to the workers and takes in what comes of them.

    asked, distribute: see `LoadWatch`. on_counted: gets each measured sample that counts. most_users: no more there
    can be. What a worker says that can't be raises `Misconduct`: it is to be refused.
    """

    session: Session

    def __init__(
        self,
        fleet: Fleet,
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
        self._roster = Roster(fleet, ledger)
        self.names, self.id = self._roster.names, self._roster.id
        self._fleet = fleet
        self._load = LoadWatch(asked, distribute)
        self._intake = Intake(ledger, on_counted, most_users)
        self._most_users = most_users
        self._told_users, self._looked_s = 0, clock()
        self._lease_s = self._audio_s = 0.0
        self._result = ""

    @property
    def leased_again(self) -> int:
        return self.budget.leased_again

    @property
    def deserted(self) -> bool:
        return self._roster.deserted

    @property
    def clocks(self) -> dict[str, Clock]:
        return self._roster.clocks

    def begin(self, session: Session, order: Order) -> None:
        self.session = self._intake.session = session
        config = order.config
        frames = wav.frames_of(config.audio_duration, config.sample_rate)
        self._audio_s = self._intake.audio_s = frames / config.sample_rate
        self._lease_s = config.api.timeout.total + config.request_delay + LEASE_S
        self._result = order.result.stem
        self._roster.order = message_of(order)
        self._muster()
        self._fleet.contract = self

    def enlist(self, member: Member) -> None:
        """A worker that is fit takes part from now on."""
        self._roster.enlist(member)

    def _muster(self) -> None:
        """All who are fit and there take part. After a run a worker needs a moment until it is there again."""
        for member in self._fleet.fit:
            if self._fleet.is_there(member.id):
                self.enlist(member)

    def on_refused(self, worker: str, *, had_users: bool) -> None:
        """Where Locust has given it users: until others have them, the load is not what it was."""
        recruit = self._roster.get(worker)
        if recruit is not None and not recruit.ended and not recruit.gone:
            self._lose(recruit)
        if had_users and not self.budget.closed:
            self._load.moved(clock())

    def spread_news(self) -> None:
        for recruit in self._roster:
            self._lease(recruit)

    def measure(self) -> None:
        assert self.session.barrier_s is not None
        self._roster.barrier_s = self.session.barrier_s
        self._watch_load(self.session.barrier_s)  # what was short before, and is not now, changed nothing
        self._roster.tell(protocol.OPEN)

    @property
    def unsure(self) -> bool:
        return self._fleet.unfit or self._roster.unheard

    def needs(self, member: Member) -> bool:
        recruit = self._roster.get(member.id)
        return recruit is not None and not recruit.ended and not self.budget.closed

    def follow_users(self) -> None:
        """`look_after` does, which is called for each look at the workers."""

    def rest(self) -> None:
        """Each worker stops watching when it has drained."""

    def settle(self) -> int:
        """Rows come from the workers as they are to be."""
        return len(self.session.table)

    def on_want(self, worker: str, data: Data) -> None:
        """A worker tells how it is doing, and gets what it needs."""
        recruit = self._roster[worker]
        if recruit.expired or recruit.void < data["epoch"] < recruit.epoch:
            return  # the latter was said before the lease was renewed, on a connection that was made anew since
        recruit.busy &= not data["waiting"]
        if data["epoch"] <= recruit.void:
            self._roster.send(protocol.VOID, recruit, {"epoch": recruit.void})
            return
        validation.check_wants(data, self._most_users())
        if data["epoch"] > recruit.epoch:
            self._roster.give_back(recruit, data)
            recruit.epoch, recruit.gone = data["epoch"], False
            self.spread_news()
        validation.check_taken(data, self.budget.granted(worker))
        recruit.silent = False
        recruit.told(data["taken"])
        self.budget.report(worker, data["joined"], data["present"], data["taken"], data["starting"])
        self.session.check_barrier()
        self._hand_out(recruit)

    def on_samples(self, worker: str, data: Data) -> None:
        """Rows have come: in their order, each once, whatever was sent again on the way."""
        recruit = self._roster[worker]
        self._roster.check_last(recruit, data, self._most_users())
        if self._intake.take(recruit, data):
            if data["last"]:
                self._ended(recruit, data)
            self._hand_out(recruit)
        self._roster.send(protocol.ACK, recruit, {"rows": recruit.rows, "ended": recruit.ended})

    def on_echo(self, worker: str, data: Data) -> None:
        """What the worker has seen of itself so far. It shows what was said to it and got lost."""
        recruit = self._roster.get(worker)
        if recruit is not None:
            self._roster.tell_again(recruit, data)
            if data.get("run") == self.id:
                self._roster.watched(recruit, data, self._most_users())

    def beat(self, member: Member) -> Data:
        recruit = self._roster.get(member.id)
        if recruit is None:
            return {}
        words = {"run": self.id, "epoch": recruit.epoch, "granted": self.budget.granted(member.id)}
        return words | self._roster.state(recruit)

    def look_after(self, now_s: float) -> bool:
        """Gives up workers that are gone; tells when the number of users has changed."""
        elapsed_s, self._looked_s = min(now_s - self._looked_s, STEP_S), now_s
        self._muster()
        for recruit in self._roster:
            if not recruit.ended:
                recruit.listen(elapsed_s)
                self._look_after(recruit, now_s)
                self._await_results(recruit, elapsed_s)
        self._watch_load(now_s)
        before, self._told_users = self._told_users, self._roster.users
        return self._told_users != before

    def drain(self, limit_s: float) -> None:
        """Nothing new starts; waits until every worker that is there has told its last result.

        limit_s: how long what is in flight may take.
        """
        self._roster.drain(limit_s)
        until_s = clock() + limit_s + PATIENCE_S
        while self._roster.anyone and clock() < until_s:
            gevent.sleep(LOOK_S)

    def cut(self) -> None:
        """Whatever is in flight is not waited for any longer."""
        self._roster.tell(protocol.CUT)

    def dismiss(self, *, saved: bool) -> None:
        """The run is over. saved: the result is on the disk, so that the workers need not keep what they have."""
        self._fleet.contract = None
        if saved:
            self._roster.remove_spools(self._result)

    def remains(self) -> Sequence[Sample]:
        for recruit in self._roster:
            if not recruit.ended:
                self._lose(recruit)
        return self._roster.lost_tries(self.session.origin_s, self._audio_s)

    def generator(self, listener_errors: int) -> Generator:
        session = self.session
        changes = () if session.barrier_s is None else self._load.changes.since(session.barrier_s, clock())
        deserted = session.ending is not None and session.ending.reason == "workers_lost"
        errors = listener_errors + self._intake.errors + self._roster.errors
        return together(self._roster.watches, changes, all_workers_lost=deserted, listener_errors=errors)

    def _ended(self, recruit: Recruit, data: Data) -> None:
        self._roster.watched(recruit, data, self._most_users())
        recruit.ended = True
        self._roster.give_back(recruit, data)
        if not self.budget.closed:
            self._lose(recruit)  # it goes while the others go on
        self.budget.ended(recruit.member.id)

    def _hand_out(self, recruit: Recruit) -> None:
        """`recruit` has told something. In the warm-up that may make room for others, too."""
        if self.budget.open:
            self._lease(recruit)
        else:
            self.spread_news()

    def _lease(self, recruit: Recruit) -> None:
        if recruit.gone or recruit.busy or not self.session.released.is_set():
            return
        if jobs := self.budget.lease(recruit.member.id):
            lease = {"epoch": recruit.epoch, "jobs": protocol.pack_jobs(jobs)}
            recruit.leased = True
            self._roster.send(protocol.JOBS, recruit, lease | self._roster.state(recruit))

    def _watch_load(self, now_s: float) -> None:
        if self.budget.closed:
            self._load.changes.end(now_s)
        else:
            measuring = self.session.barrier_s is not None
            self._load.look(now_s, self.budget, pending=self._roster.pending, measuring=measuring)

    def _look_after(self, recruit: Recruit, now_s: float) -> None:
        """Locust gives up a silent worker and spawns its users elsewhere, some time before its jobs may go there."""
        there = self._fleet.is_there(recruit.member.id)
        if not there and not recruit.absent and not recruit.gone:
            self._miss(recruit, recruit.member.heard_s)
        elif there and recruit.absent:
            # Its users are there beside those that were to replace them.
            self._load.moved(now_s)
        recruit.absent = not there
        if not recruit.gone and now_s - recruit.member.heard_s > protocol.RELEASE_S:
            self._lose(recruit)

    def _miss(self, recruit: Recruit, from_s: float) -> None:
        """A worker's users do nothing: until others have them, or the run is over, the load is not what it was."""
        recruit.silent = True
        self.budget.absent(recruit.member.id)
        if not self.budget.done:
            self._load.moved(from_s)

    def _await_results(self, recruit: Recruit, elapsed_s: float) -> None:
        """Who answers, and returns nothing though every request must have ended, does not keep others waiting."""
        idle_s = recruit.idle(elapsed_s, self.budget.owed(recruit.member.id))
        if recruit.gone or self.budget.closed or idle_s <= self._lease_s + recruit.longest_pause_s:
            return
        if self.budget.in_flight_on(recruit.member.id):
            self._expire(recruit, idle_s)
        else:  # its users do other work; there are more for them when they ask
            recruit.idle_s, recruit.busy = 0.0, True
            self._roster.send(protocol.VOID, recruit, {"epoch": recruit.epoch})

    def _expire(self, recruit: Recruit, idle_s: float) -> None:
        name = self._roster.name(recruit)
        logger.warning("stt-load: worker %s has returned nothing for %.0f s: others get its requests", name, idle_s)
        recruit.expired = recruit.silent = True
        self._load.idle(clock() - idle_s)
        self._lose(recruit, idle=True)
        self._roster.send(protocol.VOID, recruit, {"epoch": recruit.void})
        if self.deserted:
            self.session.end("workers_lost", f"no worker returns anything: the last one for {idle_s:.0f} s")
        else:
            self.session.check_barrier()

    def _lose(self, recruit: Recruit, *, idle: bool = False) -> None:
        """A worker is gone: others get its jobs. idle: it is there, but nothing comes from it."""
        if not recruit.absent and not recruit.gone and not idle:
            self._miss(recruit, recruit.member.heard_s)
        jobs = self.budget.lost(recruit.member.id, idle=idle)
        if not recruit.ended:
            recruit.missing |= dict.fromkeys(jobs, clock())
        recruit.gone, recruit.void = True, recruit.epoch
        self.spread_news()

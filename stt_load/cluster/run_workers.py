"""The workers that take part in one run, in the order in which they came."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence

from stt_load.clock import clock
from stt_load.cluster import plausibility, protocol, worker_spools
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.member import Member
from stt_load.cluster.protocol import Data
from stt_load.cluster.registry import WorkerRegistry
from stt_load.cluster.worker_state import WorkerState
from stt_load.load.iteration import Iteration
from stt_load.load.ledger import Ledger
from stt_load.run.monitor import Watch
from stt_load.samples.run_info import Clock
from stt_load.samples.sample import Sample

OVERDUE_S = 1.5
"""A worker that has not been heard of for so long may have users that it has not told of: it does so each second."""
QUIET_S = 3.0
"""Well before Locust, after some 4.5 s, gives a worker up; a worker that lives is heard of each second."""


class RunWorkers:
    """Who takes part, and what is known of all of them together. id: the run's, which each message bears.

    names: by the index in the samples, which is the order in which they came. order: what all are told that there is
    to do. barrier_s: when the measuring began, on this process's clock.
    """

    def __init__(self, registry: WorkerRegistry, ledger: Ledger) -> None:
        self.id = uuid.uuid4().hex
        self.names: list[str] = []
        self.order: Data = {}
        self.barrier_s: float | None = None
        self._connections: dict[str, int] = {}
        self._told_end_s: float | None = None
        self._until_s = math.inf
        self._goes_on = False
        self._registry = registry
        self._ledger = ledger
        self._states: dict[str, WorkerState] = {}

    def __iter__(self) -> Iterator[WorkerState]:
        return iter(self._states.values())

    def __getitem__(self, worker: str) -> WorkerState:
        return self._states[worker]

    def get(self, worker: str) -> WorkerState | None:
        return self._states.get(worker)

    @property
    def anyone(self) -> bool:
        """Somebody is at work."""
        return any(map(self._at_work, self))

    @property
    def all_lost(self) -> bool:
        """There were workers, and none is left."""
        return bool(self._states) and not self.anyone

    @property
    def pending(self) -> bool:
        """How many users somebody has is not known."""
        return any(worker_state.pending for worker_state in self)

    @property
    def overdue(self) -> bool:
        """Somebody is there who has not told lately, or never, which users he has."""
        return any(
            not worker_state.epoch or worker_state.quiet_s > OVERDUE_S
            for worker_state in self
            if not worker_state.ended and self._registry.is_there(worker_state.member.id)
        )

    @property
    def users(self) -> int:
        """At work on all of them."""
        return sum(map(self.users_of, self))

    def users_of(self, worker_state: WorkerState) -> int:
        """At work on this one. Locust gives users of a worker that is gone to others, who count them at once: so
        before that they must not be counted any more."""
        return self._ledger.account(worker_state.member.id).present if worker_state.quiet_s < QUIET_S else 0

    def state(self, worker_state: WorkerState) -> Data:
        """How things stand: when the barrier opened, on the worker's clock and on this one; users at work on all but
        this one, as each row says how many there were in the whole run; which one of how many workers at work it is,
        as users are numbered in turn; and how many connections it is to open once the barrier is open."""
        barrier_s = self.barrier_s
        at = None if barrier_s is None else [barrier_s + worker_state.member.clock.offset_s, barrier_s]
        return {
            "open": at,
            "others": self.users - self.users_of(worker_state),
            "place": self._place(worker_state),
            "connect": self._connections.get(worker_state.member.id, 0),
        }

    def _place(self, worker_state: WorkerState) -> list[int]:
        """Who has more users than another one comes first: of users that are dealt out in turn it gets the rest."""
        at_work = [self._turn(one) for one in self if self._at_work(one)]
        place = sum(turn < self._turn(worker_state) for turn in at_work)
        return [place, max(place + 1, len(at_work))]

    def _turn(self, worker_state: WorkerState) -> tuple[int, int]:
        return -self._ledger.account(worker_state.member.id).present, worker_state.number

    @property
    def clocks(self) -> dict[str, Clock]:
        """Of those that don't share this process's, as their rows were placed at the worst."""
        return {self.name(worker_state): known for worker_state in self if (known := worker_state.clock) is not None}

    @property
    def watches(self) -> Mapping[int, Watch]:
        """What each has seen of itself, by its index."""
        return {worker_state.number: worker_state.watch for worker_state in self if worker_state.watch is not None}

    @property
    def errors(self) -> int:
        """Exceptions in code of ours, on all that have had anything to do: others can't have spoilt it."""
        return sum(worker_state.errors for worker_state in self if worker_state.leased)

    def lost_tries(self, origin_s: float, audio_s: Callable[[int], float]) -> list[Sample]:
        """What was never heard of, as samples whose instants count from `origin_s`."""
        return [sample for worker_state in self for sample in worker_state.lost_tries(origin_s, audio_s)]

    def name(self, worker_state: WorkerState) -> str:
        return self.names[worker_state.number]

    def add(self, member: Member) -> None:
        """One more, if it does not take part already. Its name is unique, whatever it calls itself."""
        if member.id in self._states:
            return
        plain = member.name.partition("#")[0] or "worker"  # what follows is for this table to say
        same = sum(name.partition("#")[0] == plain for name in self.names)
        worker_state = self._states[member.id] = WorkerState(member, len(self.names))
        self.names.append(f"{plain}#{same + 1}" if same else plain)
        self._tell_run(worker_state)

    def watched(self, worker_state: WorkerState, data: Data, most_users: int) -> None:
        """It says what it has seen of itself so far; raises `InvalidMessage` where that can't be."""
        worker_state.watched(self._credible(worker_state, data, most_users))

    def check_last(self, worker_state: WorkerState, data: Data, most_users: int) -> None:
        """What rows bring beside themselves, before anything of them is taken in. Raises `InvalidMessage`."""
        self._credible(worker_state, data, most_users)
        if data["last"]:
            plausibility.held(data)

    def _credible(self, worker_state: WorkerState, data: Data, most_users: int) -> Data:
        """`data`, as far as what it has seen of itself is known to be so."""
        elapsed_s = 0.0 if self.barrier_s is None else clock() - self.barrier_s
        try:
            plausibility.check_watch(data["watch"], elapsed_s + worker_state.member.jumped_s, most_users)
        except InvalidMessage:
            if worker_state.clock is None or "clock_s" in data:
                raise
            return data | {"watch": None}  # of its last word: its clock may have jumped since it was last looked at
        return data

    def drain(self, limit_s: float, *, goes_on: bool = False) -> None:
        """Tells all to end what is in flight, which may take so long, and to start nothing more. goes_on: their users
        stay, as there may be another run for them."""
        self._told_end_s, self._until_s, self._goes_on = clock(), clock() + limit_s, goes_on
        for worker_state in self:
            if not worker_state.ended:
                self._tell_drain(worker_state)

    def tell_again(self, worker_state: WorkerState, echo: Data) -> None:
        """What its answer to a beat shows that it has not heard: that there is this run, or that it ends. And that it
        may tell rows again that waited for its clock to be known."""
        knows_of_it = echo.get("run") == self.id
        if worker_state.cleared:
            self.send(
                protocol.ACK, worker_state, {"rows": worker_state.rows, "ended": worker_state.ended, "again": True}
            )
        if self._told_end_s is None:
            if not knows_of_it:
                self._tell_run(worker_state)
        elif not knows_of_it:
            worker_state.ended = True  # it has nothing of this run, and is not waited for
        elif not echo["closed"] and echo["sent_s"] > self._told_end_s:
            self._tell_drain(worker_state)

    def send(self, kind: str, worker_state: WorkerState, data: Data) -> None:
        """A message of this run."""
        self._registry.send(kind, data | {"run": self.id}, worker_state.member)

    def connect(self, connections: int) -> None:
        """So many are to be open before the first arrival is due: each worker opens its share, as it is told how
        things stand."""
        users = {worker_state.member.id: self.users_of(worker_state) for worker_state in self}
        everyone = max(1, sum(users.values()))
        self._connections = {worker: math.ceil(connections * here / everyone) for worker, here in users.items()}

    def lease(self, worker_state: WorkerState, iterations: Sequence[Iteration]) -> None:
        """They are its own now, and it is told so."""
        words = {"epoch": worker_state.epoch, "iterations": protocol.pack_iterations(iterations)}
        worker_state.leased = True
        self.send(protocol.LEASE, worker_state, words | self.state(worker_state))

    def cut(self) -> None:
        """Whatever is in flight is not waited for any longer. Where users stay, whoever has told its last row has
        nothing in flight, and its users are for the next run; as are those of one that is silent now."""
        for worker_state in self:
            if not self._goes_on or self._at_work(worker_state):
                self.send(protocol.CUT, worker_state, self.state(worker_state))

    def tell(self, kind: str) -> None:
        """All of them, and how things stand."""
        for worker_state in self:
            self.send(kind, worker_state, self.state(worker_state))

    def give_back(self, worker_state: WorkerState, data: Data) -> None:
        """It tells which iterations it really has on hand."""
        held = plausibility.held(data)
        self._ledger.renew(worker_state.member.id, held, clock())
        worker_state.holds(held)

    def remove_spools(self) -> None:
        """The result is on the disk: nobody need keep what is in it.

        Each does so itself; of those that are gone the files are removed here, where they lie here.
        """
        for worker_state in self:
            self.send(protocol.SAVED, worker_state, {"rows": worker_state.rows})
            if worker_state.member.same_boot and not self._registry.is_there(worker_state.member.id):
                worker_spools.remove(self.order["result"], worker_state.number, worker_state.rows)

    def _tell_run(self, worker_state: WorkerState) -> None:
        words = {"name": self.name(worker_state), "number": worker_state.number}
        self.send(protocol.RUN, worker_state, self.order | words | self.state(worker_state))

    def _tell_drain(self, worker_state: WorkerState) -> None:
        left_s = max(0.0, self._until_s - clock())
        self.send(protocol.DRAIN, worker_state, {"limit_s": left_s, "goes_on": self._goes_on})

    def _at_work(self, worker_state: WorkerState) -> bool:
        return not worker_state.gone and not worker_state.ended and self._registry.is_there(worker_state.member.id)

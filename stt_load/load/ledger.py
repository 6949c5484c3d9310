"""Whose iteration is whose when many processes share one budget: what is leased, to whom, and what has come back."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import replace

from stt_load.load.account import Account
from stt_load.load.allotment import Allotment
from stt_load.load.iteration import AFTER_WARMUP, Iteration
from stt_load.load.iterations import Iterations
from stt_load.load.timetable import Timetable
from stt_load.samples.run_info import Load, OpenLoop
from stt_load.samples.sample import Phase

MOST_PER_USER = 16
"""Iterations leased ahead for each user at the most."""
SHARES = 4
"""A lease is at most this part of an even share of what is left, so that a slow worker doesn't hold the tail."""


def in_turn(iteration: Iteration) -> tuple[bool, int]:
    """What is said again is due as soon as it is there; the others are due by their numbers."""
    return iteration.phase is not Phase.OUTSIDE, iteration.seq


class Ledger(Iterations):
    """The master's counterpart of `Budget`: workers instead of users, leases instead of single iterations. A pure
    machine.

    Laws, whatever the order of calls: each seq counts at most once; no measured iteration is leased before every
    warm-up seq has its result; what a worker takes to its grave is leased again, under a new attempt; a result is
    somebody's who was leased that very iteration, and has told nothing of it yet; what is said again in the control
    is leased one at a time, with nothing beside it; and what is said again at all, to nobody else once it may have
    been started.

    In an open loop the warm-up goes as in a closed one, with no more in flight than its load has for that. What comes
    after is due at some time, and is allotted to the workers a little ahead of it. What a lost worker had started of
    that is lost, and made good for by nobody; what it had not is allotted to others while it can still be sent.
    """

    def __init__(self, total: int | None, warmup: int, awaited: int, repeat_check: int = 0) -> None:
        super().__init__(total, warmup, awaited, repeat_check)
        self.allotment: Allotment | None = None
        self._user_stages = 0
        self._leased_again: set[Iteration] = set()
        self._next = self._settling = 0
        self._again: deque[Iteration] = deque()
        self._accounts: dict[str, Account] = {}
        self._idle: dict[str, int] = {}
        self._late: dict[str, dict[Iteration, Iteration]] = {}
        self._counted = bytearray()  # by seq: a byte a sample, however many there are

    def follow(self, load: Load, timetable: Timetable, *, settles: bool = False) -> None:
        super().follow(load, timetable, settles=settles)
        if isinstance(load, OpenLoop):
            self.allotment = Allotment(timetable, self.warmup, load.max_lag_s)
        else:
            self._user_stages = len(load.stages)

    def begin(self, barrier_s: float) -> None:
        """The measuring begins, at `barrier_s` on the callers' clock."""
        if self.allotment is not None:
            self.allotment.barrier_s = barrier_s

    @property
    def joined(self) -> int:
        # Those included that do nothing.
        return sum(account.joined for account in self._accounts.values()) + sum(self._idle.values())

    @property
    def present(self) -> int:
        return sum(account.present for account in self._accounts.values())

    @property
    def starting(self) -> int:
        return sum(account.starting for account in self._accounts.values())

    @property
    def in_flight(self) -> int:
        return sum(account.in_flight for account in self._accounts.values())

    @property
    def handed_out(self) -> int:
        """Seqs that were leased and not given back: each has its result, somebody is at work on it, or it is lost."""
        return self._next - len({iteration.seq for iteration in self._again if not self._counted[iteration.seq]})

    @property
    def leased_again(self) -> int:
        """Iterations that were handed out once more, as a new attempt."""
        return len(self._leased_again)

    @property
    def workers(self) -> int:
        return sum(account.present > 0 for account in self._accounts.values())

    def report(
        self, worker: str, joined: int, present: int, taken: int, starting: int = 0, now_s: float | None = None
    ) -> None:
        """What `worker` says at now_s: users that ever came, users there now, iterations started since its lease was
        renewed; users in their `on_start`."""
        account = self._accounts.setdefault(worker, Account())
        account.tell(taken, now_s)
        account.joined, account.present = joined, present
        account.here, account.starting = present, starting
        self._idle.pop(worker, None)

    def absent(self, worker: str) -> None:
        """`worker` is not heard of: its users do nothing. What it was leased is still its own."""
        if worker in self._accounts:
            self._accounts[worker].present = self._accounts[worker].starting = 0

    def account(self, worker: str) -> Account:
        """What is known of `worker`; of one that has not reported, or is lost, an empty one that nobody keeps."""
        return self._accounts.get(worker) or Account()

    def lease(self, worker: str) -> list[Iteration]:
        """More iterations for `worker`, if it has reported: as many as it should have ahead and hasn't."""
        account = self.account(worker)
        iterations = list(self._iterations(account))
        self._grant(account, iterations)
        return iterations

    def allot(self, now_s: float, workers: Collection[str]) -> dict[str, list[Iteration]]:
        """What is due soon in an open loop, by whom of `workers` it goes to; nothing where none of them has a slot.
        It is to be called often."""
        slots = {worker: present for worker in workers if (present := self.account(worker).present)}
        if not slots or self.closed or not self.open or self.allotment is None:
            return {}
        allotted = self.allotment.share_out(list(self._soon(self.allotment, now_s)), slots)
        for worker, iterations in allotted.items():
            self._grant(self._accounts[worker], iterations)
        return allotted

    def overdue(self, now_s: float) -> list[Iteration]:
        """Arrivals that nobody has, and that nobody could send in time any more. Each is to be `finish`ed at once."""
        allotment = self.allotment
        if allotment is None or self.closed or not self.open:
            return []
        again = self._uncounted()
        dropped = [one for one in again if allotment.overdue(one.seq, now_s)]
        self._again = deque(one for one in again if not allotment.overdue(one.seq, now_s))
        while self._next != self.total and allotment.overdue(self._next, now_s):
            dropped.append(self._after_warmup())
        return dropped

    def unsent(self, end_s: float) -> list[Iteration]:
        """At the end: arrivals that were due by `end_s`, when nothing started any more, and that nobody had sent."""
        allotment = self.allotment
        if allotment is None or not self.open:
            return []
        again = self._uncounted()
        unsent = [one for one in again if allotment.due_s(one.seq) <= end_s]
        self._again = deque(one for one in again if allotment.due_s(one.seq) > end_s)
        while self._next != self.total and allotment.due_s(self._next) <= end_s:
            unsent.append(self._after_warmup())
        return unsent

    def waiting_s(self, now_s: float) -> list[float]:
        leased = [one for account in self._accounts.values() for one in account.leased.values()]
        out = [one for one in leased if one.phase is Phase.MEASURED and not self._counted[one.seq]]
        if self.allotment is None:
            return [one.begun_s for one in out if one.begun_s is not None]
        until_s = min(now_s, self.closed_s)
        out += [one for one in self._uncounted() if one.phase is Phase.MEASURED]
        due_s = [self.allotment.due_s(one.seq) for one in out]
        return [one for one in due_s if one <= until_s] + list(self._not_allotted_s(self.allotment, until_s))

    def owns(self, worker: str, iteration: Iteration) -> bool:
        """Whether a result of `iteration` may come from `worker`: it has it, or had it when it was lost."""
        leased = self.account(worker).leased.get(iteration) or self._late.get(worker, {}).get(iteration)
        return leased is not None and self._is_of(iteration, leased)

    def accepts(self, worker: str, iteration: Iteration) -> bool:
        """The result of `iteration`, which `worker` owns, has come: whether its seq's first one, to be `finish`ed, as
        are all of what is said again."""
        self.account(worker).leased.pop(iteration, None)
        self._late.get(worker, {}).pop(iteration, None)
        return iteration.phase is Phase.OUTSIDE or not self._counted[iteration.seq]

    def counts_as_lost(self, iteration: Iteration) -> bool:
        """Whether this try, which a lost worker had started, is the one that counts: nobody makes good for it."""
        is_arrival = self.allotment is not None and iteration.phase in AFTER_WARMUP
        return is_arrival and not self._counted[iteration.seq]

    def finish(self, iteration: Iteration) -> None:
        """A result that was accepted counts."""
        if iteration.phase is not Phase.OUTSIDE:
            self._counted[iteration.seq] = True
        super().finish(iteration)

    def renew(self, worker: str, held: Collection[Iteration], now_s: float | None = None) -> None:
        """`worker` says at now_s what it really has on hand; everything else that was leased to it is there for
        others. It never started that, so it stays the same try.
        """
        if worker in self._late:
            self._late[worker] = {one: late for one, late in self._late[worker].items() if one in held}
        account = self.account(worker)
        for iteration in [one for one in account.leased if one not in held]:
            del account.leased[iteration]
            iteration.begun_s = None
            if iteration.phase is Phase.OUTSIDE:
                self.repeats.put_back(iteration)
            else:
                self._again.append(iteration)
        account.renew(now_s)

    def lost(self, worker: str, *, idle: bool = False) -> list[Iteration]:
        """`worker` is gone, or cut off: the tries that it had started, as far as is known.

        All its iterations are there to be leased again, as it may have started any; at the end, when nothing is
        leased any more, nobody makes good for those tries, and never for what is said again, or an arrival of an open
        loop. idle: it is there, but its users do nothing; the barrier does not wait for them until it reports again.
        """
        account = self._accounts.pop(worker, None)
        if account is None:
            return []
        if idle:
            self._idle[worker] = account.joined
        iterations, in_flight = list(account.leased.values()), account.in_flight
        if self.allotment is not None:  # a worker starts them as they are due, in whichever order they came to it
            iterations.sort(key=in_turn)
        self._late.setdefault(worker, {}).update(account.leased)
        for place, iteration in enumerate(iterations):
            if place < in_flight and (self.closed or self.counts_as_lost(iteration)):
                continue
            if iteration.phase is Phase.OUTSIDE:
                self.repeats.over(iteration)
            elif not self._counted[iteration.seq]:
                self._again.append(replace(iteration, attempt=iteration.attempt + 1, begun_s=None))
        return iterations[:in_flight]

    def ended(self, worker: str) -> None:
        """`worker` has told its last result: whatever it has not told of is on its way no more, and lost."""
        self._accounts.pop(worker, None)
        self._late.pop(worker, None)

    def _iterations(self, account: Account) -> Iterator[Iteration]:
        if self.closed:
            return
        wanted = self._wanted(account)
        while wanted > 0 and (iteration := self._next_iteration(account)) is not None:
            yield iteration
            wanted -= 1

    def _wanted(self, account: Account) -> int:
        """How many iterations more: in the warm-up one for each user that has none, later what its stock lacks."""
        if not self.open:
            return self._wanted_in_warmup(account)
        if self.allotment is not None:
            return 0  # see `allot`
        if self.total is None:
            return MOST_PER_USER * account.present - account.stock
        left = self.total - self._next + len(self._again)
        each = max(1, min(MOST_PER_USER, left // (SHARES * max(1, self.present))))
        return each * account.present - account.stock

    def _wanted_in_warmup(self, account: Account) -> int:
        """In an open loop each worker has its share of what is in flight, and so nobody begins before all are there:
        it has far more slots than a warm-up needs."""
        free = account.present - len(account.leased)
        if self.allotment is None:
            return free
        if self.joined < self.awaited:
            return 0
        share = math.ceil(self.warmup_users * account.present / max(1, self.present))
        out = sum(len(one.leased) for one in self._accounts.values())
        return min(free, share - len(account.leased), int(self.warmup_users) - out)

    def _soon(self, allotment: Allotment, now_s: float) -> Iterator[Iteration]:
        """What is to be allotted by now: first what others were to send, in the order in which it is due."""
        again, self._again = self._uncounted(), deque()
        yield from again
        while self._next != self.total and allotment.soon(self._next, now_s):
            if (said_again := self.repeats.next(self._next)) is not None:
                yield said_again
            yield self._after_warmup()

    def _not_allotted_s(self, allotment: Allotment, until_s: float) -> Iterator[float]:
        """When measured arrivals were due, up to until_s, that no worker could be given."""
        seq = self._next if self.open else self.total
        while seq is not None and seq != self.total and (due_s := allotment.due_s(seq)) <= until_s:
            if self._phase(seq) is Phase.MEASURED:
                yield due_s
            seq += 1

    def _uncounted(self) -> list[Iteration]:
        """Arrivals that were somebody's, and have no result."""
        return sorted((one for one in self._again if not self._counted[one.seq]), key=in_turn)

    def _after_warmup(self) -> Iteration:
        return self._new(self._phase(self._next), self.timetable.stage(self._next - self.warmup))

    def _grant(self, account: Account, iterations: list[Iteration]) -> None:
        account.grant(iterations)
        self._leased_again.update(one for one in iterations if one.attempt and one.phase is not Phase.OUTSIDE)

    def _is_of(self, told: Iteration, leased: Iteration) -> bool:
        """Whether a result may be told as `told`. Where users are to be more or fewer in the run, its worker says in
        which stage it was, and whether that had settled."""
        if self._user_stages and leased.phase is Phase.MEASURED:
            settling_or_measured = told.phase in AFTER_WARMUP
            return settling_or_measured and told.stage is not None and told.stage < self._user_stages
        return (told.phase, told.stage) == (leased.phase, leased.stage)

    def _next_iteration(self, account: Account) -> Iteration | None:
        while self._again and self._counted[self._again[0].seq]:
            self._again.popleft()
        if self._again:
            return self._again.popleft()
        if (again := self.repeats.next(self._next if self.open else None)) is not None:
            return again
        if self.repeats.controlling or self._next == self.total:
            return None
        if self._next < self.warmup:
            return self._warmup_iteration(account)
        return self._new(*self._ready(account)) if self.open else None

    def _ready(self, account: Account) -> tuple[Phase, int | None]:
        """Phase and stage of a closed loop's next one, which goes to the worker. Of what settles each has its share,
        before anything else: with all of it at one of them, the first requests of the others would be measured."""
        settles = 0 if self.settling is None else self.settling.extra
        stage = self.timetable.stage(self._next - self.warmup)
        if not settles:
            return self._phase(self._next), stage
        left = settles - self._settling
        share = math.ceil(settles * account.present / max(1, self.present))
        are_last = self.total is not None and self.total - self._next <= left
        if left <= 0 or (account.settling >= share and not are_last):
            return Phase.MEASURED, stage
        account.settling += 1
        self._settling += 1
        return Phase.SETTLING, stage

    def _warmup_iteration(self, account: Account) -> Iteration | None:
        """First ones for users that had none; further ones only when nobody's first is at stake. Of an open loop's
        slots a few are to be warm."""
        if self.allotment is not None:
            return self._new(Phase.WARMUP)
        if account.firsts < account.joined:
            account.firsts += 1
            return self._new(Phase.WARMUP)
        # Whoever has gone without one is owed none.
        owed = sum(max(0, min(one.joined - one.firsts, one.here)) for one in self._accounts.values())
        owed += max(0, self.awaited - self.joined)
        return self._new(Phase.WARMUP) if self.warmup - self._next > owed else None

    def _new(self, phase: Phase, stage: int | None = None) -> Iteration:
        iteration = Iteration(self._next, 0, phase, stage=stage)
        self._next += 1
        self._counted.append(False)
        return iteration

"""Whose iteration is whose when many processes share one budget: what is leased, to whom, and what has come back."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from stt_load.load.iteration import Iteration, Iterations
from stt_load.samples.sample import Phase

MOST_PER_USER = 16
"""Iterations leased ahead for each user at the most."""
SHARES = 4
"""A lease is at most this part of an even share of what is left, so that a slow worker doesn't hold the tail."""


@dataclass(slots=True)
class Account:
    """One worker. joined: users that ever came. present: those there now. here: those there when it was heard of
    last. starting: those that are not there yet, as they are in their `on_start`. firsts: first warm-up iterations
    given to it. granted: iterations given since the lease was renewed. taken: those of them that it has told to have
    started. leased: what it has, started or not, and has told no result of, by the seq.
    """

    joined: int = 0
    present: int = 0
    here: int = 0
    starting: int = 0
    firsts: int = 0
    granted: int = 0
    taken: int = 0
    leased: dict[int, Iteration] = field(default_factory=dict)

    @property
    def stock(self) -> int:
        """Iterations that it has, or will have when they arrive, and has not started."""
        return self.granted - self.taken

    @property
    def in_flight(self) -> int:
        """What it has started, as far as is known, and has told no result of: the first ones of `leased`."""
        return max(0, len(self.leased) - self.stock)


class Ledger(Iterations):
    """The master's counterpart of `Budget`: workers instead of users, leases instead of single iterations. A pure
    machine.

    Laws, whatever the order of calls: each seq counts at most once; no measured iteration is leased before every
    warm-up seq has its result; what a worker takes to its grave is leased again, under a new attempt; a result is
    somebody's who was leased that very iteration, and has told nothing of it yet.
    """

    def __init__(self, total: int | None, warmup: int, awaited: int) -> None:
        super().__init__(total, warmup, awaited)
        self._leased_again: set[Iteration] = set()
        self._next = 0
        self._again: deque[Iteration] = deque()
        self._accounts: dict[str, Account] = {}
        self._idle: dict[str, int] = {}
        self._late: dict[str, set[Iteration]] = {}
        self._counted = bytearray()  # by seq: a byte a sample, however many there are

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

    def report(self, worker: str, joined: int, present: int, taken: int, starting: int = 0) -> None:
        """What `worker` says: users that ever came, users there now, iterations started since its lease was renewed;
        users in their `on_start`."""
        account = self._accounts.setdefault(worker, Account())
        account.joined, account.present, account.taken = joined, present, taken
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
        account.leased.update((iteration.seq, iteration) for iteration in iterations)
        account.granted += len(iterations)
        self._leased_again.update(iteration for iteration in iterations if iteration.attempt)
        return iterations

    def owns(self, worker: str, iteration: Iteration) -> bool:
        """Whether a result of `iteration` may come from `worker`: it has it, or had it when it was lost."""
        account = self._accounts.get(worker)
        return (
            account is not None and account.leased.get(iteration.seq) == iteration
        ) or iteration in self._late.get(worker, ())

    def accepts(self, worker: str, iteration: Iteration) -> bool:
        """The result of `iteration`, which `worker` owns, has come: whether its seq's first one, to be `finish`ed."""
        account = self._accounts.get(worker)
        if account is not None and account.leased.get(iteration.seq) == iteration:
            del account.leased[iteration.seq]
        self._late.get(worker, set()).discard(iteration)
        return not self._counted[iteration.seq]

    def finish(self, iteration: Iteration) -> None:
        """A result that was accepted counts."""
        self._counted[iteration.seq] = True
        super().finish(iteration)

    def renew(self, worker: str, held: Collection[Iteration]) -> None:
        """`worker` says what it really has on hand; everything else that was leased to it is there for others.

        It never started that, so it stays the same try.
        """
        if worker in self._late:
            self._late[worker].intersection_update(held)
        account = self.account(worker)
        given_back = [iteration for iteration in account.leased.values() if iteration not in held]
        self._again.extend(given_back)
        for iteration in given_back:
            del account.leased[iteration.seq]
        account.granted = account.taken = 0

    def lost(self, worker: str, *, idle: bool = False) -> list[Iteration]:
        """`worker` is gone, or cut off: the tries that it had started, as far as is known.

        All its iterations are there to be leased again, as it may have started any; at the end, when nothing is
        leased any more, nobody makes good for those tries. idle: it is there, but its users do nothing; the barrier
        does not wait for them until it reports again.
        """
        account = self._accounts.pop(worker, None)
        if account is None:
            return []
        if idle:
            self._idle[worker] = account.joined
        iterations, in_flight = list(account.leased.values()), account.in_flight
        self._late.setdefault(worker, set()).update(iterations)
        again = iterations[in_flight:] if self.closed else iterations
        self._again.extend(
            Iteration(iteration.seq, iteration.attempt + 1, iteration.phase)
            for iteration in again
            if not self._counted[iteration.seq]
        )
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
            return account.present - len(account.leased)
        if self.total is None:
            return MOST_PER_USER * account.present - account.stock
        left = self.total - self._next + len(self._again)
        each = max(1, min(MOST_PER_USER, left // (SHARES * max(1, self.present))))
        return each * account.present - account.stock

    def _next_iteration(self, account: Account) -> Iteration | None:
        while self._again and self._counted[self._again[0].seq]:
            self._again.popleft()
        if self._again:
            return self._again.popleft()
        if self._next == self.total:
            return None
        if self._next < self.warmup:
            return self._warmup_iteration(account)
        return self._new(Phase.MEASURED) if self.open else None

    def _warmup_iteration(self, account: Account) -> Iteration | None:
        """First ones for users that had none; further ones only when nobody's first is at stake."""
        if account.firsts < account.joined:
            account.firsts += 1
            return self._new(Phase.WARMUP)
        # Whoever has gone without one is owed none.
        owed = sum(max(0, min(one.joined - one.firsts, one.here)) for one in self._accounts.values())
        owed += max(0, self.awaited - self.joined)
        return self._new(Phase.WARMUP) if self.warmup - self._next > owed else None

    def _new(self, phase: Phase) -> Iteration:
        iteration = Iteration(self._next, 0, phase)
        self._next += 1
        self._counted.append(False)
        return iteration

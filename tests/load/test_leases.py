"""A worker hands out what it was leased, and nothing else."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from stt_load.load.iteration import Iteration
from stt_load.load.leases import Leases
from stt_load.load.ledger import MOST_PER_USER
from stt_load.samples.sample import Phase

USERS = st.integers(0, 4)


def iterations(first: int, count: int, phase: Phase = Phase.MEASURED) -> list[Iteration]:
    return [Iteration(seq, 0, phase) for seq in range(first, first + count)]


class AnyOrder(RuleBasedStateMachine):
    """Deliveries, some late; users that come, take and go; leases that are renewed."""

    def __init__(self) -> None:
        super().__init__()
        self.leases = Leases()
        self.next = 0
        self.on_the_way: list[tuple[int, list[Iteration]]] = []
        self.working: dict[int, Iteration] = {}
        self.told: list[Iteration] = []
        self.valid: set[Iteration] = set()

    @rule(count=st.integers(1, 5))
    def lease(self, count: int) -> None:
        batch = iterations(self.next, count)
        self.next += count
        self.on_the_way.append((self.leases.epoch, batch))

    @rule()
    def arrive(self) -> None:
        if self.on_the_way:
            epoch, batch = self.on_the_way.pop(0)
            before = self.leases.received
            self.leases.add(epoch, batch)
            if epoch == self.leases.epoch and not self.leases.closed:
                self.valid |= set(batch)
                assert self.leases.received == before + len(batch)
            else:
                assert self.leases.received == before

    @rule(user=USERS)
    def take(self, user: int) -> None:
        if user in self.working:
            return
        self.leases.slots.join(user)
        iteration = self.leases.take(user)
        if iteration is not None:
            assert iteration in self.valid, "not of an older lease, and not twice"
            self.valid.remove(iteration)
            self.working[user] = iteration

    @rule(user=USERS)
    def finish(self, user: int) -> None:
        iteration = self.working.pop(user, None)
        if iteration is not None:
            self.leases.finish(iteration)
            self.told.append(iteration)

    @rule(user=USERS)
    def leave(self, user: int) -> None:
        self.finish(user)
        self.leases.slots.leave(user)

    @rule(count=st.integers(0, 3))
    def acknowledge(self, count: int) -> None:
        count = min(count, len(self.told))
        self.leases.acknowledged(count)
        del self.told[:count]

    @rule()
    def renew(self) -> None:
        epoch = self.leases.epoch
        self.leases.renew()
        assert self.leases.epoch == epoch + 1
        assert (self.leases.taken, self.leases.received) == (0, 0)
        self.valid.clear()

    @rule()
    def close(self) -> None:
        self.leases.close()
        self.valid.clear()

    @invariant()
    def what_it_holds_is_known(self) -> None:
        assert sorted(iteration.seq for iteration in self.leases.held) == sorted(
            iteration.seq for iteration in [*self.working.values(), *self.told]
        )
        assert self.leases.in_flight == len(self.working)


TestAnyOrder = AnyOrder.TestCase


def test_a_users_first_warm_up_request_comes_before_anothers_second() -> None:
    leases = Leases()
    for user in ("a", "b"):
        assert leases.slots.join(user)
    assert not leases.slots.join("a")
    leases.add(leases.epoch, iterations(0, 1, Phase.WARMUP))
    assert leases.take("a") == Iteration(0, 0, Phase.WARMUP)
    leases.add(leases.epoch, iterations(1, 1, Phase.WARMUP))
    assert leases.take("a") is None
    assert leases.take("b") == Iteration(1, 0, Phase.WARMUP)
    leases.add(leases.epoch, iterations(2, 1, Phase.WARMUP))
    assert leases.take("a") == Iteration(2, 0, Phase.WARMUP)


def test_more_than_the_users_left_should_have_is_a_surplus() -> None:
    leases = Leases()
    leases.slots.join("a")
    leases.add(leases.epoch, iterations(0, MOST_PER_USER))
    assert not leases.surplus
    leases.slots.leave("a")
    assert leases.surplus

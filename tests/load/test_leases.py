"""A worker hands out what it was leased, and nothing else."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from stt_load.load.iteration import Iteration
from stt_load.load.leases import Leases
from stt_load.load.ledger import MOST_PER_USER
from stt_load.load.timetable import timetable_of
from stt_load.samples.sample import Phase
from tests.load.timetables import open_loop

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


def test_what_is_said_again_is_handed_out_in_its_turn_and_known_as_held() -> None:
    leases = Leases()
    leases.slots.join("a")
    again = Iteration(7, 0xFF02, Phase.OUTSIDE)
    leases.add(leases.epoch, [Iteration(9, 0, Phase.MEASURED), again])
    first = leases.take("a")
    assert first is not None
    leases.finish(first)
    assert leases.take("a") == again
    assert (leases.in_flight, set(leases.held)) == (1, {first, again})


def arriving(*seqs: int, max_lag_s: float = 1.0) -> Leases:
    """A worker in an open loop: the n-th arrival is due at 101 s + n, and a slot is there."""
    load = open_loop((1.0, 1.0, None), max_lag_s=max_lag_s)
    leases = Leases()
    leases.slots.follow(load, timetable_of(load, 1), 0)
    leases.slots.barrier_s = 100.0
    leases.slots.join("a")
    leases.add(leases.epoch, [Iteration(seq, 0, Phase.MEASURED) for seq in seqs])
    return leases


def test_an_arrival_is_nobodys_before_it_is_due() -> None:
    leases = arriving(0, 2)
    assert leases.take("a", 100.9) is None
    assert leases.wakes_s(100.9) == 101.0
    first = leases.take("a", 101.0)
    assert first == Iteration(0, 0, Phase.MEASURED)
    assert first is not None
    assert first.due_s == 101.0
    assert leases.wakes_s(101.0) == 103.0


def test_arrivals_are_handed_out_as_they_are_due_in_whichever_order_they_came() -> None:
    leases = arriving(3, 5)
    leases.add(leases.epoch, [Iteration(1, 1, Phase.MEASURED), Iteration(4, 1, Phase.MEASURED)])
    for name in "bcd":
        leases.slots.join(name)
    taken = [leases.take(slot, 200.0) for slot in "abcd"]
    assert [one.seq for one in taken if one is not None] == [1, 3, 4, 5]
    assert leases.received == leases.taken == 4


def test_what_no_slot_has_taken_in_time_is_dropped_is_held_and_told_like_any_other() -> None:
    leases = arriving(0, 1, 2, 3)
    assert leases.lapses_s() == 102.0
    assert leases.overdue(101.9) == []
    dropped = leases.overdue(103.0)
    assert [one.seq for one in dropped] == [0, 1]
    assert [one.due_s for one in dropped] == [101.0, 102.0]
    assert (leases.taken, leases.in_flight, leases.lapses_s()) == (2, 2, 104.0)
    for one in dropped:
        leases.finish(one)
    assert leases.in_flight == 0
    assert leases.held == dropped
    leases.acknowledged(2)
    assert leases.held == []


def test_what_is_said_again_lapses_never_and_keeps_no_arrival_from_lapsing() -> None:
    leases = arriving(0)
    leases.add(leases.epoch, [again := Iteration(7, 0xFF02, Phase.OUTSIDE)])
    assert leases.lapses_s() == 102.0
    assert [one.seq for one in leases.overdue(500.0)] == [0]
    assert leases.lapses_s() is None
    assert leases.take("a", 500.0) == again


def test_arrivals_ahead_are_no_surplus_unless_nobody_is_left() -> None:
    leases = arriving(*range(20 * MOST_PER_USER))
    assert not leases.surplus
    leases.slots.leave("a")
    assert leases.surplus


def test_of_an_open_loop_any_slot_may_warm_up() -> None:
    leases = arriving()
    leases.slots.join("b")
    for seq in range(2):
        leases.add(leases.epoch, [Iteration(seq, 0, Phase.WARMUP)])
        assert leases.take("a") == Iteration(seq, 0, Phase.WARMUP)
    assert not leases.arrives

"""The laws of leasing, under any interleaving of leases, results, deaths, late joins, duplicates and stops."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stt_load.load.iteration import Iteration
from stt_load.load.ledger import MOST_PER_USER, Ledger
from stt_load.load.repeats import CONTROLS, UNDER_LOAD
from stt_load.samples.sample import Phase

WORKERS = st.sampled_from(["a", "b", "c"])


@dataclass
class Worker:
    """A worker as a model: what it was leased, and what of that it has started. known: the master knows, too."""

    joined: int = 0
    present: int = 0
    taken: int = 0
    stock: list[Iteration] = field(default_factory=list)
    started: list[Iteration] = field(default_factory=list)
    known: bool = True


class AnyInterleaving(RuleBasedStateMachine):
    @initialize(
        total=st.none() | st.integers(1, 40),
        warmup=st.integers(0, 12),
        awaited=st.integers(0, 6),
        repeat_check=st.sampled_from([0, 0, 1, 2, 5, 50]),
    )
    def begin(self, total: int | None, warmup: int, awaited: int, repeat_check: int) -> None:
        warmup = warmup if total is None else min(warmup, total - 1)
        self.ledger = Ledger(total, warmup, awaited, repeat_check)
        self.total, self.warmup = total, warmup
        self.workers: dict[str, Worker] = {}
        self.beyond: list[tuple[str, Iteration]] = []
        self.counted: list[int] = []
        self.tries: set[tuple[int, int]] = set()
        self.lost: set[int] = set()

    def tell(self, name: str) -> Worker:
        worker = self.workers.setdefault(name, Worker())
        self.ledger.report(name, worker.joined, worker.present, worker.taken)
        worker.known = True
        return worker

    @rule(name=WORKERS, more=st.integers(0, 4), gone=st.integers(0, 4))
    def users(self, name: str, more: int, gone: int) -> None:
        worker = self.workers.setdefault(name, Worker())
        worker.joined += more
        worker.present = max(0, worker.present + more - gone)
        self.tell(name)

    @rule(name=WORKERS)
    def lease(self, name: str) -> None:
        iterations = self.ledger.lease(name)
        assert not (iterations and (self.ledger.closed or name not in self.workers))
        for iteration in iterations:
            if iteration.phase is Phase.OUTSIDE:
                if iteration.attempt in CONTROLS:
                    assert len(iterations) == 1
                    assert self.ledger.handed_out == 0, "nothing of the run is out beside the control"
                    assert not self.of_control(), "and no other one"
                else:
                    assert self.ledger.open, "what is said under load comes after the barrier"
                continue
            assert not self.ledger.repeats.controlling
            assert iteration.phase is (Phase.WARMUP if iteration.seq < self.warmup else Phase.MEASURED)
            if iteration.phase is Phase.MEASURED:
                assert self.ledger.open
                assert len([seq for seq in self.counted if seq < self.warmup]) == self.warmup
        if iterations:
            self.workers[name].stock += iterations

    def of_control(self) -> list[Iteration]:
        """Those that some worker has."""
        held = [one for worker in self.workers.values() for one in worker.started + worker.stock]
        return [one for one in held if one.phase is Phase.OUTSIDE and one.attempt in CONTROLS]

    @rule(name=WORKERS, number=st.integers(1, 5), told=st.booleans())
    def start(self, name: str, number: int, told: bool) -> None:
        """Some iterations are started; the master may hear of it late."""
        worker = self.workers.get(name)
        if worker is None:
            return
        iterations, worker.stock = worker.stock[:number], worker.stock[number:]
        for iteration in iterations:
            assert (iteration.seq, iteration.attempt) not in self.tries, "a try is started once"
            self.tries.add((iteration.seq, iteration.attempt))
        worker.started += iterations
        worker.taken += len(iterations)
        worker.known &= not iterations
        if told:
            self.tell(name)

    @rule(data=st.data(), name=WORKERS)
    def result(self, data: st.DataObject, name: str) -> None:
        worker = self.workers.get(name)
        if worker is not None and worker.started:
            self.take_in(name, worker.started.pop(data.draw(st.integers(0, len(worker.started) - 1))))

    @rule(data=st.data())
    def result_from_beyond(self, data: st.DataObject) -> None:
        """A worker that was given up comes back with what it had, perhaps twice."""
        if self.beyond:
            name, iteration = data.draw(st.sampled_from(self.beyond))
            self.tries.add((iteration.seq, iteration.attempt))
            self.take_in(name, iteration, twice=True)

    def take_in(self, name: str, iteration: Iteration, *, twice: bool = False) -> None:
        assert twice or self.ledger.owns(name, iteration)
        accepted = self.ledger.accepts(name, iteration)
        if iteration.phase is Phase.OUTSIDE:
            assert accepted
            self.ledger.finish(iteration)
            return
        assert accepted == (iteration.seq not in self.counted)
        if accepted:
            self.ledger.finish(iteration)
            self.counted.append(iteration.seq)

    @rule(name=WORKERS)
    def dies(self, name: str) -> None:
        worker = self.workers.pop(name, Worker())
        in_flight = set(self.ledger.lost(name))
        assert in_flight <= set(worker.started), "nothing is lost that was never started"
        assert in_flight == set(worker.started) or not worker.known
        if self.ledger.closed:
            self.lost |= {iteration.seq for iteration in in_flight if iteration.phase is not Phase.OUTSIDE}
        self.beyond += [(name, iteration) for iteration in worker.started]

    @rule(name=WORKERS)
    def is_silent(self, name: str) -> None:
        self.ledger.absent(name)

    @rule(name=WORKERS)
    def renews(self, name: str) -> None:
        """A worker drops what it has not started, which others may then start as the same try."""
        worker = self.workers.get(name)
        if worker is not None:
            worker.stock, worker.taken = [], 0
            self.ledger.renew(name, set(worker.started))
            self.tell(name)
            assert self.ledger.account(name).granted == 0

    @rule()
    def open_barrier(self) -> None:
        if self.ledger.may_open():
            self.ledger.open = True

    @precondition(lambda self: len(self.counted) > 5)
    @rule()
    def stop(self) -> None:
        self.ledger.close()

    @invariant()
    def all_is_accounted_for(self) -> None:
        if not hasattr(self, "ledger"):
            return
        assert len(self.counted) == len(set(self.counted))
        warm = len([seq for seq in self.counted if seq < self.warmup])
        assert (self.ledger.warmup_results, self.ledger.measured_results) == (warm, len(self.counted) - warm)
        assert self.total is None or all(seq < self.total for seq in self.counted)
        assert self.ledger.done == (self.total is not None and len(self.counted) == self.total)
        assert self.ledger.in_flight <= sum(len(worker.started + worker.stock) for worker in self.workers.values())
        held = {
            iteration.seq
            for worker in self.workers.values()
            for iteration in worker.started + worker.stock
            if iteration.phase is not Phase.OUTSIDE
        }
        assert self.ledger.handed_out == len(held | self.lost | set(self.counted)), (
            "it has a row, is held, or is lost"
        )
        for name in ("a", "b", "c"):
            worker = self.workers.get(name, Worker())
            assert len(self.ledger.account(name).leased) == len(worker.started + worker.stock)
            assert self.ledger.account(name).in_flight == len(worker.started) or not worker.known

    def teardown(self) -> None:
        """Whatever happened: one worker that lives, with users enough, brings it to its end."""
        if not hasattr(self, "ledger") or self.total is None or self.ledger.closed:
            return
        for name in ("a", "b", "c"):
            self.ledger.lost(name)
        taken = 0
        for _ in range(10 * self.total + self.ledger.repeats.controls):
            self.ledger.report("last", 100, 100, taken)
            iterations = self.ledger.lease("last")
            taken += len(iterations)
            for iteration in iterations:
                self.take_in("last", iteration)
            if self.ledger.may_open():
                self.ledger.open = True
        assert self.ledger.done
        assert self.ledger.repeats.controlled == self.ledger.repeats.controls


TestAnyInterleaving = AnyInterleaving.TestCase


def opened(total: int | None, users: dict[str, int]) -> Ledger:
    ledger = Ledger(total, 0, 0)
    for worker, count in users.items():
        ledger.report(worker, count, count, 0)
    ledger.open = True
    return ledger


def test_a_lease_is_a_quarter_of_an_even_share_and_at_most_16_a_user() -> None:
    assert len(opened(1_000, {"a": 5}).lease("a")) == 5 * MOST_PER_USER
    assert len(opened(100, {"a": 5}).lease("a")) == 5 * 5
    assert len(opened(100, {"a": 5, "b": 5}).lease("a")) == 5 * 2
    assert len(opened(8, {"a": 5}).lease("a")) == 5
    assert len(opened(3, {"a": 5}).lease("a")) == 3
    assert len(opened(None, {"a": 2}).lease("a")) == 2 * MOST_PER_USER


def test_more_is_leased_as_iterations_are_started_before_their_results_are_in() -> None:
    ledger = opened(1_000, {"a": 1})
    assert len(ledger.lease("a")) == 16
    assert ledger.lease("a") == []
    ledger.report("a", 1, 1, taken=3)
    assert [iteration.seq for iteration in ledger.lease("a")] == [16, 17, 18]
    assert ledger.in_flight == 3


def test_what_a_worker_lost_is_leased_again_under_a_new_attempt() -> None:
    ledger = opened(2, {"a": 1, "b": 1})
    (first,) = ledger.lease("a")
    (second,) = ledger.lease("b")
    ledger.report("a", 1, 1, taken=1)
    assert ledger.lost("a") == [first]
    ledger.report("b", 1, 1, taken=1)
    assert ledger.lease("b") == [Iteration(first.seq, 1, Phase.MEASURED)]
    assert ledger.leased_again == 1
    assert ledger.accepts("b", second)
    ledger.finish(second)
    assert ledger.accepts("a", first), "it was done after all, and told first"
    ledger.finish(first)
    assert not ledger.accepts("b", Iteration(first.seq, 1, Phase.MEASURED))
    assert ledger.done


def test_an_iteration_is_its_own_who_was_given_it_until_its_result_is_there() -> None:
    ledger = opened(10, {"a": 1, "b": 1})
    (first,), (second,) = ledger.lease("a"), ledger.lease("b")
    assert (ledger.owns("a", first), ledger.owns("b", second)) == (True, True)
    foreign = [
        second,
        Iteration(first.seq, 1, Phase.MEASURED),
        Iteration(first.seq, 0, Phase.WARMUP),
        Iteration(10**6, 0, Phase.MEASURED),
    ]
    assert not any(ledger.owns("a", iteration) for iteration in foreign)
    assert not ledger.owns("nobody", first)
    assert ledger.accepts("a", first)
    ledger.finish(first)
    assert not ledger.owns("a", first), "it has told its result"


def test_an_iteration_that_was_lost_is_still_its_own_who_may_yet_tell_of_it() -> None:
    ledger = opened(10, {"a": 2, "b": 1})
    first, second = ledger.lease("a")[:2]
    ledger.report("a", 2, 2, taken=2)
    ledger.lost("a")
    assert ledger.owns("a", first)
    ledger.renew("a", {first})
    assert ledger.owns("a", first)
    assert not ledger.owns("a", second), "it says that it has it no more"
    ledger.ended("a")
    assert not ledger.owns("a", first)


def test_nobody_waits_for_the_first_request_of_users_that_have_gone_without_one() -> None:
    ledger = Ledger(100, 4, awaited=0)
    ledger.report("gone", 1_000, 0, 0)
    ledger.report("a", 1, 1, 0)
    (first,) = ledger.lease("a")
    assert ledger.accepts("a", first)
    ledger.finish(first)
    ledger.report("a", 1, 1, 1)
    assert len(ledger.lease("a")) == 1


def test_what_a_worker_gives_back_unstarted_stays_the_same_try() -> None:
    ledger = opened(100, {"a": 1})
    iterations = ledger.lease("a")
    ledger.report("a", 1, 1, taken=1)
    ledger.renew("a", {iterations[0]})
    ledger.report("b", 2, 2, taken=0)
    assert set(iterations[1:]) <= set(ledger.lease("b"))
    assert ledger.leased_again == 0


def test_the_first_warm_up_requests_of_all_users_come_before_anyones_second() -> None:
    ledger = Ledger(100, 10, awaited=6)
    taken = 0

    def work() -> int:
        nonlocal taken
        ledger.report("a", 2, 2, taken)
        iterations = ledger.lease("a")
        taken += len(iterations)
        for iteration in iterations:
            assert ledger.accepts("a", iteration)
            ledger.finish(iteration)
        return len(iterations)

    assert [work() for _ in range(10)] == [2, 2, 2, *[0] * 7]
    ledger.report("b", 4, 4, 0)
    assert len(ledger.lease("b")) == 4, "kept for those who were not there yet"


def test_a_result_that_a_worker_never_told_is_handed_out_and_in_flight_no_more() -> None:
    ledger = opened(10, {"a": 2})
    first, second = ledger.lease("a")[:2]
    ledger.report("a", 2, 2, taken=2)
    assert ledger.accepts("a", first)
    ledger.finish(first)
    ledger.close()
    ledger.renew("a", {second})
    assert (ledger.handed_out, ledger.in_flight) == (2, 1)
    ledger.ended("a")
    assert (ledger.handed_out, ledger.measured_results, ledger.in_flight) == (2, 1, 0)


def test_what_a_worker_has_in_flight_when_it_dies_at_the_end_is_lost_and_what_it_never_started_is_not() -> None:
    ledger = opened(None, {"a": 1, "b": 1})
    iterations = ledger.lease("a")
    ledger.report("a", 1, 1, taken=3)
    assert ledger.accepts("a", iterations[1])
    ledger.finish(iterations[1])
    ledger.close()
    assert ledger.lost("a") == [iterations[0], iterations[2]]
    assert (ledger.handed_out, ledger.measured_results, ledger.in_flight) == (3, 1, 0)


def test_the_barrier_does_not_wait_for_users_that_do_nothing() -> None:
    ledger = Ledger(10, 2, awaited=3)
    ledger.report("stuck", 2, 2, 0)
    iterations = ledger.lease("stuck")
    ledger.report("a", 1, 1, 0)
    ledger.report("stuck", 2, 2, taken=2)
    assert ledger.lost("stuck", idle=True) == iterations
    taken = 0
    while again := ledger.lease("a"):
        for iteration in again:
            assert ledger.accepts("a", iteration)
            ledger.finish(iteration)
        taken += len(again)
        ledger.report("a", 1, 1, taken)
    assert ledger.may_open()
    ledger.report("stuck", 2, 2, 0)
    assert ledger.may_open(), "it is back, and counts once"


def controlled(ledger: Ledger, worker: str) -> int:
    """The control, by one user of `worker`; how many it has taken."""
    taken = 0
    while ledger.repeats.controlling:
        ledger.report(worker, 1, 1, taken)
        (control,) = ledger.lease(worker)
        assert ledger.accepts(worker, control)
        ledger.finish(control)
        taken += 1
    return taken


def test_of_the_control_one_is_leased_at_a_time_whoever_asks() -> None:
    ledger = Ledger(100, 10, 0, repeat_check=2)
    ledger.report("a", 3, 3, 0)
    ledger.report("b", 3, 3, 0)
    (control,) = ledger.lease("a")
    assert (control.phase, control.attempt) == (Phase.OUTSIDE, CONTROLS[0])
    assert ledger.lease("b") == []
    ledger.report("a", 3, 3, 1)
    assert (ledger.in_flight, ledger.handed_out) == (1, 0)
    assert ledger.accepts("a", control)
    ledger.finish(control)
    assert [one.attempt for one in ledger.lease("b")] == [CONTROLS[1]]


def test_a_control_that_is_lost_is_not_made_again_and_nobody_waits_for_it() -> None:
    ledger = Ledger(10, 0, 0, repeat_check=1)
    ledger.report("a", 1, 1, 0)
    (first,) = ledger.lease("a")
    ledger.report("a", 1, 1, 1)
    assert ledger.lost("a") == [first]
    ledger.report("b", 1, 1, 0)
    (second,) = ledger.lease("b")
    assert (first.attempt, second.attempt) == CONTROLS
    assert ledger.owns("a", first), "it may still be told"
    assert ledger.accepts("a", first)
    ledger.finish(first)
    assert not ledger.may_open(), "another one is in flight"
    assert ledger.accepts("b", second)
    ledger.finish(second)
    assert ledger.may_open()
    assert ledger.leased_again == 0


def test_what_is_said_again_and_was_never_started_is_there_for_others() -> None:
    ledger = Ledger(40, 0, 0, repeat_check=2)
    taken = controlled(ledger, "a")
    ledger.open = True
    ledger.report("a", 30, 30, taken)
    leased = ledger.lease("a")
    again = [one for one in leased if one.phase is Phase.OUTSIDE]
    assert [(one.seq, one.attempt) for one in again] == [(10, UNDER_LOAD)]
    ledger.renew("a", set())
    ledger.report("b", 40, 40, 0)
    assert again[0] in ledger.lease("b")
    assert ledger.measured_results == ledger.warmup_results == 0


def test_since_when_answers_are_waited_for_is_told_by_what_a_worker_has_said_to_have_started() -> None:
    ledger = opened(100, {"a": 2})
    first, second, third = ledger.lease("a")[:3]
    assert ledger.waiting_s(1.0) == [], "it may have started none of them"
    ledger.report("a", 2, 2, taken=2, now_s=1.0)
    ledger.report("a", 2, 2, taken=3, now_s=2.0)
    assert ledger.waiting_s(3.0) == [1.0, 1.0, 2.0]
    assert ledger.accepts("a", first)
    ledger.finish(first)
    assert ledger.waiting_s(3.0) == [1.0, 2.0]
    ledger.renew("a", {second}, now_s=4.0)
    assert ledger.waiting_s(5.0) == [1.0], "the third was lost on its way, and began nowhere"
    assert third.begun_s is None
    ledger.report("b", 1, 1, taken=0, now_s=5.0)
    assert third in ledger.lease("b")
    assert ledger.lost("a") == [second]
    ledger.report("c", 50, 50, taken=0, now_s=6.0)
    again = [one for one in ledger.lease("c") if one.attempt]
    assert [one.seq for one in again] == [second.seq]
    assert ledger.waiting_s(7.0) == [], "a new try of it begins when somebody has started that"


def test_what_a_worker_holds_when_its_lease_begins_anew_began_by_then() -> None:
    ledger = opened(100, {"a": 2})
    first, second = ledger.lease("a")[:2]
    ledger.report("a", 2, 2, taken=1, now_s=1.0)
    ledger.renew("a", {first, second}, now_s=2.0)
    ledger.report("a", 2, 2, taken=0, now_s=2.0)
    assert ledger.waiting_s(3.0) == [1.0, 2.0]


def test_after_a_new_beginning_of_its_lease_a_worker_tells_of_what_it_was_given_since() -> None:
    ledger = opened(100, {"a": 2})
    for iteration in ledger.lease("a"):
        assert ledger.accepts("a", iteration)
    ledger.renew("a", set(), now_s=2.0)
    given = ledger.lease("a")
    ledger.report("a", 2, 2, taken=1, now_s=3.0)
    assert [one.begun_s for one in given[:2]] == [3.0, None]


def test_the_warm_up_is_waited_for_by_nobody() -> None:
    ledger = Ledger(100, 2, awaited=0)
    ledger.report("a", 2, 2, 0)
    assert len(ledger.lease("a")) == 2
    ledger.report("a", 2, 2, 2, now_s=1.0)
    assert ledger.waiting_s(2.0) == []

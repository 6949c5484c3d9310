"""Each arrival of an open loop has exactly one row that counts, whatever becomes of the workers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stt_load.load.allotment import HORIZON_S
from stt_load.load.iteration import Iteration
from stt_load.load.ledger import Ledger
from stt_load.load.timetable import timetable_of
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import ErrorKind, Phase
from tests.load.timetables import open_loop, stages_of

NAMES = ("a", "b", "c")
WORKERS = st.sampled_from(NAMES)
MAX_LAG_S = 1.5


def ledger_of(warmup: int, planned: int | None, *, awaited: int = 0, max_lag_s: float = MAX_LAG_S) -> Ledger:
    """Of one arrival a second."""
    ledger = Ledger(None, warmup, awaited)
    load = open_loop((1.0, 1.0, None), planned=planned, warmup_users=2, max_lag_s=max_lag_s)
    ledger.follow(load, timetable_of(load, 1))
    return ledger


@dataclass
class Worker:
    """A worker as a model: what it has and has not started, in the order in which that is due, and what is in flight.
    known: the master knows how much it has started."""

    users: int = 0
    taken: int = 0
    stock: list[Iteration] = field(default_factory=list)
    started: list[Iteration] = field(default_factory=list)
    known: bool = True


class AnyInterleaving(RuleBasedStateMachine):
    @initialize(warmup=st.integers(0, 6), planned=st.integers(1, 25), awaited=st.integers(0, 4))
    def begin(self, warmup: int, planned: int, awaited: int) -> None:
        self.ledger = ledger_of(warmup, planned, awaited=awaited)
        assert self.ledger.total == warmup + planned
        self.warmup, self.total = warmup, warmup + planned
        self.now_s = 0.0
        self.workers: dict[str, Worker] = {}
        self.beyond: list[tuple[str, Iteration]] = []
        self.outcomes: dict[int, list[str]] = {}
        self.tries: dict[tuple[int, int], str] = {}
        self.lost_in_warmup = 0

    def due_s(self, iteration: Iteration) -> float:
        assert self.ledger.allotment is not None
        return self.ledger.allotment.due_s(iteration.seq)

    def tell(self, name: str) -> Worker:
        worker = self.workers.setdefault(name, Worker())
        self.ledger.report(name, worker.users, worker.users, worker.taken)
        worker.known = True
        return worker

    def count(self, iteration: Iteration, outcome: str) -> None:
        self.ledger.finish(iteration)
        self.outcomes.setdefault(iteration.seq, []).append(outcome)

    @rule(name=WORKERS, users=st.integers(1, 4))
    def comes(self, name: str, users: int) -> None:
        worker = self.workers.setdefault(name, Worker())
        worker.users = max(worker.users, users)
        self.tell(name)

    @rule(name=WORKERS)
    def lease(self, name: str) -> None:
        iterations = self.ledger.lease(name)
        assert all(one.phase is Phase.WARMUP for one in iterations), "arrivals are allotted, not asked for"
        if iterations:
            self.workers[name].stock += iterations
        out = [one for worker in self.workers.values() for one in worker.stock + worker.started]
        if not self.ledger.open:
            assert len(out) <= 2, "no more are in flight in the warm-up than its load has"

    @rule(elapsed_s=st.sampled_from([0.0, 0.3, 1.0, 2.5, 9.0]), eligible=st.sets(WORKERS))
    def tick(self, elapsed_s: float, eligible: set[str]) -> None:
        self.now_s += elapsed_s
        for iteration in self.ledger.overdue(self.now_s):
            assert self.due_s(iteration) + MAX_LAG_S < self.now_s
            self.count(iteration, ErrorKind.DROPPED)
        for name, iterations in self.ledger.allot(self.now_s, eligible).items():
            assert self.ledger.open
            assert name in eligible
            worker = self.workers[name]
            for iteration in iterations:
                assert self.due_s(iteration) <= self.now_s + HORIZON_S
                assert self.due_s(iteration) + MAX_LAG_S >= self.now_s, "it can still be sent"
            worker.stock = sorted(worker.stock + iterations, key=lambda one: one.seq)

    @rule(name=WORKERS, number=st.integers(1, 5), told=st.booleans())
    def start(self, name: str, number: int, told: bool) -> None:
        """What is overdue is dropped, which is a result, and what is due is started."""
        worker = self.workers.get(name)
        if worker is None:
            return
        for iteration in list(worker.stock[:number]):
            if iteration.phase is not Phase.WARMUP and self.due_s(iteration) > self.now_s:
                break
            worker.stock.remove(iteration)
            worker.taken += 1
            worker.known = False
            assert (iteration.seq, iteration.attempt) not in self.tries, "a try is started once"
            self.tries[iteration.seq, iteration.attempt] = name
            worker.started.append(iteration)
        if told:
            self.tell(name)

    @rule(data=st.data(), name=WORKERS)
    def result(self, data: st.DataObject, name: str) -> None:
        worker = self.workers.get(name)
        if worker is not None and worker.started:
            self.take_in(name, worker.started.pop(data.draw(st.integers(0, len(worker.started) - 1))))

    @rule(data=st.data())
    def result_from_beyond(self, data: st.DataObject) -> None:
        """A worker that was given up comes back with what it had."""
        if self.beyond:
            name, iteration = self.beyond.pop(data.draw(st.integers(0, len(self.beyond) - 1)))
            if self.ledger.owns(name, iteration):
                self.take_in(name, iteration)

    def take_in(self, name: str, iteration: Iteration) -> None:
        assert self.ledger.owns(name, iteration)
        accepted = self.ledger.accepts(name, iteration)
        assert accepted == (iteration.seq not in self.outcomes)
        if accepted:
            self.count(iteration, "result")
        assert not self.ledger.owns(name, iteration)

    @rule(name=WORKERS)
    def dies(self, name: str) -> None:
        worker = self.workers.pop(name, Worker())
        in_flight = self.ledger.lost(name)
        if worker.known:
            assert set(in_flight) == set(worker.started)
        for iteration in in_flight:
            if self.ledger.counts_as_lost(iteration):
                assert iteration.phase is Phase.MEASURED
                self.count(iteration, ErrorKind.LOST)
        self.beyond += [(name, iteration) for iteration in worker.started]

    @rule(name=WORKERS)
    def renews(self, name: str) -> None:
        worker = self.workers.get(name)
        if worker is not None:
            worker.stock, worker.taken = [], 0
            self.ledger.renew(name, set(worker.started))
            self.tell(name)

    @rule(name=WORKERS)
    def is_silent(self, name: str) -> None:
        self.ledger.absent(name)

    @rule()
    def open_barrier(self) -> None:
        if self.ledger.may_open():
            assert self.ledger.allotment is not None
            self.ledger.allotment.barrier_s = self.now_s
            self.ledger.open = True

    @precondition(lambda self: len(self.outcomes) > 12)
    @rule()
    def stop(self) -> None:
        self.ledger.close()

    @invariant()
    def at_most_one_row_counts(self) -> None:
        if not hasattr(self, "ledger"):
            return
        assert all(len(found) == 1 for found in self.outcomes.values())
        assert all(seq < self.total for seq in self.outcomes)
        warm = len([seq for seq in self.outcomes if seq < self.warmup])
        assert (self.ledger.warmup_results, self.ledger.measured_results) == (warm, len(self.outcomes) - warm)
        assert self.ledger.done == (len(self.outcomes) == self.total)

    @invariant()
    def nothing_vanishes(self) -> None:
        """What was handed out and has no row is somebody's, or nobody's for the moment."""
        if not hasattr(self, "ledger") or self.ledger.closed:
            return
        held = {one.seq for worker in self.workers.values() for one in worker.started + worker.stock}
        assert self.ledger.handed_out == len(held | set(self.outcomes))

    def teardown(self) -> None:
        """Whatever happened: time goes on, and each arrival has a row in the end, with a worker or with none."""
        if not hasattr(self, "ledger") or self.ledger.closed:
            return
        for name in NAMES:
            self.dies(name)
        taken = 0
        for _ in range(200):
            if self.ledger.open and self.total % 2:  # nobody is left
                break
            self.ledger.report("last", 100, 100, taken)
            iterations = self.ledger.lease("last") + self.ledger.allot(self.now_s, {"last"}).get("last", [])
            taken += len(iterations)
            for iteration in iterations:
                if self.ledger.owns("last", iteration):
                    self.take_in("last", iteration)
            self.open_barrier()
            self.tick(1.0, set())
        self.tick(1_000.0, set())
        assert sorted(self.outcomes) == list(range(self.total))
        assert self.ledger.done


TestAnyInterleaving = AnyInterleaving.TestCase


def opened(planned: int | None, users: dict[str, int], max_lag_s: float = MAX_LAG_S) -> Ledger:
    """At 100 s the barrier has opened, and the n-th arrival is due at 101 s + n."""
    ledger = ledger_of(0, planned, max_lag_s=max_lag_s)
    for worker, count in users.items():
        ledger.report(worker, count, count, 0)
    assert ledger.allotment is not None
    ledger.allotment.barrier_s = 100.0
    ledger.open = True
    return ledger


def seqs(iterations: list[Iteration]) -> list[tuple[int, int]]:
    return [(one.seq, one.attempt) for one in iterations]


def test_what_is_due_within_the_horizon_is_allotted_and_nothing_beyond_it() -> None:
    ledger = opened(10, {"a": 1, "b": 1})
    first = ledger.allot(100.0, {"a", "b"})
    assert {worker: seqs(found) for worker, found in first.items()} == {"a": [(0, 0)], "b": [(1, 0)]}
    assert ledger.allot(100.5, {"a", "b"}) == {}
    assert {worker: seqs(found) for worker, found in ledger.allot(101.0, {"a", "b"}).items()} == {"a": [(2, 0)]}


def test_one_that_has_started_an_arrival_and_dies_has_lost_it_and_what_it_had_not_goes_to_others() -> None:
    ledger = opened(10, {"a": 1}, max_lag_s=5.0)
    arrivals = ledger.allot(102.0, {"a"})["a"]
    assert seqs(arrivals) == [(0, 0), (1, 0), (2, 0), (3, 0)]
    ledger.report("a", 1, 1, taken=1)
    (lost,) = ledger.lost("a")
    assert lost is arrivals[0]
    assert ledger.counts_as_lost(lost)
    ledger.report("b", 1, 1, taken=0)
    assert seqs(ledger.allot(102.0, {"b"})["b"]) == [(1, 1), (2, 1), (3, 1)]
    ledger.finish(lost)
    assert ledger.leased_again == 3
    assert ledger.owns("a", lost), "it may come back with it, outside the run"
    assert not ledger.accepts("a", lost)


def test_of_what_came_to_a_worker_later_the_first_that_was_due_was_started_first() -> None:
    ledger = opened(10, {"a": 1}, max_lag_s=9.0)
    ledger.allot(100.0, {"a"})
    ledger.report("b", 1, 1, taken=0)
    assert seqs(ledger.allot(102.0, {"b"})["b"]) == [(2, 0), (3, 0)]
    ledger.lost("a")
    assert seqs(ledger.allot(102.0, {"b"})["b"]) == [(0, 1), (1, 1)]
    ledger.report("b", 1, 1, taken=1)
    assert seqs(ledger.lost("b")) == [(0, 1)]


def test_what_comes_back_too_late_to_be_sent_is_dropped_once() -> None:
    ledger = opened(10, {"a": 1})
    ledger.allot(102.0, {"a"})
    assert ledger.lost("a") == []
    assert seqs(ledger.overdue(104.0)) == [(0, 1), (1, 1)]
    assert seqs(ledger.overdue(104.0)) == []
    ledger.report("b", 1, 1, taken=0)
    assert seqs(ledger.allot(104.0, {"b"})["b"]) == [(2, 1), (3, 1), (4, 0), (5, 0)]


def test_where_there_is_nobody_arrivals_are_dropped_as_time_goes_by() -> None:
    ledger = opened(3, {})
    assert ledger.allot(104.0, {"a"}) == {}
    assert seqs(ledger.overdue(103.0)) == [(0, 0)]
    for dropped in ledger.overdue(200.0):
        ledger.finish(dropped)
    assert ledger.measured_results == 2
    assert ledger.overdue(300.0) == []


def test_a_worker_that_is_not_to_get_any_or_has_no_slots_gets_none() -> None:
    ledger = opened(10, {"a": 1, "idle": 0})
    assert set(ledger.allot(103.0, {"a", "idle", "unknown"})) == {"a"}
    assert ledger.allot(105.0, {"idle"}) == {}


def test_what_a_lost_worker_started_counts_once_whichever_try_it_was() -> None:
    ledger = opened(10, {"a": 1}, max_lag_s=5.0)
    first = ledger.allot(100.0, {"a"})["a"][0]
    ledger.lost("a")
    ledger.report("b", 1, 1, taken=0)
    again = ledger.allot(100.0, {"b"})["b"][0]
    assert (again.seq, again.attempt) == (first.seq, 1)
    assert ledger.accepts("a", first), "it was sent after all, and told first"
    ledger.finish(first)
    ledger.report("b", 1, 1, taken=1)
    assert ledger.lost("b") == [again]
    assert not ledger.counts_as_lost(again)


def test_each_stage_settles_for_ten_medians_of_what_is_known_when_its_first_arrival_is_allotted() -> None:
    load = open_loop((1.0, 1.0, 30.0), (1.0, 1.0, 30.0), planned=60)
    ledger = Ledger(None, 0, 0)
    ledger.follow(load, timetable_of(load, 1))
    ledger.report("a", 100, 100, 0)
    ledger.report("b", 100, 100, 0)
    ledger.begin(0.0)
    ledger.open = True
    medians_s = iter([0.4, 1.1])
    ledger.median_s = lambda: next(medians_s)
    found: list[Iteration] = []
    for now_s in range(70):
        for iterations in ledger.allot(float(now_s), {"a", "b"}).values():
            found += iterations
    found.sort(key=lambda one: one.seq)
    settling = [one.seq for one in found if one.phase is Phase.SETTLING]
    assert settling == [*range(4), *range(30, 41)]
    assert [one.stage for one in found] == [0] * 30 + [1] * 30
    assert all(ledger.owns("a", one) or ledger.owns("b", one) for one in found)
    told = Iteration(0, 0, Phase.MEASURED, stage=0)
    assert not any(ledger.owns(worker, told) for worker in "ab"), "the master says what settles"


def test_where_there_are_stages_of_users_the_worker_says_in_which_it_was_and_whether_that_had_settled() -> None:
    load = ClosedLoop(users=2, request_delay_s=0.0, stages=stages_of([(1, 1, 10.0), (2, 2, 10.0)]))
    ledger = Ledger(None, 1, 0)
    ledger.follow(load, timetable_of(load, 1))
    ledger.report("a", 1, 1, 0)
    (warm_up,) = ledger.lease("a")
    assert not ledger.owns("a", replace(warm_up, phase=Phase.SETTLING, stage=0)), "it is known which warm up"
    assert ledger.accepts("a", warm_up)
    ledger.finish(warm_up)
    ledger.report("a", 1, 1, 1)
    ledger.open = True
    first = ledger.lease("a")[0]
    told = {
        (phase, stage): ledger.owns("a", replace(first, phase=phase, stage=stage))
        for phase in Phase
        for stage in (None, 0, 1, 2)
    }
    assert {key for key, owned in told.items() if owned} == {
        (phase, stage) for phase in (Phase.SETTLING, Phase.MEASURED) for stage in (0, 1)
    }


def test_a_closed_loop_that_is_repeated_settles_first_on_top_of_its_requests() -> None:
    load = ClosedLoop(users=2, request_delay_s=0.0)
    ledger = Ledger(10, 0, 0)
    ledger.follow(load, timetable_of(load, 1), settles=True)
    assert ledger.total == 14
    ledger.report("a", 2, 2, 0)
    ledger.open = True
    phases = [one.phase for _ in range(14) for one in ledger.lease("a") if not ledger.report("a", 2, 2, 100)]
    assert phases[:4] == [Phase.SETTLING] * 4
    assert set(phases[4:]) == {Phase.MEASURED}


def leased_to(ledger: Ledger, workers: dict[str, int], *, times: int = 100) -> list[tuple[str, Phase]]:
    """What is leased to workers with so many users each, who start at once whatever they get."""
    taken = {worker: ledger.account(worker).granted for worker in workers}
    found = []
    for _ in range(times):
        for worker, users in workers.items():
            ledger.report(worker, users, users, taken[worker])
            leased = ledger.lease(worker)
            taken[worker] += len(leased)
            found += [(worker, one.phase) for one in leased]
    return found


@pytest.mark.parametrize("workers", [{"a": 8, "b": 8}, {"a": 3, "b": 5, "c": 8}, {"a": 16}])
def test_what_settles_is_each_worker_s_first_twice_for_each_user(workers: dict[str, int]) -> None:
    load = ClosedLoop(users=16, request_delay_s=0.0)
    ledger = Ledger(400, 0, 0)
    ledger.follow(load, timetable_of(load, 1), settles=True)
    for worker, users in workers.items():
        ledger.report(worker, users, users, 0)
    ledger.open = True
    found = leased_to(ledger, workers)
    assert sum(phase is Phase.MEASURED for _, phase in found) == 400
    for worker, users in workers.items():
        phases = [phase for whose, phase in found if whose == worker]
        assert phases.count(Phase.SETTLING) == 2 * users
        assert set(phases[: 2 * users]) == {Phase.SETTLING}


def test_as_many_settle_as_are_to_though_a_worker_has_left() -> None:
    load = ClosedLoop(users=4, request_delay_s=0.0)
    ledger = Ledger(40, 0, 0)
    ledger.follow(load, timetable_of(load, 1), settles=True)
    ledger.report("a", 2, 2, 0)
    ledger.report("b", 2, 2, 0)
    ledger.open = True
    first = ledger.lease("a")
    ledger.lost("b")
    found = [one.phase for one in first] + [phase for _, phase in leased_to(ledger, {"a": 2})]
    assert (found.count(Phase.SETTLING), found.count(Phase.MEASURED)) == (8, 40)


def test_no_more_are_measured_than_were_asked_for_though_a_worker_asks_for_none() -> None:
    load = ClosedLoop(users=4, request_delay_s=0.0)
    ledger = Ledger(40, 0, 0)
    ledger.follow(load, timetable_of(load, 1), settles=True)
    ledger.report("a", 2, 2, 0)
    ledger.report("b", 2, 2, 0)
    ledger.open = True
    phases = [phase for _, phase in leased_to(ledger, {"a": 2})]
    assert (phases.count(Phase.SETTLING), phases.count(Phase.MEASURED)) == (8, 40)


def test_the_warm_up_has_as_many_in_flight_as_its_load_and_each_worker_its_share() -> None:
    ledger = ledger_of(6, 10, awaited=1_000)
    ledger.report("a", 500, 500, 0)
    assert ledger.lease("a") == [], "others are still to come, and are to be warm, too"
    ledger.report("b", 500, 500, 0)
    assert len(ledger.lease("a")) == 1
    assert ledger.lease("a") == []
    assert len(ledger.lease("b")) == 1
    assert ledger.lease("b") == []


def test_arrivals_are_waited_for_since_they_were_due_whoever_has_them() -> None:
    ledger = ledger_of(0, 8)
    ledger.report("a", 2, 2, 0)
    ledger.report("b", 2, 2, 0)
    ledger.open = True
    ledger.begin(10.0)
    assert ledger.allotment is not None
    due_s = [ledger.allotment.due_s(seq) for seq in range(8)]
    allotted = ledger.allot(due_s[0], ["a", "b"])
    assert sum(map(len, allotted.values())) > 1
    assert ledger.waiting_s(due_s[0] - 0.1) == []
    assert ledger.waiting_s(due_s[1]) == due_s[:2], "whether they were started or not"
    assert sorted(ledger.waiting_s(due_s[5])) == due_s[:6], "nor whether they were allotted to anybody"
    [first] = [one for one in allotted["a"] if one.seq == 0] or [one for one in allotted["b"] if one.seq == 0]
    worker = "a" if first in allotted["a"] else "b"
    assert ledger.accepts(worker, first)
    ledger.finish(first)
    assert sorted(ledger.waiting_s(due_s[5])) == due_s[1:6]
    ledger.renew(worker, set())
    assert sorted(ledger.waiting_s(due_s[5])) == due_s[1:6], "what it gave back is waited for as before"
    ledger.close(due_s[3])
    assert sorted(ledger.waiting_s(due_s[5])) == due_s[1:4], "what was to come after the end never arrives"

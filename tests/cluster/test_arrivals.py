"""Each arrival of an open loop goes to one worker, and has a row that counts, whatever becomes of that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.run_workers import OVERDUE_S
from stt_load.cluster.worker_state import WorkerState
from stt_load.load.allotment import HORIZON_S
from stt_load.samples.sample import ErrorKind, Phase
from tests.cluster.conversation import Conversation
from tests.load.timetables import open_loop

LOAD = open_loop((1.0, 1.0, None), planned=6, max_lag_s=1.5)


class Arriving(Conversation):
    """One arrival a second, six in all, and a worker for each name, each with as many users. Without a warm-up the
    barrier is open at once; the n-th arrival is due n + 1 seconds later."""

    def __init__(self, load: Any = LOAD, **users: int) -> None:
        super().__init__(None, load=load)
        for worker, present in users.items():
            self.join(worker)
            self.executor.budget.report(worker, present, present, 0)
        self.barrier.check_barrier()
        assert self.barrier.barrier_s is not None
        self.barrier_s = self.barrier.barrier_s
        self.arrivals = self.executor._arrivals

    def state(self, worker: str) -> WorkerState:
        return self.executor._workers[worker]

    def sent(self, worker: str) -> list[tuple[int, int]]:
        """Seq and attempt of each iteration that `worker` was sent."""
        leases = [data for kind, data in self.wire.down.get(worker, ()) if kind == protocol.LEASE]
        return [(one.seq, one.attempt) for data in leases for one in protocol.unpack_iterations(data["iterations"])]

    def rows(self) -> list[tuple[int, Phase, ErrorKind | None]]:
        return [(one.seq, one.phase, one.error_kind) for one in self.barrier.table.snapshot()]


def test_what_is_due_soon_is_sent_ahead_and_each_arrival_to_one_worker() -> None:
    run = Arriving(a=1, b=1)
    assert run.sent("a") + run.sent("b") == [(0, 0), (1, 0)], "the horizon is 2 s"
    run.executor.on_tick(run.barrier_s + 4.0 - HORIZON_S)
    run.executor.on_tick(run.barrier_s + 6.0 - HORIZON_S)
    assert sorted(run.sent("a") + run.sent("b")) == [(seq, 0) for seq in range(6)]
    assert len(run.sent("a")) == len(run.sent("b")) == 3


def test_one_that_is_gone_or_not_heard_of_or_does_other_work_gets_no_more() -> None:
    run = Arriving(a=1, b=1, c=1, d=1)
    before = {worker: run.sent(worker) for worker in "abcd"}
    run.state("a").gone = run.state("b").busy = True
    run.state("c").quiet_s = OVERDUE_S + 0.1
    run.arrivals.allot(run.barrier_s + 4.0)
    assert {worker: run.sent(worker) for worker in "abc"} == {worker: before[worker] for worker in "abc"}
    assert [seq for seq, _ in run.sent("d")] == [2, 3, 4, 5]


def test_what_a_lost_worker_had_started_is_lost_at_once_and_counts() -> None:
    run = Arriving(a=1)
    run.executor.budget.report("a", 1, 1, taken=1)
    run.state("a").member.heard_s = run.barrier_s + 1.2
    run.executor._leasing.lose(run.state("a"))
    (row,) = run.barrier.table.snapshot()
    assert (row.seq, row.phase, row.error_kind, row.worker) == (0, Phase.MEASURED, ErrorKind.LOST, 0)
    instants = row.start_s, row.done_s
    origin_s = run.barrier.origin_s
    assert instants == (run.barrier_s + 1.0 - origin_s, run.barrier_s + 1.2 - origin_s)
    assert row.sent_s is None, "when it was sent nobody knows"
    assert [one.error_kind for one in run.counted] == [ErrorKind.LOST]
    assert run.executor.remains() == [], "it has its row"
    assert run.executor.budget.measured_results == 1


def test_what_it_had_not_started_others_send_while_that_is_in_time() -> None:
    run = Arriving(a=1)
    run.executor._leasing.lose(run.state("a"))
    run.join("b")
    run.executor.budget.report("b", 1, 1, 0)
    run.arrivals.allot(run.barrier_s + 1.0 + 1.6)
    assert run.rows() == [(0, Phase.MEASURED, ErrorKind.DROPPED)]
    assert run.sent("b") == [(1, 1), (2, 0), (3, 0)]
    (dropped,) = run.counted
    assert dropped.done_s - dropped.start_s == 1.5
    assert dropped.sent_s is None


def test_a_run_whose_workers_are_all_gone_ends_when_its_last_arrival_is_dropped() -> None:
    run = Arriving(a=1)
    run.executor._leasing.lose(run.state("a"))
    run.arrivals.allot(run.barrier_s + 100.0)
    assert sorted(run.rows()) == [(seq, Phase.MEASURED, ErrorKind.DROPPED) for seq in range(6)]
    assert run.executor.budget.done
    assert run.barrier.lifecycle.ending is not None


def test_each_has_its_row_whatever_becomes_of_locusts_screens() -> None:
    run = Arriving(a=1)
    run.executor._leasing.lose(run.state("a"))
    run.arrivals._on_counted = lambda _: 1 / 0  # type: ignore[assignment]
    run.arrivals.allot(run.barrier_s + 100.0)
    assert len(run.rows()) == run.barrier.faults.count == 6


def test_at_a_stop_what_was_due_and_not_sent_is_cut_off_and_what_was_not_due_is_nothing() -> None:
    run = Arriving(a=1)
    run.executor.budget.close(run.barrier_s + 3.2)
    run.executor.remains()
    assert run.rows() == [
        (0, Phase.MEASURED, ErrorKind.DROPPED),
        (1, Phase.MEASURED, ErrorKind.CANCELLED),
        (2, Phase.MEASURED, ErrorKind.CANCELLED),
    ]
    assert run.executor.budget.handed_out == 3


def test_at_the_barrier_each_worker_is_told_how_many_connections_to_open() -> None:
    run = Conversation(None, load=LOAD)
    for worker in "ab":
        run.join(worker)
        run.executor.budget.report(worker, 3, 3, 0)
    run.executor.budget.median_s = lambda: 2.0  # seconds of an answer, at one arrival a second, and twice that
    run.barrier.check_barrier()
    told = [data["connect"] for worker in "ab" for kind, data in run.wire.down[worker] if kind == protocol.OPEN]
    assert told == [2, 2]


def test_a_closed_loop_knows_no_arrivals() -> None:
    run = Conversation(4)
    run.join("a")
    run.executor.budget.report("a", 1, 1, 0)
    run.barrier.check_barrier()
    run.executor._arrivals.allot(clock() + 100.0)
    run.executor._arrivals.conclude(clock() + 100.0)
    assert len(run.barrier.table) == 0


def test_rows_of_an_arrival_bear_its_stage() -> None:
    staged = replace(open_loop((1.0, 1.0, 3.0), (1.0, 1.0, 3.0)), planned=6, max_lag_s=1.5)
    run = Arriving(staged, a=1)
    run.executor._leasing.lose(run.state("a"))
    run.arrivals.allot(run.barrier_s + 100.0)
    assert [one.stage for one in run.barrier.table.snapshot().in_order()] == [0, 0, 0, 1, 1, 1]


def test_what_a_worker_had_started_that_dies_while_an_end_waits_is_lost_and_counts() -> None:
    run = Arriving(a=1)
    run.executor.budget.report("a", 1, 1, taken=1)
    run.executor.budget.close(run.barrier_s + 1.5)
    assert run.executor.remains() == []
    assert run.rows() == [(0, Phase.MEASURED, ErrorKind.LOST)]
    assert run.executor.budget.handed_out == 1, "nothing is missing"

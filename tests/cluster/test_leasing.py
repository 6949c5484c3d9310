"""What each worker of a run gets, and when others get it instead."""

from __future__ import annotations

from typing import Any

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.worker_state import WorkerState
from tests.cluster.conversation import Conversation


class Leased(Conversation):
    """A run that is measuring, with a worker for each name, each with as many users."""

    def __init__(self, total: int, **users: int) -> None:
        super().__init__(total)
        for worker, present in users.items():
            self.join(worker)
            self.executor.budget.report(worker, present, present, 0)
        self.barrier.check_barrier()

    def state(self, worker: str) -> WorkerState:
        return self.executor._workers[worker]

    def of_kind(self, worker: str, kind: str) -> list[dict[str, Any]]:
        return [data for of_kind, data in self.wire.down.get(worker, ()) if of_kind == kind]

    def leases(self, worker: str) -> list[tuple[int, int]]:
        """Seq and attempt of each iteration that `worker` was sent."""
        sent = self.of_kind(worker, protocol.LEASE)
        return [(one.seq, one.attempt) for data in sent for one in protocol.unpack_iterations(data["iterations"])]


def test_each_worker_gets_its_share_and_no_iteration_goes_twice() -> None:
    run = Leased(16, a=1, b=1)
    run.executor._leasing.hand_out(run.state("a"))
    run.executor._leasing.hand_out(run.state("b"))
    both = run.leases("a") + run.leases("b")
    assert len(set(both)) == len(both) > 0
    assert run.leases("a")
    assert run.leases("b")


def test_whoever_is_gone_or_has_other_work_gets_nothing() -> None:
    run = Leased(16, a=1, b=1)
    before = run.leases("a"), run.leases("b")
    run.state("a").gone = run.state("b").busy = True
    run.executor._leasing.spread_news()
    assert (run.leases("a"), run.leases("b")) == before


def test_what_a_lost_worker_had_others_get_as_another_try() -> None:
    run = Leased(4, a=1, b=1)
    had = run.leases("a")
    run.executor._leasing.lose(run.state("a"))
    run.executor.budget.report("b", 1, 1, run.executor.budget.account("b").granted)
    run.executor._leasing.hand_out(run.state("b"))
    assert had
    assert {(seq, attempt + 1) for seq, attempt in had} & set(run.leases("b"))
    assert (run.state("a").gone, run.state("a").void) == (True, run.state("a").epoch)


def test_who_returns_nothing_for_longer_than_the_limit_loses_its_lease() -> None:
    run = Leased(16, a=1, b=1)
    leasing, state = run.executor._leasing, run.state("a")
    run.executor.budget.report("a", 1, 1, 1)
    leasing.await_results(state, leasing.limit_s)
    assert not state.expired
    leasing.await_results(state, 1.0)
    assert state.expired
    assert run.of_kind("a", protocol.VOID)
    assert not run.state("b").expired


def test_whose_users_do_other_work_keeps_nobody_waiting_and_is_not_lost() -> None:
    run = Leased(16, a=1)
    leasing, state = run.executor._leasing, run.state("a")
    leasing.await_results(state, leasing.limit_s + 1.0)
    assert (state.busy, state.expired, state.gone) == (True, False, False)


def test_a_worker_that_locust_misses_is_absent_at_once_and_lost_later() -> None:
    run = Leased(16, a=1)
    leasing, state = run.executor._leasing, run.state("a")
    run.wire.there.clear()
    leasing.check_presence(state, clock())
    assert (state.absent, state.gone) == (True, False)
    leasing.check_presence(state, state.member.heard_s + protocol.RELEASE_S + 0.1)
    assert state.gone

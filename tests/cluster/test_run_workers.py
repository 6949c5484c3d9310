"""The workers of one run: their names, and what is known of all of them together."""

from __future__ import annotations

import pytest

from stt_load.clock import clock
from stt_load.cluster import protocol
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.member import Member
from stt_load.cluster.run_workers import QUIET_S, RunWorkers
from stt_load.load.ledger import Ledger
from tests.cluster.conversation import Conversation


class Some:
    def __init__(self) -> None:
        self.conversation = Conversation(None)
        self.wire, self.ledger = self.conversation.wire, Ledger(None, 0, 0)
        self.workers = RunWorkers(self.conversation.registry, self.ledger)

    def add(self, worker: str, name: str = "host:1", users: int = 0) -> None:
        self.wire.there.add(worker)
        self.workers.add(Member(worker, name, same_boot=True, heard_s=clock(), fit=True))
        self.ledger.report(worker, users, users, 0)

    def kinds(self, worker: str) -> list[str]:
        return [kind for kind, _ in self.wire.down.get(worker, ())]


@pytest.fixture
def some() -> Some:
    return Some()


def test_each_has_a_name_of_its_own_whatever_it_calls_itself(some: Some) -> None:
    for worker, name in {"a": "host", "b": "host", "c": "host#9", "d": "#", "e": "other"}.items():
        some.add(worker, name)
    some.add("a", "host")
    assert some.workers.names == ["host", "host#2", "host#3", "worker", "other"]
    assert [worker_state.number for worker_state in some.workers] == [0, 1, 2, 3, 4]
    assert some.kinds("a") == [protocol.RUN], "it is told what there is to do, once"


def test_users_of_a_worker_that_is_quiet_are_not_counted_and_each_is_told_of_the_others(some: Some) -> None:
    some.add("a", users=3)
    some.add("b", users=4)
    assert some.workers.users == 7
    assert some.workers.state(some.workers["a"])["others"] == 4
    some.workers["b"].quiet_s = QUIET_S
    assert some.workers.users == 3


def test_all_are_lost_when_there_were_workers_and_none_is_at_work(some: Some) -> None:
    assert not some.workers.all_lost
    some.add("a")
    some.add("b")
    some.workers["a"].ended = True
    assert (some.workers.anyone, some.workers.all_lost) == (True, False)
    some.wire.there.discard("b")
    assert (some.workers.anyone, some.workers.all_lost) == (False, True)


def test_the_end_is_told_again_to_who_has_not_heard_it_and_who_knows_of_no_run_is_not_waited_for(some: Some) -> None:
    some.add("a")
    some.add("b")
    some.workers.drain(10.0)
    later_s = clock() + 1
    some.workers.tell_again(some.workers["a"], {"run": some.workers.id, "closed": False, "sent_s": later_s})
    some.workers.tell_again(some.workers["b"], {"sent_s": later_s})
    assert some.kinds("a") == [protocol.RUN, protocol.DRAIN, protocol.DRAIN]
    assert (some.workers["a"].ended, some.workers["b"].ended) == (False, True)


def test_a_drain_says_whether_the_users_stay(some: Some) -> None:
    some.add("a")
    for goes_on in True, False:
        some.workers.drain(5.0, goes_on=goes_on)
        kind, words = some.wire.down["a"][-1]
        assert (kind, words["goes_on"]) == (protocol.DRAIN, goes_on)


def test_a_cut_spares_users_that_stay_and_have_nothing_in_flight_or_are_not_heard_of(some: Some) -> None:
    for worker in ("done", "silent", "busy"):
        some.add(worker)
    some.workers.drain(5.0, goes_on=True)
    some.workers["done"].ended = True
    some.wire.there.discard("silent")
    some.workers.cut()
    assert [worker for worker in some.wire.down if protocol.CUT in some.kinds(worker)] == ["busy"]
    some.workers.drain(5.0)
    some.workers.cut()
    assert [worker for worker in some.wire.down if protocol.CUT in some.kinds(worker)] == ["done", "silent", "busy"]


def test_a_last_word_says_what_the_worker_holds(some: Some) -> None:
    some.add("a")
    with pytest.raises(InvalidMessage, match="which iterations it has"):
        some.workers.check_last(some.workers["a"], {"watch": None, "last": True, "held": None}, 10)
    some.workers.check_last(some.workers["a"], {"watch": None, "last": True, "held": []}, 10)


def test_each_opens_its_share_of_the_connections_rounded_up(some: Some) -> None:
    for worker, users in {"a": 30, "b": 10, "none": 0}.items():
        some.add(worker, users=users)
    some.workers.connect(6)
    assert {state.member.id: some.workers.state(state)["connect"] for state in some.workers} == {
        "a": 5,
        "b": 2,
        "none": 0,
    }
    some.add("late", users=10)
    assert some.workers.state(some.workers["late"])["connect"] == 0


def test_each_is_told_which_one_of_those_at_work_it_is_and_anew_when_one_is_gone(some: Some) -> None:
    for worker in "abc":
        some.add(worker, users=1)

    def places() -> list[list[int]]:
        return [some.workers.state(some.workers[worker])["place"] for worker in "abc"]

    assert places() == [[0, 3], [1, 3], [2, 3]]
    some.ledger.report("c", 2, 2, 0)
    assert places() == [[1, 3], [2, 3], [0, 3]], (
        "Locust has given it one more: of 4 users it has the first and the last"
    )
    some.ledger.report("c", 2, 1, 0)
    some.workers["a"].gone = True
    assert places()[1:] == [[0, 2], [1, 2]]

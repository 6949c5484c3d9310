"""What workers and master say to each other comes to the same samples, whatever happens to the messages."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import gevent
import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stt_load.clock import clock
from stt_load.cluster import protocol, row_sender, worker_spools
from stt_load.cluster import worker_dispatcher as dispatchers
from stt_load.cluster.checks import InvalidMessage
from stt_load.load.account import Account
from stt_load.load.iteration import Iteration
from stt_load.run.load_watch import Asked
from stt_load.samples.generator import Generator
from stt_load.samples.keeping import keep
from stt_load.samples.run_info import EndReason
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import Samples, SampleTable
from stt_load.stats.summary import summarise
from stt_load.storage.spool import Spool
from tests.cluster.conversation import INFO, Conversation, sample_of
from tests.factory import NO_PAUSE


def settle(conversation: Conversation, *workers: str) -> None:
    """Lets everything be said until nobody has anything more to say."""
    for _ in range(4):
        gevent.sleep(2 * dispatchers.PAUSE_S)
        for worker in workers:
            conversation.stay(worker)
            conversation.hear(worker)
            conversation.tell(worker)


def work(conversation: Conversation, worker: str, user: str, start_s: float, **how: Any) -> Sample:
    """One request of a user, as its own greenlet would do it."""
    dispatcher = conversation.dispatchers[worker]
    with gevent.Timeout(60):
        iteration = dispatcher.take(user)
    sample = sample_of(iteration, start_s, start_s + 0.5, **how)
    dispatcher.finish(iteration, sample, "a text")
    return sample


def begun(conversation: Conversation, worker: str, user: str = "user") -> None:
    """The user has asked for its first iteration, and the worker has been given a lease."""
    waiting = gevent.spawn(conversation.dispatchers[worker]._leases.slots.join, user)
    waiting.join()
    conversation.dispatchers[worker]._news.set()
    settle(conversation, worker)


def test_a_sample_takes_at_most_96_bytes_on_the_wire() -> None:
    conversation = Conversation(None)
    dispatcher = conversation.join("a")
    for seq in range(200):
        dispatcher.table.append(sample_of(Iteration(seq, 0, Phase.MEASURED), float(seq), seq + 0.5))
    dispatcher._news.set()
    gevent.sleep(2 * dispatchers.PAUSE_S)
    sent = [data for kind, data in conversation.up["a"] if kind == protocol.SAMPLES]
    message = ("stt_load.samples", sent[0] | {"run": conversation.executor.id}, "some-host-name_" + 32 * "0")
    assert len(msgpack.dumps(message)) <= 96 * 200


@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_the_same_samples_make_the_same_figures_local_and_distributed(data: st.DataObject) -> None:
    """Split among workers in any way, in batches of any size, some of them sent twice."""
    random = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    kinds = [None, None, None, ErrorKind.SHED, ErrorKind.HTTP_5XX]
    samples = [
        sample_of(
            Iteration(seq, 0, Phase.MEASURED), start, start + random.exponential(0.5), kinds[random.integers(5)]
        )
        for seq, start in enumerate(np.sort(random.uniform(0, 20, 80)).tolist())
    ]
    local = SampleTable()
    for sample in samples:
        local.append(sample)
    conversation = Conversation(None)
    conversation.barrier.origin_s = 0.0
    owners = [data.draw(st.sampled_from("abc")) for _ in samples]
    for worker in "abc":
        conversation.join(worker)
        table = SampleTable()
        for sample, owner in zip(samples, owners, strict=True):
            if owner == worker:
                table.append(sample)
                give(conversation, worker, Iteration(sample.seq, sample.attempt, sample.phase))
        said = 0
        while said < len(table):
            size = data.draw(st.integers(1, 30))
            again = data.draw(st.integers(0, said))
            send(conversation, worker, table, again, said + size - again)
            said = min(len(table), said + size)
    assert figures(conversation.barrier.table.snapshot()) == figures(local.snapshot())


def give(conversation: Conversation, worker: str, *iterations: Iteration) -> None:
    """They are leased to the worker, whatever it wants."""
    ledger = conversation.executor.budget
    ledger._accounts.setdefault(worker, Account()).leased.update({one: one for one in iterations})
    ledger._counted.extend(bytes(max(0, 1 + max(iteration.seq for iteration in iterations) - len(ledger._counted))))


def send(conversation: Conversation, worker: str, table: SampleTable, first: int, size: int) -> None:
    part = table.snapshot(first, size)
    message = {
        "first": first,
        "rows": protocol.pack_rows(part),
        "texts_from": 0,
        "texts": list(part.texts),
        "transcripts": [],
        "transcript": None,
        "said": None,
        "last": False,
        "watch": None,
        "errors": 0,
    }
    conversation.executor.on_samples(worker, msgpack.loads(msgpack.dumps(message)))


def figures(samples: Samples) -> dict[str, Any]:
    return asdict(summarise(samples, users=5, load=NO_PAUSE, generator=Generator()))


def test_rows_that_got_lost_on_the_way_are_waited_for_and_come_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sender, "UNANSWERED_S", 0.0)
    conversation = Conversation(None)
    conversation.join("a")
    conversation.barrier.check_barrier()
    begun(conversation, "a")
    done = [work(conversation, "a", "user", 1.0)]
    gevent.sleep(2 * dispatchers.PAUSE_S)
    conversation.up["a"].clear()
    done.append(work(conversation, "a", "user", 2.0))
    settle(conversation, "a")
    assert len(conversation.barrier.table) == 0, "the second batch does not overtake the first"
    conversation.beat("a")
    settle(conversation, "a")
    assert [row.seq for row in conversation.barrier.table.snapshot()] == [sample.seq for sample in done]


def test_iterations_that_got_lost_on_the_way_are_noticed_and_leased_anew() -> None:
    conversation = Conversation(5)
    conversation.join("a")
    dispatcher = conversation.dispatchers["a"]
    dispatcher._leases.slots.join("user")
    dispatcher._news.set()
    gevent.sleep(2 * dispatchers.PAUSE_S)
    conversation.hear("a")
    assert conversation.executor.budget.account("a").granted > 0
    conversation.wire.down["a"].clear()
    conversation.beat("a")
    settle(conversation, "a")
    seqs = []
    for _ in range(5):
        seqs.append(work(conversation, "a", "user", 1.0).seq)
        settle(conversation, "a")
    assert sorted(seqs) == [0, 1, 2, 3, 4]
    assert conversation.ended == ["over"]
    assert conversation.executor.leased_again == 0, "they had never been started"


NO_RUN = {"watch": None, "errors": 0, "sent_s": 1.0, "clock_s": 1.0}


def test_a_run_that_a_worker_has_not_heard_of_is_told_again() -> None:
    """It answers beats, so that it is never silent; it owes nothing; and its users are awaited."""
    conversation = Conversation(10, warmup=2, awaited=2)
    conversation.join("a")
    conversation.join("b")
    ((kind, order),) = conversation.wire.down["b"]
    conversation.wire.down["b"].clear()
    conversation.executor.on_echo("b", NO_RUN)
    assert list(conversation.wire.down["b"]) == [(kind, order)]
    assert (kind, order["number"], order["name"]) == (protocol.RUN, 1, "b")
    conversation.tell("b")
    conversation.beat("b")
    settle(conversation, "b")
    assert list(conversation.wire.down["b"]) == [], "it knows now"


def test_a_worker_that_has_not_heard_of_the_barrier_hears_of_it_with_the_next_beat_or_lease() -> None:
    """It would watch nothing of itself, and its rows would say that no stall touched them."""
    conversation = Conversation(30, warmup=2, awaited=2)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    for worker in "ab":
        work(conversation, worker, "user", 1.0)
    gevent.sleep(2 * dispatchers.PAUSE_S)
    conversation.hear("a")
    conversation.hear("b")
    down = conversation.wire.down
    assert protocol.OPEN in [kind for kind, _ in down["b"]]
    down["a"] = deque(message for message in down["a"] if message[0] != protocol.OPEN)
    down["b"].clear()
    conversation.tell("a")
    assert conversation.dispatchers["a"].barrier is not None, "it came with the iterations"
    conversation.beat("b")
    settle(conversation, "a", "b")
    assert conversation.dispatchers["b"].barrier is not None
    conversation.beat("b")
    settle(conversation, "b")
    assert len(conversation.executor.generator(0).workers) == 1


def test_the_end_of_a_run_is_told_again_to_who_has_not_heard_of_it() -> None:
    conversation = Conversation(None)
    conversation.join("a")
    begun(conversation, "a")
    drain = gevent.spawn(conversation.executor.drain, 5.0)
    gevent.sleep(0.01)
    assert conversation.wire.down["a"].pop()[0] == protocol.DRAIN
    conversation.beat("a")
    conversation.tell("a")
    conversation.hear("a")
    kind, words = conversation.wire.down["a"][-1]
    assert kind == protocol.DRAIN
    assert 4.5 < words["limit_s"] < 5.0, "what is left of it"
    conversation.dispatchers["a"].close()
    conversation.wire.down["a"].clear()
    conversation.beat("a")
    settle(conversation, "a")
    assert list(conversation.wire.down["a"]) == []
    drain.kill()


def test_who_has_not_heard_of_a_run_that_ends_is_neither_told_nor_waited_for() -> None:
    """A context that it would enter now would be the one that users of its next run play on."""
    conversation = Conversation(None)
    conversation.join("a")
    conversation.wire.down["a"].clear()
    drain = gevent.spawn(conversation.executor.drain, 60.0)
    gevent.sleep(0.01)
    conversation.executor.on_echo("a", NO_RUN)
    drain.join(5)
    assert drain.ready()
    assert [kind for kind, _ in conversation.wire.down["a"]] == [protocol.DRAIN]


def test_an_answer_from_before_the_end_does_not_tell_it_twice() -> None:
    conversation = Conversation(None)
    conversation.join("a")
    begun(conversation, "a")
    conversation.beat("a")
    conversation.tell("a")
    drain = gevent.spawn(conversation.executor.drain, 5.0)
    gevent.sleep(0.01)
    conversation.hear("a")
    assert [kind for kind, _ in conversation.wire.down["a"]].count(protocol.DRAIN) == 1
    drain.kill()


def test_users_of_whom_nothing_was_heard_are_told_again() -> None:
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    conversation.join("a")
    conversation.dispatchers["a"]._leases.slots.join("user")
    conversation.dispatchers["a"]._news.set()
    gevent.sleep(2 * dispatchers.PAUSE_S)
    conversation.up["a"].clear()
    conversation.beat("a")
    settle(conversation, "a")
    assert conversation.executor.budget.present == 1
    assert conversation.dispatchers["a"]._leases.take("user") is not None


def test_users_in_their_on_start_are_not_missing_those_of_a_worker_that_is_silent_are() -> None:
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    conversation.join("a")
    begun(conversation, "a")
    conversation.asked = Asked(3, 3)
    conversation.dispatchers["a"].starting(2)
    settle(conversation, "a")
    assert conversation.barrier.barrier_s is not None
    conversation.executor._looked_s = clock()
    conversation.pass_by(60)
    assert conversation.executor.generator(0).load_changes == ()
    now_s = conversation.executor._looked_s
    for second in range(1, 9):
        conversation.executor.on_tick(now_s + second)
    assert conversation.executor.budget.starting == 0
    assert conversation.executor._load.changes.lasting


def test_a_worker_that_its_master_gave_up_does_not_start_what_others_have_now() -> None:
    conversation = Conversation(6)
    for worker in "ab":
        conversation.join(worker)
    begun(conversation, "a")
    begun(conversation, "b")
    stolen = conversation.dispatchers["a"].take("user")
    gevent.sleep(2 * dispatchers.PAUSE_S)
    conversation.hear("a")
    worker_state = conversation.executor._workers["a"]
    conversation.executor._leasing.lose(worker_state)
    settle(conversation, "b")
    seqs = []
    for _ in range(6):
        seqs.append(work(conversation, "b", "user", 1.0).seq)
        settle(conversation, "b")
    assert sorted(seqs) == list(range(6))
    conversation.dispatchers["a"].finish(stolen, sample_of(stolen, 0.5, 3.0), None)
    conversation.beat("a")
    settle(conversation, "a")
    budget = [(row.seq, row.attempt, row.phase) for row in conversation.barrier.table.snapshot()]
    assert (stolen.seq, 0, Phase.OUTSIDE) in budget
    assert sum(phase is Phase.MEASURED for _, _, phase in budget) == 6
    assert conversation.dispatchers["a"]._leases.take("user") is None
    assert conversation.executor.remains() == []


def test_a_worker_out_of_touch_starts_nothing_until_it_has_a_new_lease() -> None:
    conversation = Conversation(50)
    conversation.join("a")
    begun(conversation, "a")
    dispatcher = conversation.dispatchers["a"]
    dispatcher._heard_s -= protocol.FENCE_S + 0.1
    assert dispatcher.next("user", clock()) is None
    conversation.beat("a", age_s=protocol.FENCE_S + 1)
    settle(conversation, "a")
    assert dispatcher.next("user", clock()) is None, "the master is there again, but has not heard of this worker"
    conversation.beat("a")
    settle(conversation, "a")
    assert dispatcher.next("user", clock()) is not None


def test_tries_of_a_worker_that_never_comes_back_are_lost_and_count_for_nothing() -> None:
    conversation = Conversation(4)
    for worker in "ab":
        conversation.join(worker)
    begun(conversation, "a")
    taken = conversation.dispatchers["a"].take("user")
    settle(conversation, "a")
    conversation.executor._leasing.lose(conversation.executor._workers["a"])
    begun(conversation, "b")
    seqs = []
    for _ in range(4):
        seqs.append(work(conversation, "b", "user", 1.0).seq)
        settle(conversation, "b")
    assert sorted(seqs) == [0, 1, 2, 3]
    lost: Sequence[Sample] = conversation.executor.remains()
    found = [(sample.seq, sample.error_kind, sample.phase, sample.attempt) for sample in lost]
    assert found == [(taken.seq, ErrorKind.LOST, Phase.OUTSIDE, 0)], "and none that it had not started"
    assert conversation.executor.leased_again >= 1


def test_no_measured_iteration_is_leased_before_the_last_warm_up_result_of_any_worker() -> None:
    conversation = Conversation(20, warmup=2, awaited=2)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    first = work(conversation, "a", "user", 1.0)
    settle(conversation, "a", "b")
    assert first.phase is Phase.WARMUP
    assert conversation.dispatchers["a"]._leases.take("user") is None
    work(conversation, "b", "user", 1.0)
    settle(conversation, "a", "b")
    iteration = conversation.dispatchers["a"]._leases.take("user")
    assert iteration is not None
    assert iteration.phase is Phase.MEASURED
    assert conversation.dispatchers["a"].barrier is not None


def test_rows_are_put_on_the_masters_clock() -> None:
    conversation = Conversation(None)
    conversation.join("a")
    member = conversation.registry._members["a"]
    member.same_boot = False
    member.trips.add(100.0, 1_100.1, 100.2)
    conversation.barrier.origin_s = 90.0
    give(conversation, "a", Iteration(0, 0, Phase.MEASURED))
    table = SampleTable()
    table.append(sample_of(Iteration(0, 0, Phase.MEASURED), 1_101.0, 1_101.5))
    send(conversation, "a", table, 0, 1)
    (row,) = conversation.barrier.table.snapshot()
    assert (row.start_s, row.done_s) == (pytest.approx(11.0), pytest.approx(11.5))
    assert conversation.executor.clocks["a"].error_s == pytest.approx(0.1)


def test_a_worker_that_does_not_know_that_it_was_given_up_is_told_when_it_speaks() -> None:
    conversation = Conversation(50)
    conversation.join("a")
    begun(conversation, "a")
    dispatcher = conversation.dispatchers["a"]
    held = dispatcher.take("user")
    conversation.executor._leasing.lose(conversation.executor._workers["a"])
    epoch = dispatcher._leases.epoch
    settle(conversation, "a")
    assert dispatcher._leases.epoch == epoch + 1
    assert conversation.executor._workers["a"].epoch == epoch + 1
    again = dispatcher._leases.take("user")
    assert again is not None
    assert again.seq != held.seq or again.attempt > held.attempt
    assert conversation.executor.budget.account("a").granted == dispatcher._leases.received


def test_a_try_that_is_heard_of_after_all_is_not_lost() -> None:
    conversation = Conversation(4)
    conversation.join("a")
    begun(conversation, "a")
    taken = conversation.dispatchers["a"].take("user")
    settle(conversation, "a")
    conversation.executor._leasing.lose(conversation.executor._workers["a"])
    assert (taken.seq, 0) in {(sample.seq, sample.attempt) for sample in conversation.executor.remains()}
    table = SampleTable()
    table.append(sample_of(taken, 1.0, 1.5))
    send(conversation, "a", table, 0, 1)
    assert (taken.seq, 0) not in {(sample.seq, sample.attempt) for sample in conversation.executor.remains()}
    assert [row.phase for row in conversation.barrier.table.snapshot()] == [Phase.MEASURED]


def test_a_worker_is_back_when_it_has_said_how_many_users_it_has() -> None:
    """Those that were to replace its own are there as well then, and some have to go."""
    conversation = Conversation(None)
    conversation.asked = Asked(2, 2)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    executor = conversation.executor
    now_s = clock()
    conversation.wire.there.remove("a")
    executor.on_tick(now_s)
    assert executor.budget.present == 1
    begun(conversation, "b", "its replacement")
    assert executor.budget.present == 2
    executor._leasing.lose(executor._workers["a"])
    conversation.wire.there.add("a")
    executor.on_tick(now_s + 1)
    assert executor._load.changes.lasting, "two users, and those of the worker that is back"
    conversation.beat("a")
    settle(conversation, "a")
    assert executor.budget.present == 3
    executor.on_tick(now_s + 3)
    assert conversation.distributed
    assert executor._load.changes.lasting
    executor.budget.report("b", 2, 1, 0)
    executor.on_tick(now_s + 4)
    assert not executor._load.changes.lasting


def look(conversation: Conversation, now_s: float) -> None:
    """All have just been heard of."""
    for worker_state in conversation.executor._workers:
        worker_state.member.heard_s = now_s
    conversation.executor.on_tick(now_s)


def test_users_that_go_after_all_has_looked_right_are_missed_and_replaced() -> None:
    """Those that are to stop finish their request first, and count until then."""
    conversation = Conversation(None)
    conversation.join("a")
    executor = conversation.executor
    executor.budget.report("a", 2, 2, 0)
    conversation.asked = Asked(2, 2)
    now_s = clock()
    executor.on_refused("nobody that takes part", had_users=True)
    look(conversation, now_s)
    assert not executor._load.changes.lasting
    executor.budget.report("a", 2, 1, 0)
    conversation.asked = Asked(None, 1)
    look(conversation, now_s + 5)
    conversation.asked = Asked(2, 2)
    look(conversation, now_s + 5.9)
    assert not executor._load.changes.lasting, "Locust was at it until a moment ago"
    look(conversation, now_s + 6.1)
    look(conversation, now_s + 7.2)
    assert len(conversation.distributed) == 1
    executor.budget.report("a", 3, 2, 0)
    look(conversation, now_s + 8)
    assert [(round(a - now_s, 1), round(b - now_s, 1)) for a, b in executor._load.changes._spans][1:] == [(5.0, 8.0)]


def test_each_row_knows_the_users_of_all_workers_from_the_first_one_on() -> None:
    """Also those of a worker that comes late, and the first ones after the barrier; no beat has come by then."""
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    conversation.join("a")
    for user in ("one", "two", "three"):
        begun(conversation, "a", user)
    late = conversation.join("late")
    conversation.tell("late")
    assert late.users == 3, "before it has anybody of its own"
    begun(conversation, "late")
    assert late.users == 4
    late.take("user")
    late._leases.slots.join("another")
    assert late.users == 5, "its own are known at once"


def test_the_first_measured_row_knows_the_users_of_all_workers() -> None:
    conversation = Conversation(20, warmup=2, awaited=2)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    for worker in "ab":
        work(conversation, worker, "user", 1.0)
        settle(conversation, "a", "b")
    for worker in "ab":
        assert conversation.dispatchers[worker]._leases.take("user").phase is Phase.MEASURED  # type: ignore[union-attr]
        assert conversation.dispatchers[worker].users == 2


def test_a_clock_is_told_as_rows_were_placed_with_it_at_the_worst() -> None:
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    conversation.join("a")
    begun(conversation, "a")
    member = conversation.registry._members["a"]
    member.same_boot = False
    member.trips.add(100.0, 1_100.5, 101.0)
    work(conversation, "a", "user", clock() - 1)
    settle(conversation, "a")
    member.trips.add(200.0, 1_200.001, 200.002)
    work(conversation, "a", "user", clock() - 1)
    settle(conversation, "a")
    assert len(conversation.barrier.table) == 2
    assert member.clock.error_s == pytest.approx(0.001)
    assert conversation.executor.clocks["a"].error_s == pytest.approx(0.5)


def test_a_worker_that_answers_and_returns_nothing_does_not_hold_the_warm_up() -> None:
    """Its lease runs out, others do its iterations, and the barrier does not wait for users that do nothing."""
    conversation = Conversation(10, warmup=2, awaited=2)
    conversation.asked = Asked(2, 2)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    stuck = conversation.dispatchers["a"].take("user")
    settle(conversation, "a", "b")
    work(conversation, "b", "user", 1.0)
    settle(conversation, "a", "b")
    conversation.pass_by(300)
    assert conversation.barrier.barrier_s is None, "a request may take as long as that"
    conversation.pass_by(40)
    settle(conversation, "a", "b")
    again = work(conversation, "b", "user", 2.0)
    assert (again.seq, again.attempt) == (stuck.seq, 1)
    settle(conversation, "a", "b")
    assert conversation.barrier.barrier_s is not None
    assert conversation.executor._load.changes.lasting
    assert conversation.dispatchers["a"]._leases.take("user") is None, (
        "it gets nothing as long as nothing comes of it"
    )
    conversation.dispatchers["a"].finish(stuck, sample_of(stuck, 0.5, 3.0), None)
    settle(conversation, "a", "b")
    rows = [(row.seq, row.attempt, row.phase) for row in conversation.barrier.table.snapshot()]
    assert (stuck.seq, 0, Phase.OUTSIDE) in rows
    conversation.beat("a")
    settle(conversation, "a", "b")
    assert conversation.dispatchers["a"]._leases.take("user") is not None, "it works again"
    assert conversation.executor.remains() is not None
    assert conversation.ended == []


def test_iterations_that_are_granted_and_never_started_go_to_others() -> None:
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    assert len(conversation.executor.budget.account("a").leased) > 1
    for _ in range(34):
        conversation.pass_by(10)
        work(conversation, "b", "user", 1.0)
        settle(conversation, "a", "b")
    assert len(conversation.executor.budget.account("a").leased) == 0
    assert len(conversation.executor.budget.account("b").leased) > 1
    assert conversation.barrier.lifecycle.ending is None


def test_a_worker_whose_users_pause_on_purpose_keeps_its_lease() -> None:
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    conversation.join("a")
    begun(conversation, "a")
    dispatcher = conversation.dispatchers["a"]
    iteration = dispatcher.take("user")
    dispatcher.finish(iteration, replace(sample_of(iteration, 1.0, 1.5), pause_s=3_600.0), None)
    settle(conversation, "a")
    conversation.pass_by(3_600)
    settle(conversation, "a")
    assert len(conversation.executor.budget.account("a").leased) > 0
    conversation.pass_by(400)
    settle(conversation, "a")
    assert len(conversation.executor.budget.account("a").leased) == 0


def test_when_no_worker_returns_anything_the_run_ends() -> None:
    conversation = Conversation(10, warmup=1, awaited=1)
    conversation.join("a")
    begun(conversation, "a")
    conversation.dispatchers["a"].take("user")
    settle(conversation, "a")
    conversation.pass_by(340)
    assert conversation.ended == ["over"]
    ending = conversation.barrier.lifecycle.ending
    assert ending is not None
    assert ending.reason == "workers_lost"
    assert "no worker returns anything" in str(ending.detail)
    assert conversation.executor.all_lost


def test_a_stop_of_the_master_is_not_taken_for_a_workers_idleness() -> None:
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    conversation.join("a")
    begun(conversation, "a")
    later_s = clock() + 4_000
    conversation.registry._members["a"].heard_s = later_s
    conversation.executor.on_tick(later_s)
    assert len(conversation.executor.budget.account("a").leased) > 0


def test_errors_on_a_worker_are_errors_of_the_run_and_a_broken_connection_is_none() -> None:
    conversation = Conversation(None)
    dispatcher = conversation.join("a")
    for error in ConnectionError("mended"), TypeError("ours"), ConnectionError("mended"):
        conversation.broken = error
        dispatcher._news.set()
        gevent.sleep(3 * dispatchers.PAUSE_S)
    conversation.broken = None
    conversation.beat("a")
    settle(conversation, "a")
    assert conversation.executor.generator(2).listener_errors == 2, (
        "it has had nothing to do that it could have spoilt"
    )
    begun(conversation, "a")
    work(conversation, "a", "user", 1.0)
    assert conversation.executor.generator(2).listener_errors == 3


def test_a_screen_that_fails_costs_no_row() -> None:
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    conversation.executor._intake._on_counted = lambda _: 1 / 0  # type: ignore[assignment]
    conversation.join("a")
    begun(conversation, "a")
    for _ in range(3):
        work(conversation, "a", "user", 1.0)
    settle(conversation, "a")
    assert len(conversation.barrier.table) == 3
    assert conversation.executor.generator(0).listener_errors == 3


def test_what_was_short_before_the_barrier_changed_nothing() -> None:
    conversation = Conversation(10, warmup=1, awaited=2)
    conversation.asked = Asked(2, 2)
    for worker in "ab":
        conversation.join(worker)
    begun(conversation, "a")
    conversation.wire.there.remove("b")
    conversation.executor._looked_s -= 10
    conversation.pass_by(3)
    conversation.executor._leasing.lose(conversation.executor._workers["b"])
    assert conversation.executor._load.changes.lasting
    work(conversation, "a", "user", 1.0)
    begun(conversation, "a", "its replacement")
    settle(conversation, "a")
    assert conversation.barrier.barrier_s is not None
    assert conversation.executor.generator(0).load_changes == ()


def test_rows_that_a_worker_never_told_are_lost_to_the_run() -> None:
    """It says that it has told its last one, and owes one still."""
    conversation = Conversation(2)
    conversation.join("a")
    begun(conversation, "a")
    dispatcher = conversation.dispatchers["a"]
    kept = dispatcher.take("user")
    settle(conversation, "a")
    lost = dispatcher.take("user")
    dispatcher.finish(kept, sample_of(kept, 1.0, 1.5), None)
    assert lost.seq != kept.seq
    conversation.barrier.lifecycle.stop("stopped")
    dispatcher.close()
    dispatcher.conclude()
    settle(conversation, "a")
    conversation.executor.remains()
    ledger = conversation.executor.budget
    assert (ledger.handed_out, ledger.measured_results, ledger.in_flight) == (2, 1, 0)


def rows_lost(conversation: Conversation) -> int:
    """As a run counts them at its end."""
    for sample in conversation.executor.remains():
        keep(conversation.barrier.table, sample)
    samples = conversation.barrier.table.snapshot()
    counted = samples.where(samples["phase"] != Phase.OUTSIDE)
    return conversation.barrier.budget.handed_out - len(np.unique(counted["seq"]))


def lost_rows(conversation: Conversation) -> int:
    return sum(row.error_kind is ErrorKind.LOST for row in conversation.barrier.table.snapshot())


def conclude(conversation: Conversation, worker: str) -> None:
    """`worker` has been told to drain, and has nothing in flight."""
    conversation.dispatchers[worker].close()
    conversation.dispatchers[worker].conclude()
    settle(conversation, worker)


@pytest.fixture
def measuring() -> Conversation:
    """Two workers with a user each, three requests answered on both."""
    conversation = Conversation(None)
    conversation.asked = Asked(2, 2)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    for worker in "ab":
        for number in range(3):
            work(conversation, worker, "user", 1.0 + number)
    settle(conversation, "a", "b")
    return conversation


@pytest.mark.parametrize("reason", ["finished", "time_limit", "stopped", "interrupted"])
@pytest.mark.parametrize("noticed", [True, False])
def test_requests_that_die_with_their_worker_while_an_end_drains_are_lost_rows(
    measuring: Conversation, reason: EndReason, noticed: bool
) -> None:
    """Noticed: Locust misses it meanwhile; otherwise it is waited for in vain."""
    measuring.dispatchers["b"].take("user")
    settle(measuring, "b")
    measuring.barrier.lifecycle.end(reason)
    measuring.dispatchers["b"]._writer.kill()
    conclude(measuring, "a")
    if noticed:
        measuring.wire.there.remove("b")
        measuring.pass_by(7)
    assert (rows_lost(measuring), lost_rows(measuring)) == (1, 1), "and no row for what it had not started"
    generator = measuring.executor.generator(0)
    assert len(generator.load_changes) == 1
    assert generator.in_flight_mean is None, "what it had in flight can't be held against its rows"


def test_a_worker_that_dies_at_an_end_with_rows_untold_leaves_no_valid_measurement(measuring: Conversation) -> None:
    """Its master knows nothing of them: that it is gone must be enough."""
    for number in range(10):
        work(measuring, "b", "user", 5.0 + number)
    measuring.barrier.lifecycle.end("finished")
    measuring.dispatchers["b"]._writer.kill()
    conclude(measuring, "a")
    measuring.wire.there.remove("b")
    assert rows_lost(measuring) == 0
    assert measuring.executor.generator(0).load_changes


def test_a_worker_that_dies_when_all_results_are_in_has_changed_nothing() -> None:
    conversation = Conversation(4)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    for _ in range(4):
        work(conversation, "a", "user", 1.0)
        settle(conversation, "a", "b")
        conversation.executor._leasing.lose(conversation.executor._workers["b"])
        conversation.executor._load.changes.end(0.0)
    assert conversation.ended == ["over"]
    conclude(conversation, "a")
    conversation.executor._workers["b"].gone = False
    conversation.wire.there.remove("b")
    assert rows_lost(conversation) == 0
    assert conversation.executor.generator(0).load_changes == ()


def test_a_last_word_that_gets_lost_costs_no_row(measuring: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker never started is told with its last rows, until they are acknowledged."""
    monkeypatch.setattr(row_sender, "UNANSWERED_S", 0.0)
    dispatcher = measuring.dispatchers["a"]
    dispatcher.take("user")
    settle(measuring, "a")
    measuring.barrier.lifecycle.stop("stopped")
    conclude(measuring, "b")
    measuring.broken = ConnectionError("a blip")
    conclude(measuring, "a")
    assert not measuring.executor._workers["a"].ended
    measuring.broken = None
    measuring.beat("a")
    settle(measuring, "a")
    assert measuring.executor._workers["a"].ended
    assert rows_lost(measuring) == 1, "the one that was started, of which no row tells"


def test_a_worker_that_goes_gives_back_what_it_never_started_with_its_last_word(measuring: Conversation) -> None:
    """The others go on with the same tries."""
    conclude(measuring, "a")
    for _ in range(40):
        work(measuring, "b", "user", 9.0)
        settle(measuring, "b")
    seqs = sorted(row.seq for row in measuring.barrier.table.snapshot())
    assert seqs == list(range(46))
    assert measuring.executor.leased_again == 0


def test_users_that_do_other_work_cost_their_worker_no_lease() -> None:
    """It is the only one, and has started nothing for longer than any request may take."""
    conversation = Conversation(None)
    conversation.asked = Asked(1, 1)
    conversation.join("a")
    begun(conversation, "a")
    work(conversation, "a", "user", 1.0)
    settle(conversation, "a")
    for _ in range(3):
        conversation.pass_by(400)
        settle(conversation, "a")
    assert conversation.barrier.lifecycle.ending is None
    assert not conversation.executor._load.changes
    assert len(conversation.executor.budget.account("a").leased) == 0, "others may have it"
    assert conversation.executor.budget.present == 1
    asking = gevent.spawn(conversation.dispatchers["a"].take, "user")
    settle(conversation, "a")
    assert asking.value is not None, "there is an iteration as soon as a user asks for one"
    assert len(conversation.executor.budget.account("a").leased) > 1
    assert conversation.executor.leased_again == 0


def test_a_lease_that_is_taken_back_while_a_user_starts_doubles_and_loses_nothing() -> None:
    conversation = Conversation(None)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    conversation.pass_by(400)
    crossing = work(conversation, "a", "user", 1.0)
    settle(conversation, "a", "b")
    for _ in range(40):
        asking = gevent.spawn(work, conversation, "b", "user", 2.0)
        while not asking.ready():
            settle(conversation, "b")
        asking.get()
    settle(conversation, "a", "b")
    rows = conversation.barrier.table.snapshot()
    assert sorted(row.seq for row in rows) == list(range(41))
    assert (crossing.seq, crossing.attempt) in {(row.seq, row.attempt) for row in rows}
    assert {row.phase for row in rows} == {Phase.MEASURED}


@pytest.mark.parametrize("warmup", [0, 6])
def test_the_last_iterations_of_a_worker_whose_users_do_other_work_are_done_by_others(warmup: int) -> None:
    """The worker that has them comes first wherever iterations are given out."""
    conversation = Conversation(12, warmup=warmup, awaited=2)
    conversation.asked = Asked(2, 2)
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    settle(conversation, "a", "b")
    for _ in range(2):
        work(conversation, "a", "user", 1.0)
        settle(conversation, "a", "b")
    assert len(conversation.executor.budget.account("a").leased) > 0

    def goes_on() -> None:
        while True:
            work(conversation, "b", "user", 2.0)
            gevent.sleep(0.01)

    working = gevent.spawn(goes_on)
    for _ in range(12):
        settle(conversation, "a", "b")
        conversation.pass_by(40)
    working.kill()
    assert conversation.ended == ["over"]
    assert conversation.executor.leased_again == 0
    assert conversation.executor.generator(0).load_changes == ()


def spool_of(conversation: Conversation, worker: str, rows: int) -> Path:
    """What `worker` has left on the disk, of its first `rows` requests."""
    number = conversation.executor._workers[worker].number
    spool = Spool(worker_spools.result_of("result", number), INFO, {})
    table = SampleTable()
    for seq in range(rows):
        table.append(sample_of(Iteration(seq, 0, Phase.MEASURED), 1.0, 1.5))
    spool.workers([worker])
    spool.write(table.snapshot())
    spool.generator(Generator())
    spool.close()
    return spool.path


def test_the_spool_of_a_killed_worker_goes_once_all_its_rows_are_in_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    workers = ["killed", "killed with a row", "elsewhere", "alive"]
    for worker in workers:
        conversation.join(worker)
        begun(conversation, worker)
        for _ in range(3):
            work(conversation, worker, "user", 1.0)
        settle(conversation, worker)
    paths = [spool_of(conversation, worker, 4 if "row" in worker else 3) for worker in workers]
    for worker in workers[:3]:
        conversation.wire.there.remove(worker)
    conversation.registry._members["elsewhere"].same_boot = False
    conversation.executor.dismiss(saved=False)
    assert all(path.exists() for path in paths), "there is no result"
    conversation.executor.dismiss(saved=True)
    assert [path.exists() for path in paths] == [False, True, True, True]
    assert "1 rows that are not in the result" in caplog.text


def test_a_spool_that_cannot_be_removed_keeps_no_other_worker_from_its_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    conversation = Conversation(None)
    for worker in ("killed", "alive"):
        conversation.join(worker)
    path = spool_of(conversation, "killed", 0)
    conversation.wire.there.remove("killed")
    path.unlink()
    path.mkdir()
    conversation.executor.dismiss(saved=True)
    assert conversation.wire.down["alive"][-1][0] == protocol.SAVED


def test_iterations_that_come_to_a_worker_whose_users_have_left_go_to_others() -> None:
    """They crossed the word that nobody is there any more: two iterations lay there, and the run never ended."""
    conversation = Conversation(10)
    dispatcher = conversation.join("a")
    dispatcher._leases.slots.join("one")
    dispatcher._news.set()
    gevent.sleep(2 * dispatchers.PAUSE_S)
    conversation.hear("a")
    dispatcher.leave("one")
    gevent.sleep(2 * dispatchers.PAUSE_S)
    conversation.hear("a")  # there is nobody any more, and the iterations are still on their way
    conversation.tell("a")
    assert conversation.executor.budget.handed_out > 0
    conversation.join("b")
    begun(conversation, "b", "two")
    settle(conversation, "a", "b")
    for number in range(10):
        work(conversation, "b", "two", float(number))
        settle(conversation, "a", "b")
    assert conversation.ended == ["over"]


def test_users_of_a_worker_that_is_gone_are_not_counted_when_others_get_them() -> None:
    """Those others count them at once, before their master can say anything."""
    conversation = Conversation(None)
    conversation.barrier.check_barrier()
    for worker in "ab":
        conversation.join(worker)
        begun(conversation, worker)
    settle(conversation, "a", "b")
    conversation.beat("b")
    settle(conversation, "b")
    assert conversation.dispatchers["b"].users == 2
    now_s = conversation.executor._looked_s
    for later_s in range(1, 6):
        conversation.registry._members["b"].heard_s = now_s + later_s
        assert conversation.executor.on_tick(now_s + later_s) == (later_s in (1, 4))
    conversation.beat("b")
    settle(conversation, "b")
    conversation.dispatchers["b"]._leases.slots.join("its replacement")
    assert conversation.dispatchers["b"].users == 2


def test_a_row_that_has_no_place_in_the_columns_counts_on_a_worker_too() -> None:
    conversation = Conversation(2)
    dispatcher = conversation.join("a")
    begun(conversation, "a", "one")
    for tokens in (2**70, 5):
        with gevent.Timeout(60):
            iteration = dispatcher.take("one")
        dispatcher.finish(iteration, replace(sample_of(iteration, clock(), clock()), tokens=tokens), "a text")
        settle(conversation, "a")
    assert conversation.ended == ["over"]
    rows = list(conversation.barrier.table.snapshot())
    assert [row.error_kind for row in rows] == [ErrorKind.HOOK_ERROR, None]


def test_the_iterations_of_a_worker_that_is_refused_are_done_by_others_at_once() -> None:
    conversation = Conversation(10)
    for worker in "ab":
        conversation.join(worker)
    conversation.barrier.check_barrier()
    for worker in "ab":
        begun(conversation, worker)
    with gevent.Timeout(60):
        conversation.dispatchers["a"].take("user")
    settle(conversation, "a")
    conversation.registry.refuse("a", "it says what can't be")
    conversation.wire.there.discard("a")
    done = []
    while len(done) < 10:
        settle(conversation, "b")
        done.append(work(conversation, "b", "user", 1.0).seq)
    settle(conversation, "b")
    assert sorted(done) == list(range(10))
    assert conversation.ended == ["over"]
    (lost,) = conversation.executor.remains()
    assert (lost.worker, lost.error_kind, lost.phase) == (0, ErrorKind.LOST, Phase.OUTSIDE)


def test_what_was_said_of_an_older_lease_and_comes_late_changes_nothing() -> None:
    """It says that more was started than the new lease has, and it is no lie."""
    conversation = Conversation(None)
    conversation.join("a")
    conversation.barrier.check_barrier()
    wants = {"epoch": 1, "joined": 4, "present": 4, "starting": 0, "waiting": 0, "taken": 0, "held": []}
    conversation.executor.on_want("a", wants)
    conversation.executor.on_want("a", wants | {"epoch": 2})
    granted = conversation.executor.budget.account("a").granted
    assert granted
    conversation.executor.on_want("a", wants | {"taken": granted + 1, "present": 3})
    assert conversation.executor.budget.account("a").present == 4


ODD_WANTS = {
    "more users than there can be": {"joined": 10**6, "present": 10**6},
    "more are there than came": {"joined": 1, "present": 2},
    "iterations started that were never given": {"taken": 10_000},
    "a new lease and not what is held": {"epoch": 7, "held": None},
}


@pytest.mark.parametrize("which", ODD_WANTS)
def test_a_worker_that_wants_what_it_can_t_is_found_out_and_given_nothing(which: str) -> None:
    conversation = Conversation(None)
    conversation.join("a")
    conversation.barrier.check_barrier()
    wants = {"epoch": 1, "joined": 4, "present": 4, "starting": 0, "waiting": 0, "taken": 0, "held": []}
    with pytest.raises(InvalidMessage):
        conversation.executor.on_want("a", wants | ODD_WANTS[which])
    assert conversation.executor.budget.account("a").granted == 0


def test_a_worker_that_has_seen_what_there_was_not_is_found_out() -> None:
    conversation = Conversation(None)
    conversation.join("a")
    odd = {"lag_p99_s": 1e9, "lag_mean_s": 0.0, "stalled_s": 0.0, "stalls": [], "cpu_share": 0.1, "looks": 1}
    odd |= {"in_flight_sum": 0, "in_flight_squares": 0, "users_sum": 0}
    echo = {
        "watch": odd,
        "errors": 0,
        "closed": False,
        "sent_s": 1.0,
        "clock_s": 1.0,
        "run": conversation.executor.id,
    }
    with pytest.raises(InvalidMessage, match="late for longer"):
        conversation.executor.on_echo("a", echo)


def test_an_answer_is_waited_for_since_its_worker_has_said_that_the_request_began() -> None:
    conversation = Conversation(None)
    conversation.join("a")
    begun(conversation, "a")
    began_s = clock()
    iteration = conversation.dispatchers["a"].take("user-a")
    settle(conversation, "a")
    (since_s,) = conversation.executor.budget.waiting_s(clock())
    assert began_s <= since_s <= clock()
    conversation.dispatchers["a"].finish(iteration, sample_of(iteration, clock(), clock()), None)
    settle(conversation, "a")
    assert conversation.executor.budget.waiting_s(clock()) == []

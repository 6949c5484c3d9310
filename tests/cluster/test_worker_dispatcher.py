"""A worker's dispatcher: whose turn it is, what its master is told, and when it must not go on alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gevent
import pytest

from stt_load.clock import clock
from stt_load.cluster import protocol, row_sender
from stt_load.cluster import worker_dispatcher as dispatchers
from stt_load.cluster.protocol import Data
from stt_load.cluster.worker_dispatcher import WorkerDispatcher
from stt_load.load.iteration import Iteration
from stt_load.load.timetable import timetable_of
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import ErrorKind, Phase
from tests.cluster.conversation import sample_of
from tests.load.timetables import open_loop, stages_of


class Scene:
    """A dispatcher, and what it has said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, Data]] = []
        self.trouble: Exception | None = None
        self.opened = 0
        self.dispatcher = WorkerDispatcher(self._say, self._open)

    def _say(self, kind: str, data: Data) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.said.append((kind, data))

    def _open(self) -> None:
        self.opened += 1

    def of_kind(self, kind: str) -> list[Data]:
        return [data for of_kind, data in self.said if of_kind == kind]

    def settle(self) -> None:
        gevent.sleep(3 * dispatchers.PAUSE_S)

    def give(self, *seqs: int, others: int = 0, phase: Phase = Phase.MEASURED) -> None:
        iterations = protocol.pack_iterations([Iteration(seq, 0, phase) for seq in seqs])
        self.dispatcher.on_lease(
            {"epoch": self.dispatcher._leases.epoch, "iterations": iterations, "open": None, "others": others}
        )

    def beat(self, **words: Any) -> None:
        leases = self.dispatcher._leases
        usual = {"epoch": leases.epoch, "granted": leases.received, "age_s": 0.0, "sent_s": 7.0}
        self.dispatcher.on_beat(usual | {"open": None, "others": 0} | words)

    def work(self, user: str = "one") -> Iteration:
        with gevent.Timeout(60):
            iteration = self.dispatcher.take(user)
        self.dispatcher.finish(iteration, sample_of(iteration, clock() - 2, clock() - 1), "a text")
        return iteration


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.dispatcher.abandon()


def test_a_user_waits_until_there_is_an_iteration(scene: Scene) -> None:
    taking = gevent.spawn(scene.dispatcher.take, "one")
    scene.settle()
    assert not taking.ready()
    assert scene.of_kind(protocol.WANT)[-1]["present"] == 1
    scene.give(4)
    taking.join(5)
    assert taking.value == Iteration(4, 0, Phase.MEASURED)
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["taken"] == 1


def test_a_user_that_is_about_to_be_killed_gets_nothing_and_one_of_its_name_that_comes_later_does(
    scene: Scene,
) -> None:
    taking = gevent.spawn(scene.dispatcher.take, "one")
    scene.settle()
    scene.dispatcher.withdraw("one")
    scene.give(4)
    scene.settle()
    assert not taking.ready()
    taking.kill()
    scene.dispatcher.leave("one")
    assert scene.work().seq == 4


def test_users_are_those_here_and_those_elsewhere_whoever_tells(scene: Scene) -> None:
    scene.dispatcher.on_state({"open": None, "others": 5})
    assert scene.dispatcher.users == 5
    scene.dispatcher._leases.slots.join("one")
    assert scene.dispatcher.users == 6
    scene.give(0, others=7)
    assert scene.dispatcher.users == 8
    scene.dispatcher.on_state({"open": [clock(), 1.0], "others": 8})
    assert scene.dispatcher.users == 9
    scene.beat(others=9)
    assert scene.dispatcher.users == 10
    scene.dispatcher.leave("one")
    assert scene.dispatcher.users == 9


def test_the_barrier_opens_once(scene: Scene) -> None:
    at = [clock(), 4711.0]
    for _ in range(2):
        scene.dispatcher.on_state({"open": at, "others": 0})
    assert (scene.opened, scene.dispatcher.barrier) == (1, at)


def test_from_the_barrier_to_the_end_the_collector_leaves_alone_what_was_there(scene: Scene) -> None:
    gc.unfreeze()
    scene.dispatcher.on_state({"open": [clock(), 1.0], "others": 0})
    assert gc.get_freeze_count() > 0
    scene.dispatcher.rest(0.0)
    assert gc.get_freeze_count() == 0


def test_a_barrier_whose_message_got_lost_opens_with_the_next_iterations_or_the_next_beat(scene: Scene) -> None:
    at = [clock(), 4711.0]
    scene.beat(open=at)
    assert (scene.opened, scene.dispatcher.barrier) == (1, at)
    assert scene.dispatcher.monitor.watch() is not None, "it watches itself from then on"
    other = Scene()
    other.dispatcher.on_lease({"epoch": 1, "iterations": [], "open": at, "others": 0})
    other.dispatcher.abandon()
    assert (other.opened, other.dispatcher.barrier) == (1, at)


def test_users_in_their_on_start_are_told_and_none_when_they_are_over(scene: Scene) -> None:
    scene.dispatcher.starting(2)
    scene.settle()
    assert (scene.of_kind(protocol.WANT)[-1]["starting"], scene.of_kind(protocol.WANT)[-1]["present"]) == (2, 0)
    scene.dispatcher.starting(0)
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["starting"] == 0


def test_what_its_users_want_is_told_again_when_it_got_lost(scene: Scene) -> None:
    scene.trouble = ConnectionError("mended")
    scene.dispatcher._leases.slots.join("one")
    scene.dispatcher._news.set()
    scene.settle()
    scene.trouble = None
    assert scene.of_kind(protocol.WANT) == []
    scene.beat()
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["joined"] == 1


def test_an_echo_says_whether_nothing_starts_any_more(scene: Scene) -> None:
    scene.beat()
    scene.dispatcher.close()
    scene.beat()
    assert [echo["closed"] for echo in scene.of_kind(protocol.ECHO)] == [False, True]


def test_rows_are_told_and_held_until_they_are_acknowledged(scene: Scene) -> None:
    scene.give(0, 1)
    iterations = [scene.work(), scene.work()]
    scene.settle()
    assert sum(len(protocol.unpack_rows(data["rows"], ())) for data in scene.of_kind(protocol.SAMPLES)) == 2
    assert set(scene.dispatcher._leases.held) == set(iterations)
    scene.dispatcher.on_ack({"rows": 2, "ended": False})
    assert scene.dispatcher._leases.held == []
    assert not scene.dispatcher.rows.done


def test_what_is_not_acknowledged_is_told_again_with_its_texts(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sender, "UNANSWERED_S", 0.0)
    scene.give(0)
    scene.work()
    scene.settle()
    scene.beat()
    scene.settle()
    first, again = scene.of_kind(protocol.SAMPLES)
    assert (first["first"], again["first"], again["texts_from"]) == (0, 0, 0)


def test_what_its_master_could_not_place_is_told_again_at_once_with_its_texts(scene: Scene) -> None:
    scene.give(0, 1)
    scene.work()
    scene.work()
    scene.settle()
    before = len(scene.of_kind(protocol.SAMPLES))
    scene.dispatcher.on_ack({"rows": 1, "ended": False, "again": True})
    scene.settle()
    told = scene.of_kind(protocol.SAMPLES)[before:]
    assert [data["first"] for data in told] == [1]
    assert told[0]["texts_from"] == 0


def test_many_texts_go_before_the_rows_that_point_to_them_in_messages_of_bounded_size(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_sender, "CHARACTERS_AT_ONCE", 100)
    for seq in range(10):
        sample = sample_of(Iteration(seq, 0, Phase.MEASURED), clock() - 2, clock() - 1, ErrorKind.TRUNCATED)
        scene.dispatcher.table.append(replace(sample, error=f"{seq}" * 60))
    scene.dispatcher._news.set()
    scene.settle()
    told = scene.of_kind(protocol.SAMPLES)
    assert [len(protocol.unpack_rows(one["rows"], ())) for one in told] == [0, 0, 0, 0, 10]
    assert [one["texts_from"] for one in told] == [0, 2, 4, 6, 8]
    assert [text for one in told for text in one["texts"]] == [f"{seq}" * 60 for seq in range(10)]
    scene.dispatcher.conclude()
    assert [one["last"] for one in scene.of_kind(protocol.SAMPLES)][len(told) :] == [True]


def test_of_a_long_transcript_the_beginning_is_told(scene: Scene) -> None:
    scene.dispatcher.finish(
        Iteration(0, 0, Phase.MEASURED), sample_of(Iteration(0, 0, Phase.MEASURED), 1.0, 2.0), "x" * 10**6
    )
    assert scene.dispatcher.first_transcript == "x" * protocol.LONGEST_TRANSCRIPT


def test_a_broken_connection_loses_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sender, "UNANSWERED_S", 0.0)
    scene.give(0)
    scene.trouble = ConnectionError("mended")
    scene.work()
    scene.settle()
    scene.trouble = None
    scene.dispatcher._news.set()
    scene.settle()
    assert len(scene.of_kind(protocol.SAMPLES)) == 1
    assert scene.dispatcher.errors == 0


def test_an_exception_in_its_correspondence_is_counted_told_and_not_the_end(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.trouble = TypeError("can't be packed")
    scene.give(0)
    scene.work()
    scene.settle()
    scene.trouble = None
    scene.beat()
    assert scene.of_kind(protocol.ECHO)[-1]["errors"] == scene.dispatcher.errors >= 1
    assert "telling the master failed: TypeError" in caplog.text
    scene.dispatcher._news.set()
    scene.settle()
    assert scene.of_kind(protocol.SAMPLES)[-1]["errors"] == scene.dispatcher.errors


def test_the_last_row_is_told_as_such_even_when_the_first_words_fail(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_sender, "UNANSWERED_S", 0.0)
    scene.give(0)
    scene.work()
    scene.dispatcher.close()
    scene.trouble = ConnectionError("mended")
    scene.dispatcher.conclude()
    assert scene.dispatcher.rows.ended
    scene.trouble = None
    scene.beat()
    scene.settle()
    assert scene.of_kind(protocol.SAMPLES)[-1]["last"] is True
    scene.dispatcher.on_ack({"rows": 1, "ended": True})
    assert scene.dispatcher.rows.done


def test_the_last_rows_say_which_iterations_were_started_and_have_none(scene: Scene) -> None:
    """Nothing else needs to get through; what was never started is not among them."""
    scene.give(0, 1, 2, 3)
    done = scene.work()
    started = scene.dispatcher.take("two")
    scene.settle()
    assert scene.of_kind(protocol.SAMPLES)[-1]["held"] is None
    scene.said.clear()
    scene.dispatcher.conclude()
    assert [kind for kind, _ in scene.said] == [protocol.SAMPLES]
    assert set(protocol.unpack_iterations(scene.said[0][1]["held"])) == {done, started}


def test_users_that_wait_for_an_iteration_are_told_until_they_have_one(scene: Scene) -> None:
    taking = gevent.spawn(scene.dispatcher.take, "one")
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["waiting"] == 1
    scene.said.clear()
    scene.beat()
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["waiting"] == 1, "the first word may have been lost"
    gone = gevent.spawn(scene.dispatcher.take, "two")
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["waiting"] == 2
    gone.kill()
    scene.give(0)
    taking.join(5)
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["waiting"] == 0


def test_out_of_touch_nothing_starts(scene: Scene) -> None:
    scene.give(0, 1)
    scene.dispatcher._heard_s -= protocol.FENCE_S + 0.1
    taking = gevent.spawn(scene.dispatcher.take, "one")
    scene.settle()
    assert not taking.ready()
    assert scene.dispatcher._leases.epoch > 1, "others may have its iterations"
    scene.beat()
    scene.give(2)
    taking.join(5)
    assert taking.value.seq == 2


def test_a_lease_that_was_taken_away_is_given_up_a_newer_one_is_not(scene: Scene) -> None:
    scene.give(0, 1)
    scene.dispatcher.on_void({"epoch": 0})
    assert scene.dispatcher._leases.epoch == 1
    scene.dispatcher.on_void({"epoch": 1})
    assert (scene.dispatcher._leases.epoch, scene.dispatcher._leases.received) == (2, 0)
    scene.settle()
    assert scene.of_kind(protocol.WANT)[-1]["held"] == []


def test_iterations_that_got_lost_on_the_way_are_asked_for_anew(scene: Scene) -> None:
    scene.give(0)
    scene.beat(granted=3)
    assert scene.dispatcher._leases.epoch == 2


def test_it_waits_for_what_is_in_flight_and_not_for_ever(scene: Scene) -> None:
    scene.give(0)
    iteration = scene.dispatcher.take("one")
    began_s = clock()
    scene.dispatcher.rest(0.05)
    assert 0.04 < clock() - began_s < 1
    resting = gevent.spawn(scene.dispatcher.rest, 60.0)
    scene.dispatcher.finish(iteration, sample_of(iteration, clock() - 2, clock() - 1), None)
    resting.join(5)
    assert resting.ready()


def test_an_iteration_carries_the_number_of_its_slot_on_this_worker(scene: Scene) -> None:
    scene.give(7, 8, 9)
    assert [scene.work(slot).slot for slot in ("one", "two")] == [0, 1]
    scene.dispatcher.leave("one")
    assert scene.work("three").slot == 0


def test_a_row_may_begin_when_it_was_due_though_this_worker_was_not_there_yet(scene: Scene) -> None:
    due_s = clock() - 60
    for iteration in Iteration(0, 1, Phase.MEASURED, due_s=due_s), Iteration(1, 0, Phase.MEASURED):
        sample = replace(sample_of(iteration, due_s, clock()), sent_s=clock() - 0.1)
        scene.dispatcher.finish(iteration, sample, None)
    assert [row.ok for row in scene.dispatcher.table.snapshot()] == [True, False]


def stages_of_users(scene: Scene, *stages: tuple[float, float, float]) -> None:
    load = ClosedLoop(users=8, request_delay_s=0.0, stages=stages_of(stages))
    scene.dispatcher.follow(load, timetable_of(load, 1), 0, lambda _: 10.0)


def test_of_stages_of_users_a_worker_has_every_other_user_and_says_which_stage_it_was(scene: Scene) -> None:
    stages_of_users(scene, (3, 3, 60.0), (8, 8, 60.0))
    state = {"open": [clock(), 1.0], "others": 0, "place": [1, 2], "connect": 0}
    scene.dispatcher.on_state(state)
    users = [gevent.spawn(scene.dispatcher.take, f"user {n}") for n in range(4)]
    gevent.sleep(0)
    scene.give(*range(10))
    scene.settle()
    (took,) = [user.value for user in users if user.ready()]
    assert (took.stage, took.phase, took.slot) == (0, Phase.SETTLING, 0), "the 3 users are 0, 1 and 2; it has 1"
    scene.dispatcher.on_state(state | {"place": [0, 2]})
    scene.settle()
    assert len([user for user in users if user.ready()]) == 2, "now it has 0 and 2"
    gevent.killall(users)


def test_slots_on_top_open_their_connections_when_the_barrier_opens(scene: Scene) -> None:
    load = open_loop((1.0, 1.0, None))
    scene.dispatcher.follow(load, timetable_of(load, 1), 0, lambda _: 10.0)
    opened: list[str] = []
    users = []
    for name in ("first", "second", "third"):
        users.append(gevent.spawn(scene.dispatcher.take, name, lambda name=name: opened.append(name)))
        gevent.sleep(0)
    scene.dispatcher.on_state({"open": [clock(), 1.0], "others": 0, "place": [0, 1], "connect": 2})
    scene.settle()
    assert sorted(opened) == ["second", "third"], "who has come last goes first"
    gevent.killall(users)


def test_out_of_touch_a_worker_drops_nothing_as_others_may_have_it(scene: Scene) -> None:
    load = open_loop((1.0, 1.0, None), max_lag_s=0.5)
    scene.dispatcher.follow(load, timetable_of(load, 1), 0, lambda _: 10.0)
    scene.dispatcher.on_state({"open": [clock() - 10.0, 1.0], "others": 0, "place": [0, 1], "connect": 0})
    scene.dispatcher._leases.slots.join("at work")
    scene.dispatcher._heard_s -= protocol.FENCE_S + 0.1
    scene.give(0, 1)
    assert scene.dispatcher.lapses_s() is None
    gevent.sleep(0.15)
    assert len(scene.dispatcher.table) == 0
    assert scene.dispatcher.overdue(clock()) == []
    scene.beat()
    scene.settle()
    assert len(scene.dispatcher.table) == 0, "they are given back"
    scene.give(2)
    gevent.sleep(0.15)
    (dropped,) = scene.dispatcher.table.snapshot()
    assert (dropped.seq, dropped.error_kind, dropped.sent_s) == (2, ErrorKind.DROPPED, None)

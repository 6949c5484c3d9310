"""What a master keeps of one worker in one run."""

from __future__ import annotations

import pytest

from stt_load.cluster.member import Member
from stt_load.cluster.worker_state import WorkerState
from stt_load.load.iteration import Iteration
from stt_load.samples.run_info import Clock
from stt_load.samples.sample import ErrorKind, Phase


@pytest.fixture
def worker_state() -> WorkerState:
    return WorkerState(Member("a", "a:1", False, 0.0, fit=True), number=3)


def test_its_clock_is_the_one_with_the_largest_error_that_a_row_was_placed_with(worker_state: WorkerState) -> None:
    worker_state.member.trips.add(0.0, 10.5, 1.0)
    assert worker_state.clock == Clock(offset_s=10.0, error_s=0.5), "as it is, while there are no rows"
    worker_state.place()
    assert worker_state.clock == Clock(offset_s=10.0, error_s=0.5)
    worker_state.member.trips.add(2.0, 12.11, 2.2)
    assert worker_state.member.clock == Clock(offset_s=pytest.approx(10.01), error_s=pytest.approx(0.1))
    worker_state.place()
    assert worker_state.clock == Clock(offset_s=10.0, error_s=0.5)


def test_one_that_shares_this_clock_has_none_to_tell_of(worker_state: WorkerState) -> None:
    worker_state.member.same_boot = True
    worker_state.member.trips.add(0.0, 0.51, 1.0)
    worker_state.place()
    assert worker_state.clock is None


def test_it_is_idle_while_it_owes_something_and_nothing_comes(worker_state: WorkerState) -> None:
    assert worker_state.idle(1.0, owed=0) == 0.0
    assert worker_state.idle(1.0, owed=2) == 1.0
    assert worker_state.idle(1.0, owed=2) == 2.0
    worker_state.told(taken=1)
    assert worker_state.idle(1.0, owed=2) == 1.0, "it has started one"
    worker_state.told(taken=1)
    assert worker_state.idle(1.0, owed=2) == 2.0, "that is no news"
    worker_state.returned(pause_s=0.5)
    assert worker_state.idle(1.0, owed=1) == 1.0
    assert worker_state.idle(1.0, owed=0) == 0.0


def test_its_longest_pause_stays(worker_state: WorkerState) -> None:
    for pause_s in (0.5, 60.0, 1.0):
        worker_state.returned(pause_s)
    assert worker_state.longest_pause_s == 60.0


def test_one_that_is_back_before_it_was_given_up_has_to_say_how_many_users_it_has(worker_state: WorkerState) -> None:
    worker_state.silent = True
    assert worker_state.pending
    worker_state.absent = worker_state.gone = True
    assert not worker_state.pending, "Locust has given its users to others"
    worker_state.gone = False
    worker_state.ended = True
    assert not worker_state.pending


def test_of_what_it_does_not_hold_nobody_will_ever_tell(worker_state: WorkerState) -> None:
    worker_state.missing = {Iteration(seq, 0, Phase.MEASURED): 25.0 for seq in range(3)}
    worker_state.holds([Iteration(1, 0, Phase.MEASURED), Iteration(7, 0, Phase.MEASURED)])
    assert worker_state.missing == {Iteration(1, 0, Phase.MEASURED): 25.0}


def test_its_last_word_on_what_it_has_seen_of_itself_stays(worker_state: WorkerState) -> None:
    worker_state.watched({"errors": 2, "watch": None})
    worker_state.ended = True
    worker_state.watched({"errors": 1, "watch": {"nothing": "of use any more"}})
    assert (worker_state.errors, worker_state.watch) == (2, None)


def test_what_was_never_heard_of_is_a_row_that_counts_for_nothing(worker_state: WorkerState) -> None:
    worker_state.missing = {Iteration(7, 1, Phase.MEASURED): 25.0}
    (sample,) = worker_state.lost_tries(origin_s=20.0, audio_s=lambda seq: 10.0 + seq)
    assert (sample.seq, sample.attempt, sample.worker, sample.start_s, sample.audio_s) == (7, 1, 3, 5.0, 17.0)
    assert (sample.phase, sample.error_kind, sample.sent_s) == (Phase.OUTSIDE, ErrorKind.LOST, None)

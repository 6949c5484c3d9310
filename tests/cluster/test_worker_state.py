"""What a master keeps of one worker in one run."""

from __future__ import annotations

import pytest

from stt_load.cluster.registry import Member
from stt_load.cluster.worker_state import Recruit
from stt_load.load.budget import Job
from stt_load.samples.run_info import Clock
from stt_load.samples.sample import ErrorKind, Phase


@pytest.fixture
def recruit() -> Recruit:
    return Recruit(Member("a", "a:1", False, 0.0, fit=True), number=3)


def test_its_clock_is_the_one_with_the_largest_error_that_a_row_was_placed_with(recruit: Recruit) -> None:
    recruit.member.trips.add(0.0, 10.5, 1.0)
    assert recruit.clock == Clock(offset_s=10.0, error_s=0.5), "as it is, while there are no rows"
    assert recruit.place() == recruit.clock
    recruit.member.trips.add(2.0, 12.11, 2.2)
    assert recruit.place() == Clock(offset_s=pytest.approx(10.01), error_s=pytest.approx(0.1))
    assert recruit.clock == Clock(offset_s=10.0, error_s=0.5)


def test_one_that_shares_this_clock_has_none_to_tell_of(recruit: Recruit) -> None:
    recruit.member.same_boot = True
    recruit.member.trips.add(0.0, 0.51, 1.0)
    recruit.place()
    assert recruit.clock is None


def test_it_is_idle_while_it_owes_something_and_nothing_comes(recruit: Recruit) -> None:
    assert recruit.idle(1.0, owed=0) == 0.0
    assert recruit.idle(1.0, owed=2) == 1.0
    assert recruit.idle(1.0, owed=2) == 2.0
    recruit.told(taken=1)
    assert recruit.idle(1.0, owed=2) == 1.0, "it has started one"
    recruit.told(taken=1)
    assert recruit.idle(1.0, owed=2) == 2.0, "that is no news"
    recruit.returned(pause_s=0.5)
    assert recruit.idle(1.0, owed=1) == 1.0
    assert recruit.idle(1.0, owed=0) == 0.0


def test_its_longest_pause_stays(recruit: Recruit) -> None:
    for pause_s in (0.5, 60.0, 1.0):
        recruit.returned(pause_s)
    assert recruit.longest_pause_s == 60.0


def test_one_that_is_back_before_it_was_given_up_has_to_say_how_many_users_it_has(recruit: Recruit) -> None:
    recruit.silent = True
    assert recruit.pending
    recruit.absent = recruit.gone = True
    assert not recruit.pending, "Locust has given its users to others"
    recruit.gone = False
    recruit.ended = True
    assert not recruit.pending


def test_of_what_it_does_not_hold_nobody_will_ever_tell(recruit: Recruit) -> None:
    recruit.missing = {Job(seq, 0, Phase.MEASURED): 25.0 for seq in range(3)}
    recruit.holds([Job(1, 0, Phase.MEASURED), Job(7, 0, Phase.MEASURED)])
    assert recruit.missing == {Job(1, 0, Phase.MEASURED): 25.0}


def test_its_last_word_on_what_it_has_seen_of_itself_stays(recruit: Recruit) -> None:
    recruit.watched({"errors": 2, "watch": None})
    recruit.ended = True
    recruit.watched({"errors": 1, "watch": {"nothing": "of use any more"}})
    assert (recruit.errors, recruit.watch) == (2, None)


def test_what_was_never_heard_of_is_a_row_that_counts_for_nothing(recruit: Recruit) -> None:
    recruit.missing = {Job(7, 1, Phase.MEASURED): 25.0}
    (sample,) = recruit.lost_tries(origin_s=20.0, audio_s=10.0)
    assert (sample.seq, sample.attempt, sample.worker, sample.start_s) == (7, 1, 3, 5.0)
    assert (sample.phase, sample.error_kind, sample.sent_s) == (Phase.OUTSIDE, ErrorKind.LOST, None)

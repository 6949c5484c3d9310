"""Stages of users."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.user_stages import UserStages
from stt_load.samples.sample import Phase
from tests.load.timetables import stages_of

STAGES = stages_of([(2, 2, 10), (2, 8, 60), (3, 3, 10)])
users = st.integers(0, 40)
profiles = st.lists(st.tuples(users, users, st.floats(0.5, 100)), min_size=1, max_size=4)


def test_how_many_users_there_are_at_which_time() -> None:
    stages = UserStages(STAGES)
    assert [stages.users(at_s) for at_s in (-1, 0, 9.9, 10, 14.9, 15, 40, 69.9, 70, 79.9)] == (
        [2, 2, 2, 2, 2, 3, 5, 8, 3, 3]
    )
    assert stages.ends_s == 80


def test_the_first_slots_are_at_work_and_after_the_end_none_is() -> None:
    stages = UserStages(STAGES)
    assert [stages.admits(number, 5.0) for number in range(4)] == [True, True, False, False]
    assert [stages.admits(number, 72.0) for number in range(4)] == [True, True, True, False]
    assert not stages.admits(0, 80.0)


def test_slots_of_several_processes_are_dealt_out_in_turn() -> None:
    parts = [UserStages(STAGES, part, 3) for part in range(3)]
    for at_s in (0, 20, 30, 69, 75):
        at_work = [sum(one.admits(number, at_s) for number in range(8)) for one in parts]
        assert sum(at_work) == parts[0].users(at_s)
        assert max(at_work) - min(at_work) <= 1


def test_the_first_of_each_stage_settle_two_for_each_user_it_begins_with() -> None:
    stages = UserStages(STAGES)
    taken = [stages.take(1.0) for _ in range(6)] + [stages.take(11.0) for _ in range(6)]
    assert taken == [
        *[(0, Phase.SETTLING)] * 4,
        *[(0, Phase.MEASURED)] * 2,
        *[(1, Phase.SETTLING)] * 4,
        *[(1, Phase.MEASURED)] * 2,
    ]
    shared = UserStages(STAGES, 1, 2)
    assert [shared.take(71.0)[1] for _ in range(3)] == [Phase.SETTLING, Phase.SETTLING, Phase.MEASURED]


@pytest.mark.parametrize(
    ("at_s", "grows_s"), [(0, 15), (10, 15), (15, 25), (14.99, 15), (64.9, 65), (65.1, None), (70, None), (99, None)]
)
def test_when_there_will_be_more(at_s: float, grows_s: float | None) -> None:
    assert UserStages(STAGES).grows_s(at_s) == (None if grows_s is None else pytest.approx(grows_s))


def test_a_later_stage_that_begins_with_more_is_not_missed() -> None:
    stages = UserStages(stages_of([(5, 1, 10), (1, 2, 10), (6, 6, 10)]))
    assert stages.grows_s(0.0) == 20
    # At 8 s there are 2, which the ramp of the second stage never passes.
    assert stages.grows_s(8.0) == 20
    assert stages.grows_s(9.99) == pytest.approx(15)


@given(profiles, st.floats(0, 1))
def test_between_now_and_then_there_are_never_more(profile: list[tuple[int, int, float]], share: float) -> None:
    stages = UserStages(stages_of(profile))
    at_s = share * stages.ends_s
    grows_s, now = stages.grows_s(at_s), stages.users(at_s)
    until_s = stages.ends_s if grows_s is None else grows_s
    for step in range(1, 200):
        between_s = at_s + (until_s - at_s) * step / 200
        if between_s < until_s - 1e-6:
            assert stages.users(between_s) <= now
    if grows_s is not None:
        assert grows_s > at_s
        assert stages.users(math.nextafter(grows_s, math.inf) + 1e-6) > now or grows_s + 1e-6 > stages.ends_s

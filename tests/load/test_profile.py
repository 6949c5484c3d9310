"""How a load goes with the time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.profile import Profile
from tests.load.timetables import stages_of

THREE = Profile(stages_of([(5, 5, 60), (5, 20, 120), (20, 20, 60)]))
rates = st.floats(0, 1_000).map(lambda rate: round(rate, 3))
lengths = st.floats(0.1, 1_000).map(lambda length: round(length, 2))
profiles = st.lists(st.tuples(rates, rates, lengths), min_size=1, max_size=5).filter(
    lambda stages: any(first + last > 0 for first, last, _ in stages)
)


def test_it_goes_evenly_from_one_end_of_a_stage_to_the_other() -> None:
    assert [THREE.value(at_s) for at_s in (0, 59, 60, 120, 180, 239, 240, 500)] == [5, 5, 5, 12.5, 20, 20, 20, 20]
    assert [THREE.stage_at(at_s) for at_s in (0, 59.9, 60, 179.9, 180, 240, 500)] == [0, 0, 1, 1, 2, 2, 2]
    assert THREE.ends_s == 240


def test_what_it_adds_up_to() -> None:
    # 5 x 60; a ramp adds its mean, 12.5 x 120; 20 x 60.
    assert [THREE.sum_before(stage) for stage in (0, 1, 2, 3)] == [0, 300, 1_800, 3_000]
    # In the middle of the ramp: 300 + 60 s at 5 to 12.5, which is 8.75 on the average.
    assert [THREE.sum_until(at_s) for at_s in (-0.5, 0, 30, 60, 120, 240, 999)] == [0, 0, 150, 300, 825, 3_000, 3_000]
    assert Profile(stages_of([(0.1, 0.1, 30)])).sum_until(30) == 3, "and not 3.0000000000000004"


def test_a_rate_without_an_end_goes_on() -> None:
    profile = Profile(stages_of([(12, 12, None)]))
    assert (profile.when(24), profile.sum_until(100), profile.ends_s, profile.stage_of(1e9)) == (
        2,
        1_200,
        math.inf,
        0,
    )


def test_a_boundary_belongs_to_the_later_stage_and_one_without_arrivals_has_none() -> None:
    profile = Profile(stages_of([(5, 5, 2), (0, 0, 10), (5, 5, 2)]))
    assert [profile.stage_of(total) for total in (0, 9, 10, 19)] == [0, 0, 2, 2]
    assert [profile.when(total) for total in (0, 9, 10, 19)] == [0, 1.8, 12, 13.8]


def test_after_its_end_the_last_rate_goes_on_and_none_comes_at_none() -> None:
    assert THREE.when(3_020) == 241
    assert Profile(stages_of([(10, 0, 2)])).when(11) == math.inf


@given(profiles, st.floats(0, 1))
def test_when_is_the_inverse_of_the_sum(stages: list[tuple[float, float, float]], share: float) -> None:
    profile = Profile(stages_of(stages))
    total = share * profile.sum_before(len(stages)) * 0.999
    at_s = profile.when(total)
    assert 0 <= at_s <= profile.ends_s
    assert profile.sum_until(at_s) == pytest.approx(total, abs=1e-6, rel=1e-9)


@given(profiles)
def test_it_never_goes_back(stages: list[tuple[float, float, float]]) -> None:
    profile = Profile(stages_of(stages))
    last = profile.sum_before(len(stages))
    instants = [profile.when(last * step / 50) for step in range(50)]
    assert instants == sorted(instants)

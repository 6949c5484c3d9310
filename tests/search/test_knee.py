"""Where more load brings waiting instead of throughput."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.samples.levels import Axis
from stt_load.search.knee import Point, knee, points
from stt_load.stats.model import Summary
from stt_load.stats.summary import summarise
from tests.factory import AT_A_RATE, NO_PAUSE, table
from tests.stats.judging import OBSERVED


def test_four_slots_have_it_at_four_users() -> None:
    """Each takes a second: up to four users throughput grows with them, beyond it doesn't."""
    some = [Point(users, min(users, 4), users) for users in (1, 2, 4, 8, 16)]
    assert knee(some) == 4


def test_a_rate_has_it_where_what_is_in_flight_grows_faster() -> None:
    in_flight = {1: 1.0, 2: 2.1, 3: 3.9, 3.5: 9.0}
    assert knee([Point(rate, rate, busy) for rate, busy in in_flight.items()]) == 3


def test_there_is_none_where_throughput_always_grows() -> None:
    assert knee([Point(users, users, users) for users in (1, 2, 4)]) is None
    assert knee([]) is None


def test_what_does_less_with_less_in_flight_is_none() -> None:
    """A higher rate of which most is refused at once: nothing waits there."""
    assert knee([Point(8, 8.0, 8.0), Point(16, 2.0, 4.0)]) is None


def test_a_step_that_is_flat_by_chance_is_none_where_throughput_grows_above_it() -> None:
    assert knee([Point(1, 1.0, 1), Point(2, 1.1, 2), Point(4, 4.0, 4), Point(8, 8.0, 8)]) is None


def test_it_is_the_lowest_of_those_between_which_nothing_grows() -> None:
    slots = 8
    assert knee([Point(users, min(users, slots), users) for users in (1, 2, 4, 8, 11, 12, 13, 16)]) == slots


@pytest.mark.parametrize("second", [4, 16])
def test_levels_that_are_far_apart_do_not_tell_where_between_them_it_is(second: int) -> None:
    """Two slots: four users do twice as much as one."""
    assert knee([Point(1, 1.0, 1), Point(second, 2.0, second)]) is None


def level(rate: float, mean_s: float, n: int = 100, users: int = 1, *, is_open: bool = False) -> Summary:
    samples = table(np.arange(n) / rate, mean_s, users=users, audio_s=10.0)
    return summarise(samples, users=users, load=AT_A_RATE if is_open else NO_PAUSE, generator=OBSERVED)


def test_of_users_little_s_law_tells_what_they_do_however_short_the_level_was() -> None:
    (point,) = points([(8, level(3.0, 0.5, users=8))], "users")
    assert (point.value, point.rps, point.in_flight) == pytest.approx((8, 16, 8))
    (pausing,) = points([(8, level(3.0, 0.5, users=8))], "users", pause_s=1.5)
    assert (pausing.rps, pausing.in_flight) == pytest.approx((4, 2))


@pytest.mark.parametrize(("axis", "unit"), [("rate", 1.0), ("audio_rate", 10.0)])
def test_of_arrivals_chance_makes_no_difference_and_what_a_service_can_not_do_does(axis: Axis, unit: float) -> None:
    asked = 10.0 * unit
    (by_chance,) = points([(asked, level(8.0, 0.5, is_open=True))], axis)
    assert by_chance.rps == asked
    (too_much,) = points([(asked, level(5.0, 2.0, is_open=True))], axis)
    assert too_much.rps == pytest.approx(5.0 * unit, rel=0.1)


def test_of_nothing_that_was_answered_there_is_none() -> None:
    assert points([(1, summarise(table([], []), users=1, load=NO_PAUSE, generator=OBSERVED))], "users") == ()

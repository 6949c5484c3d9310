"""From one level to the next."""

from __future__ import annotations

from stt_load.search.steps import Steps

USERS = Steps("users", 0.1, None)
RATE = Steps("rate", 0.1, None)


def test_users_are_whole_and_none_lies_between_neighbours() -> None:
    assert USERS.between(4, 8) == 6
    assert USERS.between(6, 7) is None
    assert USERS.between(100, 110) is None
    assert USERS.between(100, 112) == 106


def test_rates_have_three_digits() -> None:
    assert RATE.between(4, 8) == 5.66
    assert RATE.between(5.0, 5.5) is None


def test_an_end_moves_further_with_each_try() -> None:
    assert [USERS.below(100, times) for times in range(3)] == [91, 83, 71]
    assert [USERS.above(100, times) for times in range(3)] == [110, 120, 140]


def test_users_move_by_one_at_least_and_never_to_none() -> None:
    assert (USERS.below(4, 0), USERS.above(4, 0)) == (3, 5)
    assert USERS.below(1, 0) is None


def test_nothing_is_above_the_highest_level() -> None:
    limited = Steps("users", 0.1, 20)
    assert limited.doubled(16) == 20
    assert limited.above(19, 3) == 20
    assert limited.above(20, 0) is None
    assert Steps("rate", 0.1, 20).above(19.5, 0) == 20

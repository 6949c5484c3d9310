"""Which levels a search tries, one after the other, and what it answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.samples.levels import Confirmed, Tier, Trial
from stt_load.search.search import HALVINGS, MORE_TRIES
from stt_load.search.strategy import Spent, Tried
from tests.search.trying import P95, answered, doubted, search, summary, tried, up_to

BOTH = Confirmed(True, True)
EARLY: list[tuple[float, Tier]] = [(1, "screen"), (2, "screen"), (4, "screen")]
USERS = [float(2**power) for power in range(10)]
"""With which a search of a rate begins."""


def test_it_doubles_then_halves_and_confirms_both_ends() -> None:
    one = search()
    levels = answered(one, up_to(11))
    assert levels == [
        *((value, "screen") for value in (1, 2, 4, 8, 16, 11, 13, 12)),
        (11, "confirm"),
        (12, "confirm"),
    ]
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.confirmed, answer.limited) == (11, 12, BOTH, None)
    assert (answer.binding, answer.boundary, answer.monotone, answer.mode) == (P95, "slope", True, "default")


def test_levels_that_short_looks_can_t_tell_lean() -> None:
    one = search()
    answered(one, up_to(11, leans=True))
    assert (one.answer().carries, one.answer().fails_at, one.answer().confirmed) == (11, 12, BOTH)


def test_an_end_that_is_not_confirmed_moves_outwards() -> None:
    """100 and 112 seem to be the ends; only 83 passes for certain, and 134 fails."""

    def of(trial: Trial) -> Tried:
        if trial.tier == "screen":
            return tried(trial.value, "pass" if trial.value <= 100 else "fail")
        outcome = "pass" if trial.value <= 83 else "fail" if trial.value >= 130 else "open"
        return tried(trial.value, outcome)  # type: ignore[arg-type]

    one = search(start=100)
    levels = [value for value, tier in answered(one, of) if tier == "confirm"]
    answer = one.answer()
    assert levels[:3] == [100, 91, 76]
    assert (answer.carries, answer.confirmed) == (76, BOTH)
    assert answer.fails_at == max(levels)
    assert answer.fails_at >= 130


def test_a_lower_end_that_fails_is_the_upper_one() -> None:
    def of(trial: Trial) -> Tried:
        edge = 100 if trial.tier == "screen" else 95
        return tried(trial.value, "pass" if trial.value <= edge else "fail")

    one = search(start=100)
    levels = [value for value, tier in answered(one, of) if tier == "confirm"]
    assert levels == [100, 91]
    assert (one.answer().carries, one.answer().fails_at) == (91, 100)


def test_a_service_whose_first_level_fails_carries_nothing() -> None:
    one = search()
    assert answered(one, up_to(0)) == [(1, "screen"), (1, "confirm")]
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.confirmed) == (None, 1, Confirmed(False, True))


def test_a_first_level_that_only_seems_to_fail_is_gone_on_from() -> None:
    one = search()

    def of(trial: Trial) -> Tried:
        edge = 0 if trial.tier == "screen" else 1
        return tried(trial.value, "pass" if trial.value <= edge else "fail")

    assert answered(one, of) == [(1, "screen"), (1, "confirm"), (2, "confirm")]
    assert (one.answer().carries, one.answer().fails_at) == (1, 2)


def test_it_goes_no_higher_than_it_may() -> None:
    one = search(to=20)
    levels = answered(one, up_to(1_000))
    assert levels == [*((value, "screen") for value in (1, 2, 4, 8, 16, 20)), (20, "confirm")]
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (20, None, "to")
    assert answer.confirmed == Confirmed(True, False)


def test_what_is_asked_for_is_tried_where_it_lies_between() -> None:
    one = search("rate", start=10, at_least=10.9)
    levels = answered(one, up_to(10.95))
    assert (10.9, "confirm") in levels
    assert one.answer().carries == 10.9


@pytest.mark.parametrize(
    ("of", "limited"), [({"max_time_s": 35}, "max_time"), ({"max_requests": 350}, "max_requests")]
)
def test_without_time_or_requests_it_says_what_is_known(of: dict[str, int], limited: str) -> None:
    one = search(**of)  # type: ignore[arg-type]
    assert answered(one, up_to(4)) == [(1, "screen"), (2, "screen"), (4, "screen"), (8, "screen")]
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (4, 8, limited)
    assert answer.confirmed == Confirmed(False, False)
    assert one.is_spent(Spent(40, 400))
    assert not one.is_spent(Spent(30, 300))


def test_an_interrupted_one_says_what_is_known() -> None:
    one = search()
    for value in (1.0, 2.0):
        assert one.next(Spent()) is not None
        one.took(tried(value, "pass"))
    answer = one.answer("interrupted")
    assert (answer.carries, answer.fails_at, answer.limited) == (2, None, "interrupted")


@pytest.mark.parametrize("outcome", ["pass", "open"])
def test_a_generator_in_doubt_ends_it_unless_the_level_fails(outcome: str) -> None:
    one = search()

    def of(trial: Trial) -> Tried:
        if trial.value < 8:
            return tried(trial.value, "pass")
        return tried(trial.value, outcome, leans="pass", found=doubted(summary(users=8)))  # type: ignore[arg-type]

    assert answered(one, of)[-3:] == [(4, "screen"), (8, "screen"), (8, "screen")]
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (4, None, "generator")


def test_a_failure_of_a_generator_in_doubt_is_no_end() -> None:
    """It shows where to look; what it is to confirm, it can't."""
    one = search()

    def of(trial: Trial) -> Tried:
        found = summary(2.5, users=int(trial.value))
        return tried(trial.value, "pass") if trial.value <= 4 else tried(trial.value, "fail", found=doubted(found))

    levels = answered(one, of)
    assert levels[-3:] == [(4, "confirm"), (5, "confirm"), (5, "confirm")]
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (4, None, "generator")
    assert answer.confirmed == Confirmed(True, False)


def test_a_generator_in_doubt_from_the_first_level_on_knows_nothing() -> None:
    one = search()
    found = doubted(summary(2.5), verdict="INVALID")
    assert answered(one, lambda trial: tried(trial.value, "fail", found=found)) == [(1, "screen")] * 2
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (None, None, "generator")


def test_too_few_samples_for_an_interval_are_no_doubt() -> None:
    one = search()
    found = doubted(summary(), "slo_samples")
    answered(one, lambda trial: replace(up_to(2)(trial), summary=found))
    assert (one.answer().carries, one.answer().fails_at) == (2, 3)


@pytest.mark.parametrize(("first_s", "mode"), [(1.0, "default"), (2.0, "quick"), (10.0, "coarse")])
def test_the_first_level_tells_how_much_can_be_done(first_s: float, mode: str) -> None:
    one = search(mode="auto", max_time_s=600)
    assert one.next(Spent()) is not None
    one.took(tried(1, "pass", found=summary(first_s)))
    assert one.answer().mode == mode


def test_coarse_doubles_and_confirms() -> None:
    one = search(mode="coarse")
    assert answered(one, up_to(11)) == [
        *((value, "screen") for value in (1, 2, 4, 8, 16)),
        (8, "confirm"),
        (16, "confirm"),
    ]
    assert one.answer().resolution == 1.0


def test_a_rate_without_a_beginning_is_halved_until_one_is_carried() -> None:
    def of(trial: Trial) -> Tried:
        return up_to(4 if trial.axis == "users" else 0.3)(trial)

    one = search("rate")
    levels = answered(one, of)
    first = 0.4 * 4 / 1.5
    assert [value for value, _ in levels[:5]] == [1, 2, 4, 8, float(f"{first:.3g}")]
    answer = one.answer()
    assert answer.axis == "rate"
    assert answer.carries is not None
    assert 0.25 <= answer.carries <= 0.3


def test_a_service_that_carries_no_user_is_found_to_carry_no_rate() -> None:
    one = search("rate")
    levels = [value for value, _ in answered(one, up_to(0))]
    assert levels[:3] == [1, 0.16, 0.08]
    assert len(levels) == 1 + 1 + HALVINGS + 1
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (None, levels[-1], None)


def test_users_that_nothing_is_known_of_tell_no_rate_to_begin_at() -> None:
    one = search("rate")
    found = doubted(summary())
    assert (
        answered(one, lambda trial: tried(trial.value, "pass", axis=trial.axis, found=found)) == [(1, "screen")] * 2
    )
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (None, None, "generator")


def test_a_rate_begins_no_higher_than_it_may_go() -> None:
    one = search("rate", to=0.5)
    levels = answered(one, up_to(100))
    assert [value for value, _ in levels if value not in USERS] == [0.5, 0.5]
    assert (one.answer().carries, one.answer().limited) == (0.5, "to")


def test_a_doubt_that_passes_costs_one_level() -> None:
    seen: list[Trial] = []

    def of(trial: Trial) -> Tried:
        seen.append(trial)
        is_first = trial.value in (4, 11) and trial not in seen[:-1]
        found = up_to(11)(trial)
        return replace(found, summary=doubted(found.summary, "schedule_lag")) if is_first else found

    one = search()
    levels = answered(one, of)
    assert levels[:5] == [*((value, "screen") for value in (1, 2, 4, 4, 8))]
    assert levels.count((11, "screen")) == levels.count((11, "confirm")) == 2
    assert (one.answer().carries, one.answer().fails_at, one.answer().confirmed) == (11, 12, BOTH)
    assert one.answer().limited is None


def test_an_end_that_nobody_can_tell_is_given_up_after_some_tries() -> None:
    def of(trial: Trial) -> Tried:
        return up_to(100)(trial) if trial.tier == "screen" else tried(trial.value, "open", leans="pass")

    one = search(start=100)
    levels = answered(one, of)
    assert len([tier for _, tier in levels if tier == "confirm"]) == 2 * (1 + MORE_TRIES)
    assert one.answer().confirmed == Confirmed(False, False)


def test_what_is_asked_for_and_was_looked_at_only_is_tested_for_long() -> None:
    """16 is a level on the way, and lies between the ends in the end."""

    def of(trial: Trial) -> Tried:
        found = up_to(17)(trial)
        is_open = trial.tier == "confirm" and 14 < trial.value <= 20 and trial.value != 16
        return tried(trial.value, "open", tier="confirm", leans="pass") if is_open else found

    one = search(at_least=16)
    levels = answered(one, of)
    assert (16, "screen") in levels
    assert levels[-1] == (16, "confirm")
    assert one.answer().carries == 16


def test_what_is_asked_for_and_was_tested_for_long_is_not_tested_again() -> None:
    def of(trial: Trial) -> Tried:
        is_open = trial.tier == "confirm" and trial.value == 100
        return tried(100, "open", tier="confirm", leans="pass") if is_open else up_to(100)(trial)

    one = search(start=100, at_least=100)
    levels = answered(one, of)
    assert levels.count((100, "confirm")) == 1
    answer = one.answer()
    assert answer.carries is not None
    assert answer.carries < 100


def gone(trial: Trial) -> Tried:
    found = summary(n=8, failed=8)
    return tried(trial.value, "fail", axis=trial.axis, found=found)


def test_a_service_that_is_gone_ends_it_and_its_last_levels_tell_nothing() -> None:
    """It goes after the level of 4; at 8, at 6 and at 5 nothing is answered, which may be the load. At 4 it isn't."""
    one = search()
    levels = answered(one, lambda trial: up_to(4)(trial) if (trial.value, trial.tier) in EARLY else gone(trial))
    assert levels == [*EARLY, (8, "screen"), (6, "screen"), (5, "screen"), (4, "confirm")]
    answer = one.answer()
    assert (answer.carries, answer.fails_at, answer.limited) == (4, None, "gone")
    assert answer.confirmed == Confirmed(False, False)


def test_a_service_that_is_gone_before_the_first_rate_is_found_out() -> None:
    one = search("rate")
    levels = answered(one, lambda trial: up_to(4)(trial) if trial.axis == "users" else gone(trial))
    assert len(levels) == 5
    assert (one.answer().carries, one.answer().fails_at, one.answer().limited) == (None, None, "gone")


def test_a_service_that_answers_nothing_from_the_beginning_is_not_gone() -> None:
    one = search()
    answered(one, gone)
    assert (one.answer().carries, one.answer().fails_at, one.answer().limited) == (None, 1, None)


def test_a_service_that_breaks_down_under_a_load_and_comes_back_is_not_gone() -> None:
    one = search()
    answered(one, lambda trial: up_to(4)(trial) if trial.value <= 4 else gone(trial))
    assert (one.answer().carries, one.answer().fails_at, one.answer().limited) == (4, 5, None)


def test_a_service_that_got_worse_meanwhile_is_noticed() -> None:
    """16 was carried at the first look; in a long test not even 12 is."""
    one = search()
    answered(one, lambda trial: up_to(20 if trial.tier == "screen" else 11)(trial))
    assert one.answer().carries is not None
    assert not one.answer().monotone


def test_a_rate_s_levels_know_how_many_are_in_flight_without_a_queue() -> None:
    one = search("rate", start=4)
    first = one.next(Spent())
    assert first is not None
    assert first.concurrency is None
    one.took(replace(up_to(100)(first), trial=first))
    second = one.next(Spent())
    assert second is not None
    assert (second.value, second.concurrency) == (8, 12)

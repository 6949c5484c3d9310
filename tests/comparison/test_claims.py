"""What can be claimed of metrics, and of all of them together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.comparison.claims import Told, claims, with_data
from stt_load.comparison.figures import Figures
from tests.comparison.simulated import Service, claimed
from tests.comparison.test_figures import P95, given

SPREAD = (0.98, 0.99, 1.0, 1.0, 1.01, 1.02)


def six(factor: float, path: str = P95, runs: int = 6) -> Figures:
    """So many runs a side, the candidate's so many times as high."""
    return given(path, list(SPREAD[:runs]), [one * factor for one in SPREAD[:runs]])


def told(*found: Figures, least: float = 0.03) -> list[str]:
    return [one.claim for one in claims(found, least)]


def test_what_is_slower_in_all_of_six_runs_is_worse() -> None:
    (found,) = claims([six(1.2)])
    assert found == Told("worse", pytest.approx(1 / 924), pytest.approx(1 / 924))


def test_a_p_that_is_the_level_itself_is_not_below_it() -> None:
    assert [one.claim for one in claims([six(1.2)], alpha=1 / 924)] == ["cant_tell"]
    assert [one.claim for one in claims([six(1.2)], alpha=1.001 / 924)] == ["worse"]


def test_what_is_faster_is_better_and_what_is_alike_is_neither() -> None:
    assert told(six(0.8), six(1.0), six(0.8, "throughput_rps")) == ["better", "no_difference", "worse"]


def test_a_change_up_to_the_least_one_is_none_however_certain() -> None:
    sure = given(P95, [1.0 + i * 1e-6 for i in range(6)], [1.02 + i * 1e-6 for i in range(6)])
    assert told(sure) == ["no_difference"]
    assert told(sure, least=0.01) == ["worse"]
    half_more = given("error_rate", [0.5] * 6, [0.75] * 6)
    assert told(half_more, least=0.5) == ["no_difference"]
    assert told(half_more, least=0.499) == ["worse"]


def test_what_may_be_worse_and_may_be_chance_can_t_be_told() -> None:
    wide = [0.6, 0.8, 1.0, 1.0, 1.2, 1.4]
    found = given(P95, [*wide], [one * 1.1 for one in wide])
    assert told(found) == ["cant_tell"]
    assert told(given(P95, [one * 1.1 for one in wide], [*wide])) == ["cant_tell"]


def test_runs_too_far_apart_can_t_say_that_nothing_differs_whichever_side_is_which() -> None:
    wide, tight = [0.6, 0.8, 1.0, 1.0, 1.2, 1.4], [0.97, 0.98, 1.0, 1.0, 1.02, 1.03]
    for path in (P95, "throughput_rps"):
        assert told(given(path, wide, wide)) == ["cant_tell"]
        assert told(given(path, tight, tight)) == ["no_difference"]
        assert told(given(path, wide, tight)) == told(given(path, tight, wide)) == ["cant_tell"]


def test_failures_that_are_few_on_both_sides_are_no_difference() -> None:
    some, fewer = [0.0, 0.0, 0.002, 0.0, 0.004, 0.0], [0.0, 0.002, 0.0, 0.0, 0.0, 0.0]
    assert told(given("error_rate", some, fewer)) == ["no_difference"]
    assert told(given("error_rate", fewer, some)) == ["cant_tell"]
    assert told(given("error_rate", [0.0] * 6, fewer)) == ["cant_tell"]
    assert told(given("error_rate", fewer, [0.0] * 6)) == ["no_difference"]


def test_five_runs_a_side_can_decide_two_metrics_and_no_three() -> None:
    slower = six(1.5, runs=5)
    assert told(slower, slower) == ["worse", "worse"]
    assert told(slower, slower, slower) == ["cant_tell"] * 3
    faster = six(0.5, runs=5)
    assert told(faster, faster) == ["better", "better"]
    assert told(faster, faster, faster) == ["cant_tell"] * 3


def test_three_runs_a_side_can_decide_nothing_though_all_are_slower() -> None:
    (found,) = claims([six(3.0, runs=3)])
    assert found.claim == "cant_tell"
    assert found.p == pytest.approx(1 / 20)


def test_a_metric_without_data_takes_nothing_from_the_others() -> None:
    missing = given("accuracy.wer", [None] * 5, [None] * 5)
    slower = six(1.5, runs=5)
    assert with_data([missing, slower]) == 1
    assert told(missing, slower, slower) == ["cant_tell", "worse", "worse"]
    only_once = given("accuracy.wer", [None] * 5, [0.1] * 5)
    assert with_data([only_once, slower]) == 1
    assert told(only_once, slower, slower) == ["cant_tell", "worse", "worse"]


def test_runs_that_lack_a_metric_don_t_count_for_it() -> None:
    some = given(P95, [*SPREAD, None], [*[one * 2 for one in SPREAD[:3]], None, None])
    (found,) = claims([some])
    assert found.p == pytest.approx(1 / math.comb(9, 3))


def test_beyond_all_that_succeeded_is_worse_than_any_time() -> None:
    assert told(given(P95, list(SPREAD), [math.inf] * 6)) == ["worse"]
    assert told(given(P95, [math.inf] * 6, list(SPREAD))) == ["better"]
    assert told(given(P95, [math.inf] * 6, [math.inf] * 6)) == ["cant_tell"]
    assert told(given(P95, [*SPREAD[:5], math.inf], list(SPREAD))) == ["cant_tell"]


def test_errors_where_there_were_none_are_worse() -> None:
    assert told(given("error_rate", [0.0] * 6, [0.01] * 6)) == ["worse"]
    assert told(given("error_rate", [0.0] * 6, [0.0] * 6)) == ["no_difference"]
    assert told(given("error_rate", [0.0] * 6, [0.0, 0.0, 0.0, 0.0, 0.0, 0.01])) == ["cant_tell"]


def test_one_run_against_many_can_tell_where_they_are_enough() -> None:
    many = np.linspace(0.9, 1.1, 200).tolist()
    assert told(given(P95, many, [2.0])) == ["worse"]
    assert told(given(P95, many[:50], [2.0])) == ["cant_tell"]


@pytest.mark.simulation
@pytest.mark.parametrize("tails", ["normal", "t5"])
def test_runs_of_one_service_are_rarely_called_worse(tails: str) -> None:
    """A few hundred of those that are tried in test_simulated: 1 in 100 at most, so above 9 of 300 in 1 of 1,000."""
    service = Service(tails="t5" if tails == "t5" else "normal", correlation=0.5)
    assert claimed(service, "worse", 300, (6, 6), seed=29, least=0.0) <= 9


@pytest.mark.simulation
def test_a_service_that_is_much_slower_is_called_worse() -> None:
    assert claimed(Service(slower=0.2), "worse", 50, (6, 6), seed=31, least=0.03) >= 45

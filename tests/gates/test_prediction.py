"""Limits of times and rates: by hand."""

from __future__ import annotations

import math

import pytest

from stt_load.gates.prediction import prediction_limit
from stt_load.stats.gate_verdicts import held
from tests.gates.simulated import P95, THROUGHPUT

FIVE = [math.exp(one) for one in (-0.02, -0.01, 0.0, 0.01, 0.02)]
"""Geometric mean 1, standard deviation of logarithms 0.0158."""


def test_one_in_a_hundred_of_five_runs_is_4_1_standard_deviations_away() -> None:
    """t(4) has 3.747 at 99%, times the root of 1.2: the factor of the tables."""
    limit = prediction_limit(P95, FIVE, 0.01)
    assert limit.limit == pytest.approx(math.exp(4.105 * math.sqrt(0.00025)), abs=1e-5)
    assert (limit.mean, limit.spread) == (pytest.approx(0), pytest.approx(math.sqrt(0.00025)))
    assert (limit.better, limit.method, limit.metric) == ("lower", "prediction", "all.response_time_s.p95")


def test_runs_alike_to_the_last_digit_are_not_held_against_the_next_one_within_3_per_cent() -> None:
    limit = prediction_limit(P95, [0.5] * 5, 0.05)
    assert limit.limit == pytest.approx(0.515)
    assert limit.finds == pytest.approx(0.03)
    assert not held(limit, 0.05, 0.5149).is_over
    assert held(limit, 0.05, 0.5151).is_over


def test_of_what_is_better_higher_the_limit_is_a_least() -> None:
    limit = prediction_limit(THROUGHPUT, [20.0] * 5, 0.05)
    assert limit.better == "higher"
    assert limit.limit == pytest.approx(19.4)
    assert limit.finds_at == pytest.approx(19.4)
    assert held(limit, 0.05, 19.3).is_over
    assert not held(limit, 0.05, 30.0).is_over


def test_it_finds_what_lies_further_out_than_the_limit() -> None:
    limit = prediction_limit(P95, FIVE, 0.05)
    assert limit.limit is not None
    assert limit.finds_at is not None
    assert limit.finds_at > limit.limit
    assert limit.finds == pytest.approx(limit.finds_at - 1)
    slower = prediction_limit(THROUGHPUT, [20 * one for one in FIVE], 0.05)
    assert slower.finds_at == pytest.approx(20 / limit.finds_at)
    assert slower.finds == pytest.approx(1 - 1 / limit.finds_at)


def test_a_run_without_a_value_is_over() -> None:
    result = held(prediction_limit(P95, FIVE, 0.05), 0.05, None)
    assert (result.observed, result.is_over) == (None, True)

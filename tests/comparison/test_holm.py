"""Several tests at once."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.comparison.holm import adjusted


def test_the_smallest_counts_as_many_times_as_there_are_tests() -> None:
    assert adjusted([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))


def test_none_is_smaller_than_one_before_it_in_order_and_none_above_1() -> None:
    assert adjusted([0.02, 0.021, 0.9]) == pytest.approx((0.06, 0.06, 0.9))
    assert adjusted([0.6, 0.7]) == (1.0, 1.0)


def test_what_was_not_tested_counts_for_nothing() -> None:
    assert adjusted([None, 0.004, None]) == (None, 0.004, None)
    assert adjusted([]) == ()


def test_five_metrics_of_six_runs_against_six_can_be_told() -> None:
    assert adjusted([1 / 924] * 5)[0] == pytest.approx(5 / 924)


@pytest.mark.parametrize("common", [0.0, 0.5, 1.0])
def test_any_of_true_hypotheses_is_rejected_no_more_often_than_said(common: float) -> None:
    """Also where they depend on each other: p of normal values that have a part in common."""
    random = np.random.default_rng(11)
    n, tests = 4_000, 5
    shared, own = random.standard_normal((n, 1)), random.standard_normal((n, tests))
    z = np.sqrt(common) * shared + np.sqrt(1 - common) * own
    reference = np.sort(random.standard_normal(100_000))
    ps = 1 - np.searchsorted(reference, z) / len(reference)
    rejected = sum(min(one for one in adjusted(row) if one is not None) < 0.05 for row in ps.tolist())
    assert rejected / n < 0.065

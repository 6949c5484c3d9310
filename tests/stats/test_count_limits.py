"""How many errors are still chance: against what is counted by hand, and against an independent implementation."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from stt_load.stats.count_limits import failures_by_chance, most_failures, most_wrong
from stt_load.stats.counts import Counts


def test_all_three_failures_of_600_in_the_100_of_the_run() -> None:
    by_hand = comb(100, 3) / comb(600, 3)
    assert failures_by_chance(3, 100, Counts(0, 500)) == pytest.approx(by_hand, rel=1e-9)


def test_tails_are_those_of_another_implementation() -> None:
    """scipy.stats.hypergeom.sf (1.17)."""
    assert failures_by_chance(12, 500, Counts(25, 2500)) == pytest.approx(0.013486944424978544, rel=1e-6)
    assert failures_by_chance(400, 500, Counts(390, 500)) == pytest.approx(0.24238413013062646, rel=1e-6)


def test_none_or_more_failed_is_certain() -> None:
    assert failures_by_chance(0, 100, Counts(7, 500)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("errors", "of", "total", "level", "most"),
    [
        (0, 2500, 500, 0.05, 2),  # a clean baseline: three are too many
        (0, 2500, 500, 0.0136, 2),
        (25, 2500, 500, 0.05, 10),
        (5, 2500, 500, 0.01, 5),
        (1250, 2500, 500, 0.05, 270),
    ],
)
def test_the_most_that_may_fail(errors: int, of: int, total: int, level: float, most: int) -> None:
    """By trying each number of failures with scipy.stats.hypergeom.sf (1.17)."""
    assert most_failures(Counts(errors, of), total, level) == most


def test_where_nearly_all_failed_all_may() -> None:
    assert most_failures(Counts(498, 500), 100, 0.05) == 100


def test_without_an_error_before_three_wrong_words_and_more_are_too_many() -> None:
    """p = (1 / 6)^3 = 0.0046 for three that come each by itself."""
    most = most_wrong(Counts(0, 10_000), Counts(0, 2_000), 0.05)
    assert most * 2_000 == pytest.approx(3, abs=1e-3)
    stricter = most_wrong(Counts(0, 10_000), Counts(0, 2_000), (1 / 6) ** 5)
    assert stricter * 2_000 == pytest.approx(5, abs=1e-3)


def test_a_loop_of_300_words_in_one_answer_is_one_event() -> None:
    """Its variance over its mean is about what it has: three such are too many, one is not."""
    run = Counts(300, 2_000, 299.0)
    assert most_wrong(Counts(0, 10_000), run, 0.05) > 300 / 2_000
    thrice = Counts(900, 2_000, 296.0)
    assert most_wrong(Counts(0, 10_000), thrice, 0.05) < 900 / 2_000


def test_what_comes_by_itself_may_exceed_by_chance_as_a_binomial_part() -> None:
    """Of 1,200 errors 200 are expected in a sixth; the root of 1,200 x 5 / 36 is 12.9, and 1.645 of that are 21."""
    most = most_wrong(Counts(1_000, 10_000), Counts(200, 2_000), 0.05) * 2_000
    assert most == pytest.approx(200 + 1.645 * np.sqrt(200 * (1 + 1 / 5)), abs=3)


def test_more_clustering_admits_more() -> None:
    most = [most_wrong(Counts(500, 10_000, one), Counts(100, 2_000, one), 0.05) for one in (1.0, 3.0, 9.0)]
    assert most == sorted(most)
    assert most[2] - 0.05 > 2 * (most[0] - 0.05)


def test_what_is_far_above_three_by_itself_is_enough() -> None:
    assert most_wrong(Counts(3, 3_000_000), Counts(0, 1_000), 0.9) * 1_000 == pytest.approx(3.001)

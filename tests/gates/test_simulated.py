"""Gates on simulated services: how often good runs fail them twice, and how often worse ones do.

Each kind has a quick test, and a slow one of 20,000 pairs of runs, each pair with a baseline of its own. What is said
is 1 in 100 for the whole gate (1 in 1,000 for a strict one); at most 1.5 times that may be seen.
"""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.gates.levels import level
from tests.gates.simulated import (
    P95,
    P99,
    THROUGHPUT,
    Failures,
    Words,
    both_over,
    found_by_counts,
    found_by_prediction,
    limit_of,
    twice_by_counts,
    twice_by_prediction,
)

SEED = 20_180_406
FIVE = (P95, P99, THROUGHPUT, P95, P99)
"""Limits of times and rates, whichever."""
SAID = 0.01
SAID_STRICT = 0.001

MANY = 20_000
PAIRS = [400, pytest.param(MANY, marks=pytest.mark.slow)]
FEW_PAIRS = [100, pytest.param(MANY, marks=pytest.mark.slow)]


def most(said: float, pairs: int) -> float:
    """What share of so many may fail where `said` is said: 1.5 times that, and of few pairs two standard deviations
    more."""
    share = 1.5 * said
    return share if pairs == MANY else share + 2 * float(np.sqrt(share / pairs))


COUNTS = [
    Failures(0.0),
    Failures(0.002),
    Failures(0.01),
    Failures(0.01, varies=0.3),
    Failures(0.01, varies=0.6),
    Failures(0.1, varies=0.3),
    Words(0.0),
    Words(0.005),
    Words(0.005, alike=None),
    Words(0.02, alike=None, varies=0.3),
    Words(0.08),
    Words(0.08, varies=0.1),
    Words(0.08, varies=0.4),
    Words(0.3, varies=0.2),
]


@pytest.mark.simulation
@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("pairs", PAIRS)
@pytest.mark.parametrize(("runs", "limits"), [(5, 1), (5, 5), (10, 5)])
def test_good_runs_seldom_fail_limits_of_times_twice(pairs: int, runs: int, limits: int, heavy: bool) -> None:
    """The limits know nothing of each other, which is the worst there is."""
    each = level(runs, limits, strict=False)
    assert twice_by_prediction(FIVE[:limits], runs, each, pairs, SEED, heavy=heavy) <= most(SAID, pairs)


@pytest.mark.simulation
@pytest.mark.parametrize("heavy", [False, True])
def test_metrics_that_go_together_fail_less_often(heavy: bool) -> None:
    each = level(5, 5, strict=False)
    assert twice_by_prediction(FIVE, 5, each, 500, SEED, heavy=heavy, alike=0.8) <= most(SAID, 500)


@pytest.mark.simulation
@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("pairs", PAIRS)
@pytest.mark.parametrize("runs", [10, 20])
def test_good_runs_hardly_ever_fail_a_strict_gate(pairs: int, runs: int, heavy: bool) -> None:
    each = level(runs, 5, strict=True)
    assert twice_by_prediction(FIVE, runs, each, pairs, SEED, heavy=heavy) <= most(SAID_STRICT, pairs)


@pytest.mark.simulation
@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("pairs", FEW_PAIRS)
@pytest.mark.parametrize("limits", [1, 5])
@pytest.mark.parametrize("kind", COUNTS, ids=str)
def test_good_runs_seldom_fail_limits_of_counts_twice(
    kind: Failures | Words, limits: int, pairs: int, heavy: bool
) -> None:
    """One of so many limits has that part of what is said of them all."""
    each = level(5, limits, strict=False)
    assert twice_by_counts(kind, 5, each, pairs, SEED, heavy=heavy) <= most(SAID / limits, pairs)


@pytest.mark.simulation
@pytest.mark.parametrize("heavy", [False, True])
@pytest.mark.parametrize("pairs", FEW_PAIRS)
def test_good_runs_seldom_fail_the_whole_gate(pairs: int, heavy: bool) -> None:
    """P95, P99 and throughput, which go together, WER and error rate, in one gate."""
    random, runs = np.random.default_rng(SEED), 5
    each = level(runs, 5, strict=False)
    kinds = (Words(0.05, answers=100, varies=0.1), Failures(0.01, varies=0.3))
    failed = 0
    for pair in range(pairs):
        found = twice_by_prediction((P95, P99, THROUGHPUT), runs, each, 1, SEED + pair, heavy=heavy, alike=0.5) > 0
        for kind in kinds:
            counts = kind.counts(random, runs + 2, heavy=heavy)
            found = found or both_over(limit_of(kind, counts[:runs], each), each, counts[runs:])
        failed += found
    assert failed / pairs <= most(SAID, pairs)


@pytest.mark.simulation
@pytest.mark.parametrize("pairs", [500, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("spread", [0.005, 0.04])
@pytest.mark.parametrize(("runs", "limits", "strict"), [(5, 1, False), (5, 5, False), (10, 5, True)])
def test_times_and_rates_that_are_worse_by_what_is_said_are_found_in_4_of_5(
    runs: int, limits: int, strict: bool, spread: float, pairs: int
) -> None:
    each = level(runs, limits, strict=strict)
    for metric in (P95, THROUGHPUT):
        assert found_by_prediction(metric, runs, each, pairs, SEED, spread) >= (0.79 if pairs == MANY else 0.76)


@pytest.mark.simulation
@pytest.mark.parametrize("pairs", [100, pytest.param(2_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("limits", [1, 5])
@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Failures(0.01), 0.78),
        (Failures(0.01, varies=0.5), 0.66),  # whose spread five runs hardly know
        (Failures(0.1, varies=0.3), 0.74),
        (Words(0.005), 0.78),
        (Words(0.005, alike=None), 0.78),
        (Words(0.08), 0.78),
        (Words(0.08, varies=0.1), 0.78),
        (Words(0.08, varies=0.4), 0.7),
    ],
    ids=str,
)
def test_errors_that_are_more_by_what_is_said_are_found_in_about_4_of_5(
    kind: Failures | Words, least: float, limits: int, pairs: int
) -> None:
    found, _ = found_by_counts(kind, 5, level(5, limits, strict=False), pairs, SEED)
    assert found >= least - (0.08 if pairs < 1_000 else 0)

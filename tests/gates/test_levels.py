"""How strict a limit is: against simulation, and against an independent implementation."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from stt_load.gates.levels import both_beyond, found_beyond, level
from stt_load.stats.gate_verdicts import deviations

TABLE = {  # runs: the level for 1, 2, 3, 5, 8 limits, as docs/gates.md has it
    5: (0.05, 0.0303, 0.0214, 0.0136, 0.0089),
    10: (0.05, 0.0471, 0.0357, 0.0249, 0.0178),
    20: (0.05, 0.05, 0.0457, 0.0337, 0.0253),
}


@pytest.mark.parametrize(("far", "runs", "expected"), [(2.5, 5, 0.0074625), (3, 10, 0.00053310), (-1, 5, 0.6503283)])
def test_two_runs_beyond(far: float, runs: int, expected: float) -> None:
    """scipy (1.17): its bivariate normal over the density of chi, by quad."""
    assert both_beyond(far, runs) == pytest.approx(expected, rel=1e-4)


def test_two_runs_beyond_by_simulation() -> None:
    random = np.random.default_rng(11)
    runs = random.standard_normal((400_000, 7))
    mean, spread = runs[:, :5].mean(1), runs[:, :5].std(1, ddof=1)
    far = 2.3
    seen = np.mean((runs[:, 5] > mean + far * spread) & (runs[:, 6] > mean + far * spread))
    assert both_beyond(far, 5) == pytest.approx(seen, rel=0.05)


@pytest.mark.parametrize("runs", TABLE)
def test_the_table_of_the_document(runs: int) -> None:
    found = [level(runs, limits, strict=False) for limits in (1, 2, 3, 5, 8)]
    assert found == pytest.approx(TABLE[runs], abs=0.00006)


@pytest.mark.parametrize("strict", [False, True])
def test_more_limits_are_stricter_and_all_of_them_keep_what_is_said(strict: bool) -> None:
    runs = 12
    levels = [level(runs, limits, strict=strict) for limits in range(1, 21)]
    assert levels == sorted(levels, reverse=True)
    sums = [n * both_beyond(deviations(runs, one), runs) for n, one in enumerate(levels, start=1)]
    assert max(sums) <= (0.001 if strict else 0.01) * 1.0001
    assert levels[0] <= (0.01 if strict else 0.05)


def test_a_strict_gate_is_planned_with_less_than_it_says_as_tails_may_be_heavy() -> None:
    assert 5 * both_beyond(deviations(10, level(10, 5, strict=True)), 10) == pytest.approx(0.0004, rel=0.01)


def test_what_single_baselines_make_of_it() -> None:
    """As docs/gates.md has it: the mean over all of them is what is promised, and 1 in 20 is far from it."""
    random = np.random.default_rng(7)
    for runs, worst in ((5, 0.050), (10, 0.037), (20, 0.027)):
        values = random.standard_normal((10_000, 5, runs))
        limits = values.mean(2) + deviations(runs, level(runs, 5, strict=False)) * values.std(2, ddof=1)
        each = np.vectorize(NormalDist().cdf)(-limits)
        whole = 1 - np.prod(1 - each**2, axis=1)
        assert np.mean(whole) == pytest.approx(0.01, rel=0.12)
        assert np.quantile(whole, 0.95) == pytest.approx(worst, rel=0.1)


def test_what_is_found_takes_less_beyond_the_limit_the_more_runs_there_are() -> None:
    assert found_beyond(5) == pytest.approx(1.56, abs=0.01)
    assert found_beyond(5) > found_beyond(10) > found_beyond(100) > 1.24  # both of two: each in 0.894, 1.249

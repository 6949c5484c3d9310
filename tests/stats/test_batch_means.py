"""How far means and shares are known."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.stats.batch_means import mean_interval, share_interval

RUNS = 300


def queued(seed: int, n: int = 2_000) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values that are alike where they are near in time; their mean is 1."""
    random = np.random.default_rng(seed)
    found = np.empty(n)
    found[0] = 0.0
    for place, noise in enumerate(random.normal(0, 0.1, n - 1), start=1):
        found[place] = 0.8 * found[place - 1] + noise
    return 1 + found


def test_the_mean_is_where_it_says() -> None:
    found = [mean_interval(queued(seed), 1) for seed in range(RUNS)]
    inside = sum(one is not None and one[0] < 1.0 < one[1] for one in found)
    assert 0.90 * RUNS <= inside <= 0.98 * RUNS


def test_the_share_is_where_it_says() -> None:
    found = [share_interval(queued(seed) < 1.1, 1) for seed in range(RUNS)]
    share = float(np.mean(queued(1_000, 400_000) < 1.1))
    inside = sum(one is not None and one[0] < share < one[1] for one in found)
    assert 0.90 * RUNS <= inside <= 0.98 * RUNS


def test_too_few_tell_nothing() -> None:
    values = queued(1)
    assert mean_interval(values[:29], 1) is None
    assert mean_interval(values[:300], 11) is None
    assert mean_interval(values[:300], 10) is not None
    assert share_interval(values[:300] < 1.1, 11) is None
    assert share_interval(values < 9, 1) is None
    rare = np.arange(200) % 20 == 7
    assert share_interval(rare, 1) == pytest.approx((0.02, 0.08), abs=0.01)
    assert share_interval(rare[:180], 1) is None

"""Many pairs of series of runs, simulated: how often a candidate is called worse that is not, and one that is.

Each stated rate is that of all metrics together; 20,000 pairs tell 1 in 100 to within a tenth of it.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.comparison.claims import claims, with_data
from stt_load.comparison.power import least_found
from tests.comparison.simulated import SPREADS, Service, Tails, claimed

pytestmark = [pytest.mark.slow, pytest.mark.simulation]

PAIRS = 20_000
STATED = 0.01


@pytest.mark.parametrize(
    ("tails", "correlation", "metrics", "runs"),
    [
        ("normal", 0.0, 5, (6, 6)),
        ("normal", 0.9, 5, (6, 6)),
        ("t5", 0.0, 5, (6, 6)),
        ("t5", 0.9, 5, (6, 6)),
        ("t5", 0.5, 2, (5, 5)),
        ("t5", 0.5, 1, (5, 5)),
        ("t5", 0.5, 3, (9, 4)),
    ],
)
def test_false_alarms_are_no_more_than_stated(
    tails: Tails, correlation: float, metrics: int, runs: tuple[int, int]
) -> None:
    """Without a least change, which makes them rarer still."""
    service = Service(tails=tails, correlation=correlation, metrics=metrics)
    assert claimed(service, "worse", PAIRS, runs, seed=37, least=0.0) <= 1.5 * STATED * PAIRS


@pytest.mark.parametrize(("metrics", "runs"), [(1, (6, 6)), (5, (6, 6)), (2, (5, 5)), (5, (10, 10))])
def test_the_stated_power_is_met(metrics: int, runs: tuple[int, int]) -> None:
    """Slower by what P95 has to be slower by to be found in 4 of 5, with the spread that its runs do have."""
    pairs = 300 if runs == (10, 10) else 2_000
    steps = np.linspace(-1, 1, runs[0])
    values = np.exp(steps / np.std(steps, ddof=1) * SPREADS[0])
    (one, *_) = next(Service(metrics=metrics).pairs(1, *runs, seed=0))
    known = type(one)(one.metric, tuple(values.tolist()), tuple(values.tolist()))
    finds = least_found(known, metrics, 0.03)
    assert finds is not None
    assert finds.share is not None
    service = Service(metrics=metrics, slower=finds.share)
    found = [claims(some)[0].claim for some in service.pairs(pairs, *runs, seed=41)]
    share = found.count("worse") / pairs
    # Holm makes it a little more than stated where another metric, here P99, is worse, too.
    assert 0.8 - 4 * math.sqrt(0.16 / pairs) <= share <= 0.9
    assert with_data(next(service.pairs(1, *runs, seed=0))) == metrics

"""How far runs lie apart, by hand, and whether the interval keeps what it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.stats.metrics import METRICS
from stt_load.stats.spread import T_975, Ends, figures, spread, spreads, t_975
from tests.report.runs import run_of, steady


def test_three_runs_by_hand() -> None:
    found = spread([2.0, 4.0, 9.0])
    half = 4.3027 * math.sqrt(13) / math.sqrt(3)
    assert (found.n, found.mean, found.min, found.max, found.range) == (3, 5.0, 2.0, 9.0, 7.0)
    assert found.stdev == pytest.approx(math.sqrt(13))
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((5 - half, 5 + half))


def test_one_run_says_nothing_of_what_lies_between_runs_and_none_nothing_at_all() -> None:
    one, none = spread([3.0]), spread([])
    assert (one.n, one.mean, one.stdev, one.range, one.interval) == (1, 3.0, None, 0.0, None)
    assert (none.n, none.mean, none.min, none.interval) == (0, None, None, None)


def test_equal_runs_have_no_spread() -> None:
    found = spread([1.5, 1.5])
    assert (found.stdev, found.interval) == (0.0, Ends(1.5, 1.5))


def test_the_points_of_students_t_go_over_into_its_expansion() -> None:
    assert t_975(1) == 12.7062
    assert t_975(10) == T_975[-1] == pytest.approx(2.2281)
    assert t_975(11) == pytest.approx(2.2010, abs=2e-4)
    assert t_975(1000) == pytest.approx(1.9623, abs=1e-4)


@pytest.mark.parametrize("runs", [2, 3, 5, 14])
def test_the_interval_has_the_truth_in_nineteen_of_twenty(runs: int) -> None:
    random = np.random.default_rng(5)
    found = [spread(random.normal(7.0, 2.0, runs).tolist()).interval for _ in range(4_000)]
    held = sum(one is not None and one.low <= 7.0 <= one.high for one in found) / len(found)
    assert held == pytest.approx(0.95, abs=0.012)


def test_the_figures_of_a_run_are_those_of_the_table_that_have_a_value() -> None:
    found = figures(run_of(steady()).summary.metrics)
    paths = [metric.path for metric in METRICS]
    assert [path for path in paths if path in found] == list(found)
    assert found["requests.total"] == 90
    assert found["response_time_s.median"] == pytest.approx(0.5)
    assert "ttft_s.median" not in found
    assert "failures" not in found


def test_a_figure_over_every_intent_that_one_run_lacks_has_no_mean() -> None:
    """There it is beyond all others; of the rest it would look better than it was."""
    runs = [{"all.response_time_s.p99": 1.0, "ttft_s.p95": 1.0}, {"response_time_s.p95": 2.0}]
    found = spreads(runs)
    assert list(found) == ["all.response_time_s.p99", "response_time_s.p95", "ttft_s.p95"]
    assert (found["all.response_time_s.p99"].n, found["all.response_time_s.p99"].mean) == (1, None)
    assert (found["ttft_s.p95"].n, found["ttft_s.p95"].mean) == (1, 1.0)

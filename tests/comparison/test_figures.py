"""The values that a metric has in runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stt_load.comparison.figures import FAR, Figures, figures
from stt_load.comparison.names import COMPARABLE
from stt_load.samples.sample import ErrorKind
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.report.runs import run_of

P95 = "all.response_time_s.p95"


def run(*response_s: float, failed: int = 0) -> RunRecord:
    """A run of so many requests, the last `failed` of which failed."""
    n = len(response_s)
    kinds: list[ErrorKind | None] = [*[None] * (n - failed), *[ErrorKind.HTTP_5XX] * failed]
    return run_of(table(np.arange(float(n)), response_s, kind=kinds))


def of(path: str, *runs: RunRecord) -> tuple[float | None, ...]:
    (found,) = figures([path], runs, runs)
    assert found.baseline == found.candidate
    return found.baseline


def given(path: str, baseline: list[float | None], candidate: list[float | None]) -> Figures:
    return Figures(COMPARABLE[path], tuple(baseline), tuple(candidate))


def test_each_run_has_the_value_that_its_result_has() -> None:
    steady = run(*[0.5] * 20)
    assert of(P95, steady) == (pytest.approx(0.5),)
    assert of("error_rate", steady, run(*[0.5] * 20, failed=5)) == (0.0, 0.25)
    assert of("response_time_s.max", run(0.5, 0.5, 2.0)) == (pytest.approx(2.0),)


def test_a_quantile_that_falls_on_failures_is_beyond_all() -> None:
    assert of(P95, run(*[0.5] * 20, failed=5)) == (math.inf,)


def test_of_the_ones_that_succeeded_and_of_nothing_none_is_no_data() -> None:
    assert of("response_time_s.p95", run(*[0.5] * 3, failed=3)) == (None,)
    assert of("accuracy.wer", run(0.5)) == (None,)
    assert of(P95, run_of(table([], []))) == (None,)


def test_p999_below_a_thousand_requests_is_no_data_and_above_it_is_beyond_all() -> None:
    path = "all.response_time_s.p999"
    assert of(path, run(*[0.5] * 20, failed=5), run(*[0.5] * 1_000, failed=5)) == (None, math.inf)


def test_each_metric_is_there_once_in_the_order_asked_for() -> None:
    found = figures(["error_rate", P95, "error_rate"], [run(0.5)], [run(0.5)])
    assert [one.metric.path for one in found] == ["error_rate", P95]


@pytest.mark.parametrize("path", ["p95", "failures", "upload_bytes", "window_s", "<script>"])
def test_what_is_no_metric_or_has_no_better_direction_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="can't be compared"):
        figures([path], [run(0.5)], [run(0.5)])


def test_times_and_rates_are_compared_by_factors_and_shares_as_they_are() -> None:
    assert given(P95, [1.0], [2.0]).is_logarithmic
    assert given("throughput_rps", [1.0], [2.0]).is_logarithmic
    assert given("rtf.overall", [1.0], [2.0]).is_logarithmic
    for path in ("error_rate", "accuracy.wer", "dropped"):
        assert not given(path, [1.0], [2.0]).is_logarithmic
    first, second = given(P95, [1.0, math.e], [math.e**2]).scaled
    assert first.tolist() == pytest.approx([0, 1])
    assert second.tolist() == pytest.approx([2])


def test_what_a_formula_has_may_be_negative_and_has_no_logarithm() -> None:
    assert not given("service_time_fit.fixed_s", [-0.01], [0.2]).is_logarithmic


def test_what_has_no_number_is_put_beyond_all_that_have() -> None:
    first, second = given(P95, [1.0, 2.0], [math.inf, 0.0]).scaled
    assert second.tolist() == pytest.approx([math.log(2) + FAR, math.log(1) - FAR])
    assert first.tolist() == pytest.approx([0, math.log(2)])


def test_a_run_without_data_is_left_out() -> None:
    first, second = given("error_rate", [0.1, None], [None]).sides
    assert (first.tolist(), second.tolist()) == ([0.1], [])

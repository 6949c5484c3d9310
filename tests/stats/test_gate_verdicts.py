"""A run held against a gate: each limit with what the run has of it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from stt_load.samples.gate import GATE_VERSION, GateFile, GateLimit
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.counts import Counts
from stt_load.stats.gate_verdicts import deviations, most_between, verdicts
from stt_load.stats.summary import metrics
from tests.factory import table

P95 = GateLimit(
    metric="all.response_time_s.p95",
    better="lower",
    method="prediction",
    limit=0.6,
    finds=0.1,
    mean=math.log(0.5),
    spread=0.02,
    values=(0.5,) * 5,
)
THROUGHPUT = GateLimit(
    metric="throughput_rps",
    better="higher",
    method="prediction",
    limit=1.8,
    finds=0.1,
    mean=math.log(2),
    spread=0.02,
    values=(2.0,) * 5,
)
FAILURES = GateLimit(
    metric="error_rate",
    better="lower",
    method="errors",
    limit=None,
    finds=None,
    mean=math.log(3),
    spread=0.0,
    values=(0.0,) * 5,
    errors=0,
    total=500,
    clustering=1.0,
)


def gate(*limits: GateLimit) -> GateFile:
    return GateFile(
        gate_version=GATE_VERSION,
        version="1",
        made_at="2026-01-01T00:00:00+00:00",
        strict=False,
        runs=("1.json",) * 5,
        level=0.05,
        false_alarms=0.01,
        limits=limits,
        conditions={},
    )


def rows(response_s: float, failed: int = 0) -> Samples:
    kinds: list[ErrorKind | None] = [*[ErrorKind.HTTP_5XX] * failed, *[None] * (100 - failed)]
    return table(np.arange(100) * response_s, response_s, kind=kinds)


def test_within_all_limits() -> None:
    samples = rows(0.5)
    found = verdicts(gate(P95, THROUGHPUT, FAILURES), samples, metrics(samples, 1))
    assert [one.metric for one in found] == ["all.response_time_s.p95", "throughput_rps", "error_rate"]
    assert [one.observed for one in found] == pytest.approx([0.5, 2.0, 0.0])
    assert [one.limit for one in found] == pytest.approx([0.6, 1.8, 0.02])  # 2 of 100 may fail, beside a clean 500
    assert [one.is_over for one in found] == [False, False, False]


def test_over_each_of_them() -> None:
    slow = rows(0.7)
    assert [one.is_over for one in verdicts(gate(P95, THROUGHPUT), slow, metrics(slow, 1))] == [True, True]
    for failed, is_over in ((2, False), (3, True)):
        failing = rows(0.5, failed)
        (found,) = verdicts(gate(FAILURES), failing, metrics(failing, 1))
        assert (found.observed, found.is_over) == (pytest.approx(failed / 100), is_over)


def test_a_percentile_beyond_all_answers_is_over_and_has_no_value() -> None:
    failing = rows(0.5, 10)
    (found,) = verdicts(gate(P95), failing, metrics(failing, 1))
    assert (found.observed, found.limit, found.is_over) == (None, 0.6, True)


def test_no_data_is_never_a_pass() -> None:
    nothing = rows(0.5).where(np.zeros(100, bool))
    found = verdicts(gate(P95, THROUGHPUT, FAILURES), nothing, metrics(nothing, 1))
    assert [one.is_over for one in found] == [True, True, True]
    assert [one.observed for one in found] == [None, None, None]


@pytest.mark.parametrize(
    ("runs", "level", "factor"), [(3, 0.01, 8.0), (5, 0.01, 4.1), (5, 0.001, 7.9), (20, 0.01, 2.6)]
)
def test_so_many_standard_deviations_away(runs: int, level: float, factor: float) -> None:
    """From tables of Student's t."""
    assert deviations(runs, level) == pytest.approx(factor, abs=0.07)


def test_whatever_a_gate_s_file_has_for_a_spread_there_is_a_limit() -> None:
    limit = replace(FAILURES, mean=50.0, spread=50.0, errors=3)
    assert math.isfinite(most_between(limit, 1e-9))


def test_between_runs_a_share_may_be_as_far_away_as_a_time() -> None:
    """Five runs of 1,000 requests: logarithms of their failures and 3 are 4.5 on average, 0.1 apart."""
    errors = 5 * round(math.exp(4.5) - 3)
    limit = GateLimit(
        metric="error_rate",
        better="lower",
        method="errors",
        limit=None,
        finds=None,
        mean=4.5,
        spread=0.1,
        values=(0.087,) * 5,
        errors=errors,
        total=5_000,
        clustering=1.0,
    )
    assert most_between(limit, 0.05) == pytest.approx((math.exp(4.5 + 0.1 * 2.335) - 3) / 1_000, rel=1e-3)
    assert Counts(errors, 5_000).rate < most_between(limit, 0.5) == pytest.approx(1.03 * errors / 5_000)

"""Runs that are held against SLOs: what they end with, when they end, and what they leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import QUICK, SCHEMA, check_code, quick, rows, run

pytestmark = pytest.mark.locust


def gated(*slos: Any, total: int = 50, error_rate: float = 0.0) -> dict[str, Any]:
    return quick(total, 10, 4, slo=list(slos), embedded=QUICK | {"error_rate": error_rate})


def test_a_limit_that_is_missed_is_exit_code_3(tmp_path: Path) -> None:
    each = {"each": "response_time_s < 50 ms"}
    ran = run(tmp_path, gated("p50(response_time_s) < 5", "goodput_ratio > 95%", each))
    check_code(ran, 3)
    SCHEMA.validate(ran.result)
    met, missed = ran.result["slo"]
    assert (met["verdict"], met["n"], missed["verdict"], missed["observed"]) == ("met", 40, "missed", 0.0)
    assert ran.result["metrics"]["goodput_rps"] == 0.0
    assert "- MISSED: goodput_ratio > 95% (observed 0.00%, n = 40)" in ran.out
    assert ran.result["run"]["complete"]


@pytest.mark.slow
def test_failures_that_an_slo_allows_are_no_failures_of_the_run(tmp_path: Path) -> None:
    ran = run(tmp_path, gated("error_rate < 90%", error_rate=0.3))
    check_code(ran, 0)
    assert ran.result["metrics"]["requests"]["failed"] > 0


def test_a_limit_with_abort_ends_the_run_as_soon_as_it_is_lost(tmp_path: Path) -> None:
    ran = run(tmp_path, gated({"limit": "requests.failed <= 3", "abort": True}, total=2_000, error_rate=0.5))
    check_code(ran, 3)
    (verdict,) = ran.result["slo"]
    assert (ran.result["run"]["end_reason"], ran.result["run"]["complete"]) == ("slo_lost", False)
    assert verdict["verdict"] == "missed"
    failed = sum(row["error_kind"] not in (None, "cancelled") for row in rows(ran.result, "measured"))
    assert 4 <= failed <= 4 + 4, "what was in flight then may have failed, too"
    assert "as an SLO that ends the run (abort) could not be met any more" in " ".join(ran.out.split())


@pytest.mark.slow
def test_with_workers_the_master_counts(tmp_path: Path) -> None:
    config = gated({"limit": "p90(response_time_s) < 10 ms", "abort": True}, total=210)
    ran = run(tmp_path, config, "--processes=2")
    check_code(ran, 3)
    assert ran.result["run"]["end_reason"] == "slo_lost"
    assert ran.result["slo"][0]["verdict"] == "missed"
    assert 21 <= len(rows(ran.result, "measured")) <= 60


def test_what_is_no_slo_is_found_before_the_first_request(tmp_path: Path) -> None:
    ran = run(tmp_path, gated(), "--slo=p95(response_tim_s) < 2", "--slo=wer < 2 ms")
    assert (ran.code, ran.results) == (2, [])
    assert "did you mean response_time_s? there are response_time_s, service_time_s" in ran.err
    assert "has the unit 'ms'" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("limit_s", [1, 6])
def test_where_nothing_was_measured_in_time_every_limit_is_missed(tmp_path: Path, limit_s: int) -> None:
    """Before anything was sent, and in the warm-up."""
    config = quick(2_000, 1_000, 1, slo=["p95(response_time_s) < 2"], embedded=QUICK)
    ran = run(tmp_path, config, f"-t={limit_s}")
    assert ran.code == 3

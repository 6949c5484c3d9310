"""What a run's end cuts off is no failure of the service, and a run that measured nothing is no success."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.processes.running import QUICK, against, check_code, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust


@pytest.mark.parametrize("words", [(), ("--processes", "2")], ids=["alone", "2 workers"])
def test_what_the_end_cuts_off_is_no_failure_anywhere(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Not in our figures, not in the exit code, not on Locust's screens. Six wait for two slots at any time."""
    with logged_server(tmp_path, **QUICK | {"slots": 2, "overhead_s": 0.4}) as server:
        config = against(server.url, None, 0, 6, drain_s=0.1)
        ran = run(tmp_path, config, "-t", "3s", "--csv", "out", *words)
    check_code(ran, 0)
    metrics = ran.result["metrics"]
    counts = metrics["requests"]
    cut = sum(row["error_kind"] == "cancelled" for row in ran.result["requests"])
    assert counts["unfinished"] == cut >= 3
    assert counts["succeeded"] == counts["total"] - cut > 0
    assert (counts["failed"], metrics["error_rate"], metrics["failures"]) == (0, 0.0, {})
    assert metrics["all"]["response_time_s"]["n"] == counts["total"]
    assert f"Cut off at the end: {cut} (no failures, in neither share)" in ran.out
    with (tmp_path / "out_stats.csv").open() as file:
        total = list(csv.DictReader(file))[-1]
    assert (int(total["Request Count"]), int(total["Failure Count"])) == (counts["succeeded"], 0)


def test_a_time_limit_that_is_over_in_the_warm_up_is_no_success_and_says_why(tmp_path: Path) -> None:
    with logged_server(tmp_path, **QUICK | {"error_rate": 1.0}) as server:
        ran = run(tmp_path, against(server.url, 1_000, 900, 2, continue_on_dead_warmup=True), "-t", "2s")
    assert ran.code == 1, (ran.code, ran.out, ran.err)
    assert "warm-up requests, with nothing measured" in " ".join(ran.out.split())
    assert "× Server error, 5xx\n        HTTP 500" in ran.out

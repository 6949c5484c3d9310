"""Locust's own CSV, HTML and JSON agree with ours, and know nothing of the warm-up."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import Ran, against, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screens")


@pytest.fixture(scope="module")
def ran(folder: Path) -> Ran:
    """A run of three seconds and more with failures, in which the warm-up is a good part."""
    settings: dict[str, Any] = {"overhead_s": 0.1, "rtf": 0.0, "error_rate": 0.2, "seed": 5}
    with logged_server(folder, cold_requests=20, cold_extra_s=1.0, **settings) as server:
        config = against(server.url, 150, 20, 4)
        return run(folder, config, "--csv", "out", "--csv-full-history", "--html", "out.html", "--json")


def test_counts_agree_exactly(ran: Ran, folder: Path) -> None:
    ours = ran.result["metrics"]["requests"]
    assert ours["failed"] > 5
    with (folder / "out_stats.csv").open() as file:
        total = list(csv.DictReader(file))[-1]
    assert (int(total["Request Count"]), int(total["Failure Count"])) == (ours["total"], ours["failed"])
    (entry,) = json.loads(ran.out)
    assert (entry["num_requests"], entry["num_failures"]) == (ours["total"], ours["failed"])
    html = (folder / "out.html").read_text(encoding="utf-8")
    arguments = json.JSONDecoder().raw_decode(html.rpartition("window.templateArgs = ")[2])[0]
    statistics = arguments["requests_statistics"][-1]
    assert (statistics["num_requests"], statistics["num_failures"]) == (ours["total"], ours["failed"])


def test_failures_are_shown_with_what_the_service_said(ran: Ran, folder: Path) -> None:
    with (folder / "out_failures.csv").open() as file:
        (failure,) = csv.DictReader(file)
    (said,) = {row["error"] for row in rows(ran.result, "measured") if row["error"]}
    assert failure["Error"] == f"http_5xx (HTTP 500): {said.removeprefix('HTTP 500 ')}"
    assert int(failure["Occurrences"]) == ran.result["metrics"]["requests"]["failed"]


def test_the_history_begins_with_the_measuring(ran: Ran, folder: Path) -> None:
    with (folder / "out_stats_history.csv").open() as file:
        counts = [int(row["Total Request Count"]) for row in csv.DictReader(file) if row["Name"] == "Aggregated"]
    assert counts == sorted(counts), "nothing was counted and then taken back"
    assert counts[-1] == ran.result["metrics"]["requests"]["total"]


def test_the_rate_agrees(ran: Ran, folder: Path) -> None:
    metrics = ran.result["metrics"]
    ours = metrics["requests"]["total"] / metrics["window_s"]
    with (folder / "out_stats.csv").open() as file:
        theirs = float(list(csv.DictReader(file))[-1]["Requests/s"])
    one_request = max(row["response_time_s"] for row in rows(ran.result, "measured")) / metrics["window_s"]
    assert theirs == pytest.approx(ours, rel=max(0.02, one_request))


def test_locusts_tables_and_lines_are_there_only_when_asked_for(ran: Ran, tmp_path: Path) -> None:
    assert "Aggregated" not in ran.err
    assert "INFO" not in ran.err
    with logged_server(tmp_path, overhead_s=0.05, rtf=0.0, cold_requests=0) as server:
        asked = run(tmp_path, against(server.url, 20, 2, 2), "--locust-stats", "--loglevel", "INFO")
    assert "Aggregated" in asked.err
    assert "Ramping to 2 users" in asked.err

"""What Locust's screens on a master count of our requests, and what its workers report of others."""

from __future__ import annotations

from typing import Any

import pytest
from locust.stats import RequestStats

from stt_load.load.iteration import Iteration
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.samples.sample import Phase, Sample
from tests.cluster.conversation import sample_of


def sample(took_s: float) -> Sample:
    return sample_of(Iteration(0, 0, Phase.MEASURED), 0.0, took_s)


class TestReports:
    """What a master's screens count of ours, and of a worker's report."""

    def report(self) -> dict[str, Any]:
        stats = RequestStats()
        stats.log_request("POST", "/api", 100, 10)
        stats.log_request("GET", "/theirs", 200, 20)
        stats.log_error("POST", "/api", "shed")
        stats.log_error("GET", "/theirs", "gone")
        return {
            "stats": [entry.get_stripped_report() for entry in stats.entries.values()],
            "stats_total": stats.total.get_stripped_report(),
            "errors": {key: error.serialize() for key, error in stats.errors.items()},
        }

    def test_ours_are_left_out_of_a_workers_report_and_others_stay(self) -> None:
        reports = Reports()
        reports.name = "/api"
        data = self.report()
        reports.on_worker_report(data)
        assert [entry["name"] for entry in data["stats"]] == ["/theirs"]
        assert [error["name"] for error in data["errors"].values()] == ["/theirs"]
        assert data["stats_total"]["num_requests"] == 1
        assert data["stats_total"]["total_response_time"] == 200

    def test_no_rate_begins_before_the_measuring(self) -> None:
        reports, stats = Reports(), RequestStats()
        reports.begin_anew(stats)
        data = self.report()
        for entry in data["stats"]:
            entry["start_time"] -= 100
        reports.on_worker_report(data)
        assert {entry["start_time"] for entry in data["stats"]} == {stats.total.start_time}

    def test_each_request_of_ours_is_counted_once_with_its_failure(self) -> None:
        reports, stats = Reports(), RequestStats()
        reports.name = "/api"
        reports.count(stats, sample(0.25), None)
        reports.count(stats, sample(0.35), ValueError("shed"))
        entry = stats.get("/api", "POST")
        assert (entry.num_requests, entry.num_failures) == (2, 1)
        assert entry.total_response_time == pytest.approx(600)

"""Plots of a real run: stages of an open loop, streamed answers, some that fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stt_load.html.page import Section
from stt_load.html.plot import Plot
from stt_load.html.run_page import run_page
from stt_load.report.messages import Messages
from stt_load.storage.result_file import load_run
from tests.processes.running import QUICK, rows, run

pytestmark = pytest.mark.locust


def plots_of(sections: tuple[Section, ...]) -> dict[str, Plot]:
    return {block.id: block for section in sections for block in section.blocks if isinstance(block, Plot)}


@pytest.mark.slow
def test_every_row_of_a_run_is_in_its_plots(tmp_path: Path) -> None:
    config = {
        "warmup_requests": 5,
        "load": {"stages": [{"rate": 20, "for": 3}, {"rate": 40, "for": 3}]},
        "audio": {"duration": "1..3"},
        "api": {"base_url": "embedded", "stream": True},
        "embedded": QUICK | {"error_rate": 0.1, "delta_gap_s": 0.01},
        "slo": ["p95(response_time_s) < 5 s"],
    }
    result = run(tmp_path, config).result
    (path,) = tmp_path.glob("stt_load_test_results_*.json")
    found = plots_of(run_page(Messages("en"), load_run(path)).sections)
    ids = ["latency-time", "distribution", "length", "rates", "in-flight", "ttft", "gaps", "failures"]
    assert [id_ for id_ in found if id_ in {f"plot-{name}" for name in ids}] == [f"plot-{name}" for name in ids]

    latency = found["plot-latency-time"]
    points = {one.name: len(one.x) for one in latency.series if one.form == "points"}
    measured = rows(result, "measured")
    assert points["Succeeded"] == sum(row["ok"] for row in measured) > 50
    assert sum(points.values()) == len(result["requests"])
    assert [line.name for line in latency.lines] == ["Stage 1: 20/s", "Stage 2: 40/s", "p95(response_time_s) < 5 s"]
    assert latency.lines[1].at == pytest.approx(4.0, abs=0.5), (
        "its first arrival, a second and three after the barrier"
    )
    assert {band.name for band in latency.bands} >= {"Warm-up", "Settling, in no figure"}

    ok = found["plot-rates"].series[1]
    assert ok.name == "Succeeded"
    assert float((np.diff(ok.x) * ok.y[:-1]).sum()) == pytest.approx(sum(row["ok"] for row in result["requests"]))
    failed = sum(not row["ok"] for row in result["requests"])
    assert sum(float(one.y[:-1].sum()) for one in found["plot-failures"].series) == failed > 0
    assert found["plot-ttft"].series[1].y[0] == pytest.approx(result["metrics"]["ttft_s"]["median"], abs=1e-6)

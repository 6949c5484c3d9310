"""Open loops by real `locust --headless` processes."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import against, quick, rows, run
from tests.processes.stalling import SERVICE_S, STALL_S, stalling

pytestmark = pytest.mark.locust
RATE, SECONDS, WARMUP = 30, 4, 5


def response_s(row: dict[str, Any]) -> float:
    return float(row["done_s"] - row["start_s"])


def test_coordinated_omission(tmp_path: Path) -> None:
    """A server stands still once. Users who wait for their answers send nothing meanwhile, so that a closed loop has
    a few slow rows and figures of a service that is well; an open loop has everybody who would have come."""
    (tmp_path / "closed").mkdir()
    with stalling(60) as server:
        closed = run(tmp_path / "closed", against(server.url, 180, WARMUP, 5)).result
    slow = [row for row in rows(closed, "measured") if response_s(row) > 2 * SERVICE_S + 0.1]
    assert len(slow) == 5, "one for each user"
    assert closed["metrics"]["response_time_s"]["p95"] < 0.3

    (tmp_path / "open").mkdir()
    load = {"load": {"rate": RATE, "arrivals": "constant", "max_in_flight": 100}, "measure_for": SECONDS}
    with stalling(WARMUP + 30) as server:
        opened = run(tmp_path / "open", against(server.url, None, WARMUP, 2, **load)).result
    measured = rows(opened, "measured")
    check_timetable(measured)
    barrier_s = opened["run"]["barrier_s"]
    wedge = [row for row in measured if server.from_s <= barrier_s + row["sent_s"] < server.until_s]
    assert len(wedge) == pytest.approx(RATE * STALL_S, abs=2)
    expected_s = [server.until_s + SERVICE_S - barrier_s - row["start_s"] for row in wedge]
    assert max(expected_s) > STALL_S - 0.1
    assert min(expected_s) < SERVICE_S + 2 / RATE
    errors_s = [response_s(row) - expected for row, expected in zip(wedge, expected_s, strict=True)]
    assert min(errors_s) > -0.002
    assert statistics.median(errors_s) < 0.05, "as many answers come at once"
    assert max(errors_s) < 0.3
    assert opened["metrics"]["response_time_s"]["p95"] > 1.5
    before = [row for row in measured if barrier_s + row["sent_s"] < server.from_s]
    assert len({row["slot"] for row in before}) <= 6, "two are in flight at a time, and who came last goes first"
    assert sum(row["connect_s"] is not None for row in before) <= 1, "connections were opened in advance"


def check_timetable(measured: list[dict[str, Any]]) -> None:
    """Each arrival has its row, at its instant: the first a second after the barrier, and none drifts."""
    assert [row["seq"] for row in measured] == list(range(WARMUP, WARMUP + RATE * SECONDS))
    for number, row in enumerate(measured):
        assert row["start_s"] == pytest.approx(1 + number / RATE, abs=2e-6)
        assert row["sent_s"] >= row["start_s"] - 2e-6


def test_an_arrival_that_no_slot_was_free_for_is_a_row(tmp_path: Path) -> None:
    """Two slots carry out 4 of the 20 arrivals that there are a second."""
    load = {"rate": 20, "arrivals": "constant", "max_in_flight": 2, "max_lag": 0.3}
    embedded = {"slots": 8, "overhead_s": 0.5, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
    config = quick(None, 2, 2, measure_for=2, load=load, embedded=embedded)
    result = run(tmp_path, config, "FastSttUser").result
    measured = rows(result, "measured")
    assert [row["seq"] for row in measured] == list(range(2, 42))
    dropped = [row for row in measured if row["error_kind"] == "dropped"]
    assert {row["sent_s"] for row in dropped} == {None}
    assert {round(response_s(row), 5) for row in dropped} == {0.3}
    sent = [row for row in measured if row["ok"]]
    assert len(sent) + len(dropped) == 40
    # From 1 s to 3.25 s, when the last one lapses, each slot takes one each 0.5 s, and the first two at once.
    assert 8 <= len(sent) <= 10
    for row in sent:
        assert 0 <= row["sent_s"] - row["start_s"] <= 0.35
    waited = [row for row in sent if row["sent_s"] - row["start_s"] > 0.1]
    assert all(row["late_s"] < 0.05 for row in waited), "that no slot was free is not the generator standing still"
    assert result["metrics"]["dropped"] == len(dropped)
    assert result["run"]["complete"] is True

"""Levels and a search in one process: every request of each level, and every way to an end."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from stt_load.storage import result_file
from stt_load.storage.run_record import RunRecord
from tests.processes.running import (
    against,
    check_level_verdicts,
    finish,
    quick,
    rows,
    run,
    saved,
    start,
)
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

TWO_SLOTS = {"slots": 2, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
"""From two requests in flight on there are 20 a second, each of which takes 0.05 s for each that is in flight."""


def of_level(result: dict[str, Any], number: int, phase: str) -> list[dict[str, Any]]:
    return [row for row in rows(result, phase) if row["level"] == number]


def test_each_level_has_its_users_its_warm_up_and_its_requests_and_the_server_saw_no_other(tmp_path: Path) -> None:
    with logged_server(tmp_path, **TWO_SLOTS) as server:
        config = against(server.url, None, 3, 5, load={"levels": {"users": [2, 5, 1], "requests": 12}})
        ran = run(tmp_path, config)
        truths = server.truths()
    result = ran.result
    assert result["metrics"] is None
    assert [level["trial"]["value"] for level in result["levels"]] == [2, 5, 1]
    for number, users in enumerate((2, 5, 1)):
        warm, settling, measured = (of_level(result, number, phase) for phase in ("warmup", "settling", "measured"))
        assert (len(warm), len(settling), len(measured)) == (max(users, 3 if not number else 0), 2 * users, 12)
        assert {row["users"] for row in measured} == {users}
        assert {row["slot"] for row in measured} == set(range(users))
        assert max(row["done_s"] for row in warm) <= min(row["start_s"] for row in settling)
        assert result["levels"][number]["metrics"]["requests"]["total"] == 12
        if number:
            before = [row["done_s"] for row in result["requests"] if row["level"] == number - 1]
            assert max(before) <= min(row["start_s"] for row in warm), "nothing is in flight between two levels"
    assert len({row["seq"] for row in result["requests"]}) == len(result["requests"]) == len(truths)
    assert len({truth["audio_hash"] for truth in truths}) == len(truths), "no clip twice"
    assert list(tmp_path.glob("*.level_*")) == [], "of the levels nothing is left but what is in the result"
    check_level_verdicts(ran, "VALID")


@pytest.mark.slow
def test_ctrl_c_in_a_search_reports_what_is_known_by_then(tmp_path: Path) -> None:
    config = quick(None, 1, 1, embedded=TWO_SLOTS, load={"search": {"axis": "users"}})
    process = start(tmp_path, config, "--slo", "p95(response_time_s) < 0.3", "--save-path", "out.json")
    assert process.stdout
    while "2 in flight, screened" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    ran = finish(process, tmp_path)
    (result,) = saved(tmp_path, "out.json")
    assert ran.code == 5
    assert result["run"]["end_reason"] == "interrupted"
    assert result["capacity"]["limited"] == "interrupted"
    assert result["capacity"]["carries"] is None or result["capacity"]["carries"] >= 2
    assert result["capacity"]["fails_at"] is None
    assert [level["trial"]["value"] for level in result["levels"]][:2] == [1, 2]


@pytest.mark.slow
def test_a_time_limit_of_locusts_ends_all_levels(tmp_path: Path) -> None:
    config = quick(None, 1, 1, embedded=TWO_SLOTS, load={"levels": {"users": [1, 2], "requests": 10_000}})
    ran = run(tmp_path, config, "-t", "4")
    assert [level["trial"]["value"] for level in ran.result["levels"]] == [1]
    assert (ran.result["run"]["end_reason"], ran.result["run"]["complete"]) == ("time_limit", False)


@pytest.mark.slow
def test_a_service_that_is_down_is_asked_no_second_level(tmp_path: Path) -> None:
    config = against("http://127.0.0.1:9", None, 3, 1, load={"levels": {"users": [1, 2], "requests": 10}})
    ran = run(tmp_path, config)
    assert ran.code == 1
    assert ran.result["run"]["end_reason"] == "dead_warmup"
    assert len(ran.result["levels"]) == 1


@pytest.mark.slow
def test_what_a_kill_leaves_of_each_level_can_be_reported(tmp_path: Path) -> None:
    config = quick(None, 1, 1, embedded=TWO_SLOTS, load={"levels": {"users": [1, 2], "requests": 20}})
    process = start(tmp_path, config, "--save-path", "out.json")
    assert process.stdout
    while "1 in flight" not in process.stdout.readline():
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    left = sorted(tmp_path.glob("out.level_*.partial.jsonl"))
    assert len(left) >= 1
    first = result_file.load(left[0])
    assert isinstance(first, RunRecord)
    assert first.summary.metrics.requests.total == 20

"""An open loop on many processes: each due instant has exactly one row, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.processes.crowd import crowd, until
from tests.processes.running import against, check_code, check_verdict, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

TENTH = {"slots": 16, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
RATE = 20


def load(**more: Any) -> dict[str, Any]:
    return {"rate": RATE, "arrivals": "constant", "max_in_flight": 20} | more


def check_each_due_instant(result: Mapping[str, Any], total: int, warmup: int) -> list[dict[str, Any]]:
    """The n-th arrival is due 1 s + n / rate after the barrier, and has one row. Returns them as they were due."""
    warm, measured = rows(result, "warmup"), rows(result, "measured")
    assert sorted(row["seq"] for row in warm) == list(range(warmup))
    measured.sort(key=lambda row: row["seq"])
    assert [row["seq"] for row in measured] == list(range(warmup, total))
    for row in measured:
        assert row["start_s"] == pytest.approx(1.0 + (row["seq"] - warmup) / RATE, abs=2e-6)
    assert result["run"]["complete"] is True
    return measured


def test_each_due_instant_has_one_row_and_the_workers_share_them_evenly(tmp_path: Path) -> None:
    with logged_server(tmp_path, **TENTH) as server:
        ran = run(tmp_path, against(server.url, 70, 10, 4, load=load()), "--processes=2")
        truths = server.truths()
    check_code(ran, 0)
    measured = check_each_due_instant(ran.result, 70, 10)
    assert all(row["ok"] for row in measured)
    assert len(truths) == len({truth["audio_hash"] for truth in truths}) == 70
    assert Counter(row["worker"] for row in measured).most_common()[0][1] <= 32
    assert sorted(row["sent_s"] - row["start_s"] for row in measured)[len(measured) // 2] < 0.01
    assert len({row["connection"] for row in measured}) <= 20


@pytest.mark.slow
def test_stages_settle_by_the_whole_run_and_share_their_arrivals(tmp_path: Path) -> None:
    """The second stage's 200 begin when the first one's 40 were due; 10 medians of 0.1 s settle."""
    stages = [{"rate": 10, "for": 4}, {"rate": 40, "for": 5}]
    with logged_server(tmp_path, **TENTH) as server:
        ran = run(tmp_path, staged(server.url, load={"stages": stages, "arrivals": "constant"}), "--processes=2")
    check_code(ran, 0)
    found = sorted(rows(ran.result, "settling") + rows(ran.result, "measured"), key=lambda row: row["seq"])
    assert [row["seq"] for row in found] == list(range(6, 6 + 240))
    assert [row["stage"] for row in found] == [0] * 40 + [1] * 200
    for number, row in enumerate(found):
        due_s = 1.0 + (number / 10 if number < 40 else 4.0 + (number - 40) / 40)
        assert row["start_s"] == pytest.approx(due_s, abs=2e-6)
    settled = [sum(row["phase"] == "settling" for row in part) for part in (found[:40], found[40:])]
    medians_s = [count / rate / 10 for count, rate in zip(settled, (10, 40), strict=True)]
    assert all(0.1 <= median_s < 0.15 for median_s in medians_s), settled
    assert all(row["phase"] == "settling" for row in found[: settled[0]] + found[40 : 40 + settled[1]])


@pytest.mark.slow
def test_stages_of_users_are_the_whole_runs_and_each_worker_has_its_part(tmp_path: Path) -> None:
    stages = [{"users": 1, "for": 2}, {"users": 5, "for": 3}, {"users": 2, "for": 2}]
    with logged_server(tmp_path, **TENTH) as server:
        ran = run(tmp_path, staged(server.url, load={"stages": stages}), "--processes=2")
    check_code(ran, 0)
    found = rows(ran.result, "settling") + rows(ran.result, "measured")
    for at_s, users in ((1.0, 1), (3.0, 5), (4.5, 5), (6.0, 2)):
        busy = [row for row in found if row["sent_s"] <= at_s < row["done_s"]]
        assert len(busy) in (users - 1, users), "between two requests a user has none"
    assert [sum(row["stage"] == stage for row in rows(ran.result, "settling")) for stage in range(3)] == [2, 10, 4]
    assert max(row["done_s"] for row in found if row["stage"] == 1) < 5.5


def staged(url: str, **more: Any) -> dict[str, Any]:
    """Stages say when a run ends and, where they are of users, how many these are."""
    keys = against(url, None, 6, 4, **more)
    return {key: value for key, value in keys.items() if key not in ("total_requests", "concurrent_requests")}


@pytest.mark.parametrize(
    "max_lag_s", [1.0, pytest.param(10.0, marks=pytest.mark.slow)], ids=["dropped", "sent_by_others"]
)
def test_of_a_worker_that_is_killed_every_due_instant_has_a_row(max_lag_s: float, tmp_path: Path) -> None:
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes:
        total, warmup = 180, 10
        processes.start_master(against(server.url, total, warmup, 4, load=load(max_lag=max_lag_s)), expect=2)
        for _ in range(2):
            processes.start_worker()
        until("it measures", lambda: len(server.truths()) > warmup + 20)
        os.killpg(processes.workers[0].pid, signal.SIGKILL)
        ran = processes.finish()
    measured = check_each_due_instant(ran.result, total, warmup)
    kinds = Counter(row["error_kind"] for row in measured)
    assert kinds[None] > total / 2
    assert set(kinds) <= {None, "dropped", "lost"}
    assert ran.result["run"]["generator"]["rows_lost"] == 0
    if max_lag_s == 1.0:
        assert kinds["dropped"] > 10, "half of what was due until it was missed"
        check_verdict(ran.result, "DEGRADED")
    else:  # others have sent it, all at once and seconds late, and of so few requests that is every fifth
        assert sum(row["attempt"] for row in measured) > 10
        assert ran.result["run"]["leased_again"] > 10
        changed = [one for one in ran.result["validity"]["checks"] if one["name"] == "load_changed"]
        assert [one["verdict"] for one in changed] == ["DEGRADED"]


@pytest.mark.slow
def test_when_a_worker_comes_back_that_stood_still_no_request_of_the_others_is_cut_off(tmp_path: Path) -> None:
    """Locust takes users from the other one then: those that wait, while arrivals go on."""
    with logged_server(tmp_path, **TENTH) as server, crowd(tmp_path) as processes:
        total, warmup = 410, 10
        many = load(max_in_flight=1_600)
        processes.start_master(against(server.url, total, warmup, 4, load=many), expect=2)
        for _ in range(2):
            processes.start_worker()
        until("it measures", lambda: len(server.truths()) > warmup + 20)
        os.killpg(processes.workers[0].pid, signal.SIGSTOP)
        time.sleep(8)  # longer than its lease lasts
        os.killpg(processes.workers[0].pid, signal.SIGCONT)
        ran = processes.finish()
    measured = check_each_due_instant(ran.result, total, warmup)
    assert set(Counter(row["error_kind"] for row in measured)) <= {None, "dropped", "lost"}

"""The web UI of a master: every start is a run of its own, over all workers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.processes.page import Page, ended, web_ui
from tests.processes.running import check_verdict, quick, rows
from tests.processes.test_distributed import check_exact

pytestmark = pytest.mark.locust


def total(page: Page) -> int:
    return int(page.stats()["stats"][-1]["num_requests"])


def begin(page: Page, users: int, **form: Any) -> None:
    """Starts once the workers are there, which Locust needs some seconds for after a stop."""
    page.until(lambda: len(page.stats()["workers"]) == 2, "both workers are there")
    page.until(lambda: all(worker["state"] == "ready" for worker in page.stats()["workers"]), "they are ready")
    assert page.post("/swarm", user_count=users, spawn_rate=users, host="embedded", **form)["success"]


def test_two_runs_one_after_the_other_and_a_stop(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(40, 4, 4), "--processes=2") as page:
        assert page.stats()["state"] == "ready", "the page has its start form"
        begin(page, 4)
        page.until(lambda: page.stats()["state"] == "stopped", "the first run is done")
        assert total(page) == 36
        begin(page, 3, total_requests="30", warmup_requests="6")
        page.until(lambda: page.stats()["state"] == "stopped" and total(page) == 24, "the second run is done")
        begin(page, 4, total_requests="")
        page.until(lambda: total(page) > 40, "the third one has measured more than the others")
        page.post("/stop")
        page.until_stopped()
        counted = total(page)
        ran = ended(page)
    assert ran.code == 0, ran.err
    first, second, third = ran.results
    check_exact(first, 40, 4)
    check_exact(second, 30, 6)
    assert len(rows(third, "measured")) == counted
    assert all(row["ok"] for row in third["requests"])
    assert third["run"]["end_reason"] == "stopped"
    assert "Traceback" not in ran.err


@pytest.mark.slow
def test_the_number_of_users_is_changed_on_all_workers(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 2, 2), "--processes=2") as page:
        begin(page, 2)
        page.until(lambda: total(page) >= 6, "two users measured something")
        page.post("/swarm", user_count=6, spawn_rate=6, host="embedded")
        page.until(lambda: page.stats()["user_count"] == 6, "six users run")
        grown = total(page)
        page.until(lambda: total(page) >= grown + 60, "six users measured something")
        page.post("/swarm", user_count=1, spawn_rate=6, host="embedded")
        page.until(lambda: page.stats()["user_count"] == 1, "one user is left")
        shrunk = total(page)
        page.until(lambda: total(page) >= shrunk + 10, "one user measured something")
        page.post("/stop")
        page.until_stopped()
        ran = ended(page)
    measured = rows(ran.result, "measured")
    assert all(row["ok"] for row in measured), "a request cut by the ramp-down was drained"
    assert {1, 2, 6} <= {row["users"] for row in measured}
    assert max(row["users"] for row in measured) == 6
    assert sorted(row["seq"] for row in measured) == sorted({row["seq"] for row in measured})
    assert ran.result["run"]["leased_again"] == 0
    assert ran.result["run"]["generator"]["load_changes"] == []


@pytest.mark.slow
def test_a_worker_killed_under_the_page_is_replaced_by_the_others(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 4, 4), "--processes=2") as page:
        begin(page, 4)
        page.until(lambda: total(page) >= 20, "something was measured")
        workers = [
            child
            for child in psutil.Process(page.process.pid).children()
            if not any("stt_load.server" in word for word in child.cmdline())
        ]
        assert len(workers) == 2
        workers[0].kill()
        page.until(lambda: "missing" in {one["state"] for one in page.stats()["workers"]}, "it is missed")
        page.until(lambda: page.stats()["user_count"] == 4, "its users are there again")
        back = total(page)
        page.until(lambda: total(page) >= back + 20, "the load is back")
        page.post("/stop")
        page.until_stopped()
        ran = ended(page)
    assert ran.code == 0, ran.err
    check_verdict(ran.result, "DEGRADED")
    measured = rows(ran.result, "measured")
    assert len({row["seq"] for row in measured}) == len(measured)

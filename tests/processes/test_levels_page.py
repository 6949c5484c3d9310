"""Levels and a search on Locust's page: started from its form, and watched as they come."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from tests.processes.page import Page, web_ui
from tests.processes.running import quick, saved
from tests.processes.test_start_page import browser_tab, needs_browser

pytestmark = pytest.mark.locust

FORM = {"user_count": 2, "spawn_rate": 2, "host": "embedded"}
USERS = "Number of users (peak concurrency)"
TWO_SLOTS = {"slots": 2, "overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
"""Of which so many users get their answers after 0.05 s each, from two on."""


def notice(page: Page) -> dict[str, Any]:
    return dict(json.loads(page.get("/stt-load/run")))


def watch(page: Page) -> list[tuple[int, int, str]]:
    """Looks until all levels have ended. Returns, of each look that was within one level, its number, how many users
    the page says there are, and its state."""
    seen = []
    deadline = time.monotonic() + 60
    while (before := notice(page))["kind"] in ("going", "none"):
        assert time.monotonic() < deadline
        shown, after = page.form(), notice(page)  # the statistics are up to two seconds old
        number = re.match(r"Level (\d+)", "".join(before["lines"][:1]))
        if number and before["lines"][0] == "".join(after["lines"][:1]):
            seen.append((int(number[1]), shown["user_count"], shown["state"]))
        time.sleep(0.1)
    return seen


def test_a_sweep_is_started_from_the_form_and_each_of_its_levels_is_watched_with_its_users(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 2, 2)) as page:
        wrong = page.post("/swarm", **FORM, levels="users 0, 4", search="speed")
        assert wrong["success"] is False
        assert "load.levels" in wrong["message"]
        assert "load.search" in wrong["message"]
        assert page.post("/swarm", **FORM, levels="users 1, 3 for 25 requests")["success"] is True
        page.until(lambda: "".join(notice(page)["lines"]).startswith("Level"), "the first level is on")
        refused = page.post("/swarm", user_count=9, spawn_rate=1)
        assert (refused["success"], "load.levels" in refused["message"]) == (False, True)
        seen = watch(page)
        page.until_stopped()
        counted, told = page.requests(), notice(page)
        report = page.get("/stt-load/report").decode()
    assert {state for _, _, state in seen} <= {"spawning", "running"}, "between levels, too: else the form is shown"
    assert max(users for number, users, _ in seen if number == 1) == 1
    assert max(users for number, users, _ in seen if number == 2) == 3
    (result,) = saved(tmp_path)
    assert [one["trial"]["value"] for one in result["levels"]] == [1, 3]
    assert [one["metrics"]["requests"]["total"] for one in result["levels"]] == [25, 25]
    assert counted == 50
    assert [row["kind"] for row in told["levels"]["rows"]] == ["measured", "measured"]
    assert [link["name"] for link in told["links"]] == ["report", "result"]
    for row in told["levels"]["rows"]:
        assert " ".join(row["cells"][1:4]) in " ".join(report.split()), "the same figures"


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--processes=2"]], ids=["alone", "workers"])
def test_a_sweep_that_is_stopped_has_the_levels_that_there_were_and_another_can_be_started(
    tmp_path: Path, words: list[str]
) -> None:
    with web_ui(tmp_path, quick(None, 2, 2), *words) as page:
        sweep = {**FORM, "levels": "users 2, 4, 6 for 30 requests"}
        page.until(lambda: page.post("/swarm", **sweep)["success"], "there is a worker")
        page.until(lambda: len((notice(page)["levels"] or {"rows": []})["rows"]) >= 2, "a level is over")
        page.post("/stop")
        page.until_stopped()
        page.until(lambda: notice(page)["kind"] != "going", "it is said")
        page.until(lambda: page.post("/swarm", **FORM, levels="rate 20 for 1")["success"], "the workers are back")
        page.until(lambda: len(saved(tmp_path)) == 2, "the second result is there")
    first, second = saved(tmp_path)
    assert (first["run"]["complete"], first["run"]["end_reason"]) == (False, "stopped")
    assert 1 <= len(first["levels"]) < 4
    assert first["levels"][0]["metrics"]["requests"]["total"] == 30
    assert (second["run"]["complete"], len(second["levels"])) == (True, 1)


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "words"), [("en", []), ("ko", []), ("en", ["--processes=2"])], ids=["en", "ko", "workers"]
)
def test_in_a_browser_a_search_is_started_and_its_levels_and_its_answer_are_seen(
    tmp_path: Path, language: str, words: list[str]
) -> None:
    """The users of four wait 0.2 s, those of five 0.25 s."""
    labelled, level = {"en": ("the levels say how many", "Level"), "ko": ("부하 수준이 정합니다", "부하 수준")}[
        language
    ]
    config = quick(None, 2, 2, embedded=TWO_SLOTS, report={"language": language})
    with web_ui(tmp_path, config, *words) as page, browser_tab() as tab:
        tab.goto(page.url)
        tab.get_by_text("Custom parameters").click()
        tab.get_by_label(USERS).wait_for()
        search = tab.get_by_label("Search", exact=True)
        search.fill("users max_time 40 mode coarse")
        tab.get_by_label(re.compile(labelled)).wait_for()
        tab.get_by_label("Slo", exact=True).fill("p95(response_time_s) < 0.23")
        tab.get_by_role("button", name=re.compile("^start$", re.IGNORECASE)).click()
        shown = tab.locator("#stt-load")
        shown.get_by_text(re.compile(f"^{level} 1")).wait_for(timeout=15_000)
        assert "Users" in tab.locator("header").inner_text(), "they are none but users"
        shown.locator("tr[data-kind=on]").wait_for()
        tab.get_by_role("button", name=re.compile("^edit$", re.IGNORECASE)).click()
        tab.get_by_label(re.compile(labelled)).wait_for()
        tab.keyboard.press("Escape")
        page.until_stopped()
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        (result,) = saved(tmp_path)
        shown.get_by_role("link").first.wait_for()
        assert shown.locator("tbody tr").count() == len(result["levels"])
        assert shown.locator("tr[data-kind=on]").count() == 0
        if language == "en":
            assert result["capacity"]["sentence"] in " ".join(shown.inner_text().split())
        assert (result["capacity"]["carries"] or 0) < 5

"""An open loop on Locust's page: started from its form, watched there, and called what it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.processes.page import web_ui
from tests.processes.running import quick, rows, saved
from tests.processes.test_start_page import browser_tab, needs_browser

pytestmark = pytest.mark.locust

USERS = "Number of users (peak concurrency)"
FORM = {"user_count": 2, "spawn_rate": 2, "host": "embedded"}


def test_the_form_starts_an_open_loop_with_its_slots_and_its_slos_and_what_is_wrong_with_them_is_told(
    tmp_path: Path,
) -> None:
    with web_ui(tmp_path, quick(4_000, 4, 2)) as page:  # more than there is time for: it ends when all is looked at
        wrong = page.post("/swarm", **FORM, rate="-3", slo="p95(speed) < 2")
        assert wrong["success"] is False
        assert "load.rate" in wrong["message"]
        assert "speed" in wrong["message"]
        started = page.post(
            "/swarm", **FORM, rate="40", arrivals="constant", max_in_flight="9", slo="p95(response_time_s) < 60"
        )
        assert started["success"] is True
        page.until(lambda: page.stats()["user_count"] == 9, "all slots are there")
        refused = page.post("/swarm", user_count=3, spawn_rate=1)
        assert (refused["success"], "load.rate" in refused["message"]) == (False, True)
        page.until(lambda: page.requests() >= 20, "a while is measured")
        page.post("/stop")
        page.until_stopped()
        counted = page.requests()
    (result,) = saved(tmp_path)
    load = result["run"]["load"]
    assert (load["model"], load["max_in_flight"], load["warmup_users"]) == ("open", 9, 2)
    measured = rows(result, "measured")
    due = [row["start_s"] for row in measured]
    expected = [1.0 + number / 40 for number in range(len(due))]
    assert due == pytest.approx(expected, abs=0.0255), "each a fortieth later"
    assert sum(row["error_kind"] != "cancelled" for row in measured) == counted >= 20
    assert [one["expression"] for one in result["slo"]] == ["p95(response_time_s) < 60"]


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--processes=2"]], ids=["alone", "workers"])
def test_locusts_screens_count_what_was_dropped_as_our_figures_do(tmp_path: Path, words: list[str]) -> None:
    config = quick(44, 4, 2, load={"rate": 40, "max_in_flight": 2, "max_lag": 0.1})
    with web_ui(tmp_path, config, *words) as page:
        assert page.post("/swarm", **FORM)["success"] is True
        page.until(lambda: bool(saved(tmp_path)), "the result is there")
        page.until_stopped()
        total = next(entry for entry in page.stats()["stats"] if entry["name"] == "Aggregated")
        told = [error["error"] for error in page.stats()["errors"]]
    (result,) = saved(tmp_path)
    requests = result["metrics"]["requests"]
    assert result["metrics"]["failures"]["dropped"] == requests["failed"] > 0
    assert (total["num_requests"], total["num_failures"]) == (requests["total"], requests["failed"])
    assert requests["total"] == 40
    assert len(told) == 1
    assert "dropped" in told[0]


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
def test_in_a_browser_users_are_slots_while_an_open_loop_is_on(tmp_path: Path, language: str) -> None:
    slots, warm = {"en": ("Slots", "Requests in flight in the warm-up"), "ko": ("슬롯", "워밍업에서")}[language]
    config = quick(None, 4, 2, load={"max_in_flight": 7}, report={"language": language})
    with web_ui(tmp_path, config) as page, browser_tab() as tab:
        tab.goto(page.url)
        tab.get_by_text("Custom parameters").click()
        tab.get_by_label(USERS).wait_for()
        tab.get_by_label("Rate", exact=True).fill("20")
        tab.get_by_label(warm).wait_for()
        tab.get_by_label("Rate", exact=True).fill("")
        tab.get_by_label(USERS).wait_for()
        tab.get_by_label("Rate", exact=True).fill("20")
        tab.get_by_role("button", name=re.compile("^start$", re.IGNORECASE)).click()
        header = tab.locator("header")
        header.get_by_text(slots, exact=True).wait_for(timeout=15_000)
        assert "Users" not in header.inner_text()
        header.get_by_text("7", exact=True).wait_for(timeout=15_000)
        tab.get_by_role("button", name=re.compile("^edit$", re.IGNORECASE)).click()
        tab.get_by_text({"en": "No effect", "ko": "효과 없음"}[language]).first.wait_for()


@needs_browser
@pytest.mark.slow
def test_in_a_browser_users_of_a_closed_loop_stay_users(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(None, 4, 2)) as page, browser_tab() as tab:
        tab.goto(page.url)
        tab.get_by_role("button", name=re.compile("^start$", re.IGNORECASE)).click()
        tab.locator("#stt-load").get_by_text(re.compile("^Measuring")).wait_for(timeout=15_000)
        assert "Users" in tab.locator("header").inner_text()

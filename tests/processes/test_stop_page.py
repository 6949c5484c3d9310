"""What the page shows of a run that is on and that is stopped, in a browser."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.processes.page import ended, web_ui
from tests.processes.running import against
from tests.processes.test_start_page import browser_tab, needs_browser

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.locust


@contextmanager
def a_service_that_never_answers() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def button(tab: Tab, name: str) -> Locator:
    return tab.get_by_role("button", name=re.compile(f"^{name}$", re.IGNORECASE))


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--processes=2"]], ids=["alone", "workers"])
def test_in_a_browser_a_run_that_drains_for_long_ends_in_the_offer_of_another(
    tmp_path: Path, words: list[str]
) -> None:
    """Locust's page looks every two seconds: it sees the run on its way to the end."""
    with (
        a_service_that_never_answers() as url,
        web_ui(tmp_path, against(url, 100, 0, 3, drain_s=3.0), *words) as page,
        browser_tab() as tab,
    ):
        page.until(lambda: not words or page.stats()["worker_count"] == 2, "the workers are there")
        tab.goto(page.url)
        button(tab, "start").click()
        button(tab, "stop").wait_for(timeout=10_000)
        the_form_that_changes_a_run_has_nothing_that_changes_nothing(tab)
        tab.get_by_text(re.compile("^Measuring: 0/100")).wait_for(timeout=5_000)
        button(tab, "stop").click()
        tab.get_by_text(re.compile("^Stopping: waiting for 3 requests in flight, for at most \\d s$")).wait_for()
        button(tab, "new").wait_for(timeout=15_000)
        assert "STOPPED" in tab.locator("header").inner_text().upper()
        button(tab, "new").click()
        tab.get_by_text("Custom parameters").click()
        tab.locator('[name="totalRequests"]').wait_for()
        assert ended(page).code == 0


def the_form_that_changes_a_run_has_nothing_that_changes_nothing(tab: Tab) -> None:
    button(tab, "edit").click()
    tab.get_by_text("Edit running load test").wait_for()
    assert tab.locator('[name="totalRequests"]').count() == 1, "it is Locust's form that has it"
    assert not tab.get_by_text("Custom parameters").is_visible()
    assert not tab.locator('[name="totalRequests"]').is_visible()
    assert tab.locator('[name="userCount"]').is_visible()
    tab.keyboard.press("Escape")
    tab.get_by_text("Edit running load test").wait_for(state="detached")

"""From START to the first request: what the page shows meanwhile, over HTTP and in a browser."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.ports import free_port
from tests.processes.page import Page, ended, web_ui
from tests.processes.running import QUICK, against, saved

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.locust

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
browser_missing = "needs `pip install playwright` and Debian's `chromium`"
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None, reason=browser_missing
)


@contextmanager
def page_with_a_slow_embedded_server(
    folder: Path, start_s: float, base_url: str, total: int | None = 6, words: Sequence[str] = ()
) -> Iterator[Page]:
    slow = f"import sys, time\nif 'stt_load.server' in sys.orig_argv:\n    time.sleep({start_s})\n"
    (folder / "sitecustomize.py").write_text(slow, encoding="utf-8")
    config = against(base_url, total, 2, 2, embedded=QUICK)
    with web_ui(folder, config, *words, env={"PYTHONPATH": str(folder)}) as page:
        yield page


def embedded_servers(page: Page) -> list[psutil.Process]:
    children = psutil.Process(page.process.pid).children()
    return [child for child in children if "stt_load.server" in child.cmdline()]


def test_after_start_the_state_is_never_ready_before_the_run_has_begun(tmp_path: Path) -> None:
    """The form says `embedded`, whose server needs its time; the page shows the form again for a state `ready`."""
    elsewhere = f"http://127.0.0.1:{free_port()}"
    with page_with_a_slow_embedded_server(tmp_path, 1.5, elsewhere) as page:
        form = {"user_count": 2, "spawn_rate": 2, "host": "embedded"}
        assert page.post("/swarm", **form)["success"]
        states: list[str] = []

        def saved_by_then() -> bool:
            states.append(page.form()["state"])  # the statistics are up to two seconds old
            return len(saved(tmp_path)) == 1

        page.until(saved_by_then, "the result is there")
        assert states.count("spawning") > 5
        assert "ready" not in states
        assert ended(page).code == 0


def test_a_second_start_while_a_run_is_being_started_is_refused(tmp_path: Path) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}"
    with page_with_a_slow_embedded_server(tmp_path, 1.5, elsewhere) as page:
        form = {"user_count": 2, "spawn_rate": 2, "host": "embedded"}
        assert page.post("/swarm", **form)["success"]
        refused = page.post("/swarm", **form)
        assert (refused["success"], "being started" in refused["message"]) == (False, True)
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        assert ended(page).code == 0


@pytest.mark.parametrize(
    "words", [[], pytest.param(["--processes=1"], marks=pytest.mark.slow)], ids=["alone", "a worker"]
)
def test_a_start_that_is_stopped_while_it_is_made_ready_leaves_room_for_the_next(
    tmp_path: Path, words: list[str]
) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}"
    with page_with_a_slow_embedded_server(tmp_path, 1.5, elsewhere, words=words) as page:
        form = {"user_count": 2, "spawn_rate": 2, "host": "embedded"}
        page.until(lambda: page.post("/swarm", **form)["success"], "there is a worker")
        page.until(lambda: len(embedded_servers(page)) == 1, "it is being made ready")
        page.post("/stop")
        page.until(lambda: not embedded_servers(page), "what was half ready is gone")
        assert page.form()["state"] in ("ready", "stopped")
        assert page.post("/swarm", **form)["success"], "at once"
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        assert ended(page).code == 0
    (result,) = saved(tmp_path)
    assert result["run"]["complete"] is True


def test_the_embedded_server_is_there_before_the_page(tmp_path: Path) -> None:
    with page_with_a_slow_embedded_server(tmp_path, 1.5, "embedded") as page:
        assert len(embedded_servers(page)) == 1
        assert page.post("/swarm", user_count=2, spawn_rate=2, host="embedded")["success"]
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        assert ended(page).code == 0


def test_an_embedded_server_that_can_not_start_keeps_no_page_from_coming(tmp_path: Path) -> None:
    broken = "import sys\nif 'stt_load.server' in sys.orig_argv:\n    sys.exit('no such machine')\n"
    (tmp_path / "sitecustomize.py").write_text(broken, encoding="utf-8")
    config = against("embedded", 6, 2, 2)
    with web_ui(tmp_path, config, env={"PYTHONPATH": str(tmp_path)}) as page:
        assert page.post("/swarm", user_count=2, spawn_rate=2, host="embedded")["success"]
        page.until(lambda: page.stats()["state"] == "stopped", "it is called off")
        ran = ended(page)
    assert "the embedded server did not start" in ran.err
    assert "no such machine" in ran.err


@contextmanager
def browser_tab() -> Iterator[Tab]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser.new_page()
        finally:
            browser.close()


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("server", ["there", "gone"])
def test_in_a_browser_a_run_is_shown_from_start_on(tmp_path: Path, server: str) -> None:
    """Also when the page is loaded again; an embedded server that is gone is started again, which takes its time."""
    with page_with_a_slow_embedded_server(tmp_path, 6.0, "embedded", total=None) as page:
        if server == "gone":
            for child in embedded_servers(page):
                child.kill()
        with browser_tab() as tab:
            press_start_and_look(tab, page)
        page.until(lambda: page.form()["state"] == "running", "it runs")
        page.post("/stop")
        assert ended(page).code == 0


def press_start_and_look(tab: Tab, page: Page) -> None:
    """As a person would, who loads the page once more after it has looked at the state for the first time."""
    tab.goto(page.url)
    button = tab.get_by_role("button", name=re.compile("^start$", re.IGNORECASE))
    button.wait_for()
    assert "READY" in tab.locator("header").inner_text().upper()
    with tab.expect_response("**/stats/requests"):
        button.click()
    tab.wait_for_function(
        "!document.querySelector('header').innerText.toUpperCase().includes('READY')", timeout=2_000
    )
    tab.reload()
    tab.get_by_role("button", name=re.compile("^stop$", re.IGNORECASE)).wait_for(timeout=5_000)
    assert not button.is_visible()


@needs_browser
@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--processes=1"]], ids=["alone", "a worker"])
def test_in_a_browser_the_form_explains_itself_and_a_run_says_how_it_goes(tmp_path: Path, words: list[str]) -> None:
    slow = QUICK | {"overhead_s": 1.0}
    with web_ui(tmp_path, against("embedded", 10, 6, 2, embedded=slow), *words) as page, browser_tab() as tab:
        start_with_an_open_form(tab, page)
        notice = tab.locator("#stt-load")
        notice.get_by_text(re.compile("^Warm-up: [1-6]/6")).wait_for(timeout=5_000)
        tab.get_by_role("tab", name="Download Data").click()
        offered = tab.get_by_role("link", name="Download STT result (JSON)")
        tab.get_by_text("Download requests CSV").wait_for()
        assert not offered.is_visible(), "there is none yet"
        notice.get_by_text("Measurement:").wait_for(timeout=20_000)
        assert offered.is_visible()
        assert not tab.get_by_role("link", name="Download STT requests").is_visible()
        assert notice.get_by_role("link").all_inner_texts() == ["The whole report", "Result (JSON)"]
        assert ended(page).code == 0


def start_with_an_open_form(tab: Tab, page: Page) -> None:
    tab.goto(page.url)
    tab.get_by_text("Custom parameters").click()
    fields = tab.locator("#root form [name]:visible")
    fields.nth(5).wait_for()
    names = [field.get_attribute("name") for field in fields.all()]
    assert names[3:5] == ["totalRequests", "warmupRequests"], "ours, after Locust's three"
    label = tab.get_by_label("Total Requests")
    below = "e => getComputedStyle(e.parentElement.parentElement, '::after').content"
    assert "Requests of the whole run" in label.evaluate(below)
    tab.get_by_role("button", name=re.compile("^start$", re.IGNORECASE)).click()
    tab.get_by_role("button", name=re.compile("^stop$", re.IGNORECASE)).wait_for(timeout=5_000)


@needs_browser
@pytest.mark.slow
def test_in_a_browser_what_is_said_is_chosen_in_the_form(tmp_path: Path) -> None:
    """It begins with what is configured; the run that is started, and its result, have what was chosen."""
    config = against("embedded", 6, 2, 2, embedded=QUICK, audio={"source": "noise", "duration": 0.5})
    del config["audio_duration"]
    with web_ui(tmp_path, config) as page, browser_tab() as tab:
        tab.goto(page.url)
        tab.get_by_text("Custom parameters").click()
        choice = tab.locator('[name="audioSource"]')
        choice.wait_for()
        assert choice.input_value() == "noise"
        assert choice.locator("option").all_inner_texts() == ["speech", "noise", "silence", "files"]
        assert "What the clips are" in choice.evaluate(
            "e => [...document.querySelectorAll('*')].map(o => getComputedStyle(o, '::after').content).join()"
        )
        choice.select_option("silence")
        choice.scroll_into_view_if_needed()
        tab.get_by_role("button", name=re.compile("^start$", re.IGNORECASE)).click()
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        assert ended(page).code == 0
    (result,) = saved(tmp_path)
    assert result["config"]["audio"]["source"] == "silence"

"""What the web UI gains: the form's check and the downloads, asked over Flask's test client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from locust.web import WebUI

from stt_load import web
from tests.locusts import command_line, local_environment

CONFIG = "api: {base_url: 'http://service.test'}\n"
FORM = {"user_count": "2", "spawn_rate": "2", "host": "http://service.test"}


class Page:
    """The page of a Locust whose runner notes what it is told to start."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> None:
        ours, options = command_line(monkeypatch, folder, CONFIG, *words)
        self.environment = local_environment(options)
        self.started: list[tuple[int, float]] = []
        self.result: Path | None = None
        self.reason: str | None = None
        assert self.environment.runner is not None
        monkeypatch.setattr(self.environment.runner, "start", lambda *how: self.started.append(how))
        prefix = options.web_base_path
        ui = WebUI(self.environment, "", 0, delayed_start=True, web_login=options.web_login, web_base_path=prefix)
        self.environment.web_ui = ui
        web.extend(ui, ours, lambda: self.result, lambda: self.reason)
        self.client = ui.app.test_client()

    def swarm(self, path: str = "/swarm", **form: str) -> Any:
        answer = self.client.post(path, data=FORM | form)
        swarm = self.environment.web_ui._swarm_greenlet if self.environment.web_ui else None
        if swarm is not None:
            swarm.join()
        return answer.get_json()


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Page:
    return Page(monkeypatch, tmp_path)


def test_a_form_that_is_right_starts_a_run(page: Page) -> None:
    assert page.swarm()["success"] is True
    assert page.started == [(2, 2.0)]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"total_requests": "abc"}, "abc"),
        ({"warmup_requests": "500"}, "500"),
        ({"host": "localhost:8000"}, "http"),
        ({"user_count": "0"}, "0 is too small"),
        ({"total_requests": "x", "seed": "-1"}, "; "),
    ],
)
def test_a_form_that_is_wrong_is_a_message_and_no_run(page: Page, form: dict[str, str], said: str) -> None:
    answer = page.swarm(**form)
    assert answer["success"] is False
    assert said in answer["message"]
    assert page.started == []


@pytest.mark.parametrize("reason", [web.STILL_STARTING, web.STILL_ENDING, web.NO_WORKERS])
def test_no_run_starts_when_none_can(page: Page, reason: str) -> None:
    page.reason = reason
    answer = page.swarm()
    assert (answer["success"], answer["message"], page.started) == (False, reason, [])


def test_the_time_limit_of_the_run_before_is_forgotten(page: Page) -> None:
    options: Any = page.environment.parsed_options
    options.run_time = 60
    page.swarm(run_time="")
    assert options.run_time is None


def test_below_a_base_path_the_form_is_checked_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = Page(monkeypatch, tmp_path, "--web-base-path", "/load")
    page.reason = web.STILL_ENDING
    assert page.swarm("/load/swarm")["success"] is False
    assert page.client.get("/load/stt-load/result").status_code == 404


def test_before_the_first_result_there_is_none(page: Page) -> None:
    for path in ("result", "requests"):
        answer = page.client.get(f"/stt-load/{path}")
        assert (answer.status_code, answer.get_data(as_text=True)) == (404, web.NOT_YET)


def test_the_result_is_there_and_its_rows_only_where_they_have_a_file(page: Page, tmp_path: Path) -> None:
    page.result = tmp_path / "result.json"
    page.result.write_text("{}", encoding="utf-8")
    answer = page.client.get("/stt-load/result")
    assert (answer.status_code, answer.get_data()) == (200, b"{}")
    assert "result.json" in answer.headers["Content-Disposition"]
    answer.close()
    rows = page.client.get("/stt-load/requests")
    assert (rows.status_code, rows.get_data(as_text=True)) == (404, web.ROWS_INSIDE)
    (tmp_path / "result.requests.jsonl.gz").write_bytes(b"rows")
    with page.client.get("/stt-load/requests") as rows:
        assert (rows.status_code, rows.get_data()) == (200, b"rows")


def test_a_result_that_somebody_has_moved_away_is_none(page: Page, tmp_path: Path) -> None:
    page.result = tmp_path / "gone.json"
    assert page.client.get("/stt-load/result").status_code == 404


def test_with_a_login_nobody_gets_a_result_without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = Page(monkeypatch, tmp_path, "--web-login")
    page.result = tmp_path / "result.json"
    page.result.write_text("{}", encoding="utf-8")
    ui = page.environment.web_ui
    assert ui is not None
    ui.app.secret_key = "for the session"
    ui.login_manager.user_loader(lambda _: None)
    answer = page.client.get("/stt-load/result")
    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]

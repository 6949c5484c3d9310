"""What the web UI gains: the form's check and the downloads, asked over Flask's test client."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import locust
import pytest
from flask_login import UserMixin, login_user
from locust.event import EventHook
from locust.web import WebUI

from stt_load.locust_plugin import web
from stt_load.locust_plugin.notice import RunView
from stt_load.run.progress import ProcessState
from tests.locusts import Nobody, command_line, local_environment
from tests.report.runs import run_of, steady

CONFIG = "api: {base_url: 'http://service.test'}\n"
FORM = {"user_count": "2", "spawn_rate": "2", "host": "http://service.test"}


class Page:
    """The page of a Locust whose runner notes what it is told to start."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> None:
        ours, options = command_line(monkeypatch, folder, CONFIG, *words)
        self.environment = local_environment(options)
        # As Locust fills in its form: with the options of a parser that it has all listeners extend.
        parser = EventHook()
        parser.add_listener(lambda parser, **_: ours.extend(parser))
        monkeypatch.setattr(locust.events, "init_command_line_parser", parser)
        self.started: list[tuple[int, float]] = []
        self.result: Path | None = None
        self.view = RunView()
        self.reason: str | None = None
        assert self.environment.runner is not None
        monkeypatch.setattr(self.environment.runner, "start", lambda *how: self.started.append(how))
        prefix = options.web_base_path
        ui = WebUI(
            self.environment,
            options.web_host,
            0,
            delayed_start=True,
            web_login=options.web_login,
            web_base_path=prefix,
        )
        self.environment.web_ui = ui
        web.extend(ui, ours, lambda: self.reason, self.look, ProcessState)
        self.client = ui.app.test_client()

    def look(self) -> RunView:
        return self.view if self.result is None else RunView(outcome=run_of(steady(), path=self.result))

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
    for path in ("report", "result", "requests", "rows"):
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


def test_the_report_of_the_last_run_is_there_as_text(page: Page) -> None:
    page.view = RunView(outcome=run_of(steady()))
    answer = page.client.get("/stt-load/report")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert "P95: 0.500 s" in answer.get_data(as_text=True)


def test_the_table_of_rows_is_there_where_it_was_asked_for(page: Page, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("seq\n", encoding="utf-8")
    page.view = RunView(outcome=replace(run_of(steady()), rows_path=rows))
    with page.client.get("/stt-load/rows") as answer:
        assert (answer.status_code, answer.get_data()) == (200, b"seq\n")
    assert page.client.get("/stt-load/result").status_code == 404


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


def test_a_field_that_the_form_does_not_show_changes_nothing(page: Page, tmp_path: Path) -> None:
    answer = page.swarm(save_path=str(tmp_path / "theirs.json"), api_key_env="HOME")
    assert answer["success"] is False
    assert answer["message"].startswith("api_key_env, save_path: not in the form")
    options: Any = page.environment.parsed_options
    assert (options.save_path, options.api_key_env, page.started) == ("", "", [])


def test_the_form_is_judged_in_whatever_way_it_is_sent(page: Page) -> None:
    hidden = FORM | {"api_key_env": "HOME"}
    for data in (hidden, {**hidden, "file": (io.BytesIO(b"x"), "x")}):  # the latter is multipart
        assert page.client.post("/%73warm", data=data).get_json()["success"] is False
    answer = page.client.post("/swarm?api_key_env=HOME", json=hidden)
    assert answer.get_json()["success"] is False, "Locust reads forms only"
    answer = page.client.post("/swarm?api_key_env=HOME&save_path=x", data=FORM)
    assert answer.get_json()["success"] is True, "and takes nothing from a query"
    options: Any = page.environment.parsed_options
    assert (options.save_path, options.api_key_env) == ("", "")


STRANGE: list[dict[str, str]] = [
    {"Origin": "http://evil.test"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Host": "evil.test"},
    {"Host": "evil.test", "Origin": "http://evil.test", "Sec-Fetch-Site": "same-origin"},
]
CHANGING = ("/swarm", "/stop", "/stats/reset", "/user")
OURS = tuple(f"/stt-load/{name}" for name in ("report", "result", "requests", "rows", "run", "page.js", "page.css"))


@pytest.mark.parametrize("path", CHANGING)
def test_nothing_is_changed_for_another_page(page: Page, path: str) -> None:
    for headers in STRANGE:
        answer = page.client.post(path, data=FORM, headers=headers)
        assert answer.status_code == 403, headers
        assert answer.get_json()["message"].startswith("Refused: it ")
        assert page.started == []


def test_every_route_of_locust_that_changes_something_is_one_of_these(page: Page) -> None:
    """All others take nothing but GET, and a new one has to be looked at."""
    assert page.environment.web_ui is not None
    rules = page.environment.web_ui.app.url_map.iter_rules()
    assert {rule.rule for rule in rules if (rule.methods or set()) - web.SAFE_METHODS} == set(CHANGING)


def test_the_page_itself_and_programs_are_obeyed(page: Page) -> None:
    for headers in ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, {}):
        assert page.client.post("/swarm", data=FORM, headers=headers).get_json()["success"] is True
    assert page.client.get("/stats/requests", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/stats/requests", "/stt-load/result", "/stt-load/run", "/swarm", "/logs", "/nowhere"]
)
def test_no_other_origin_may_read_anything(page: Page, path: str) -> None:
    for method in ("GET", "OPTIONS"):
        asked = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
        answer = page.client.open(path, method=method, headers=asked)
        assert [name for name, _ in answer.headers if name.lower().startswith("access-control-")] == []
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_route_of_the_users_own_keeps_its_headers_and_is_changed_by_no_foreign_page(page: Page) -> None:
    assert page.environment.web_ui is not None
    page.environment.web_ui.app.add_url_rule("/mine", view_func=lambda: "mine", methods=["GET", "POST"])
    foreign = {"Origin": "http://evil.test"}
    assert "Access-Control-Allow-Origin" in page.client.get("/mine", headers=foreign).headers
    assert page.client.post("/mine", headers=foreign).status_code == 403
    assert page.client.post("/mine").get_data() == b"mine"


def test_a_user_class_gets_no_attribute_that_its_form_does_not_show(page: Page) -> None:
    page.environment.available_user_classes = {"Nobody": Nobody}
    page.environment.available_user_tasks = {"Nobody": []}
    for settings in ({"user_class_name": "Nobody", "on_start": "x"}, {"user_class_name": "Else"}, []):
        assert page.client.post("/user", json=settings).status_code == 400
    assert page.client.post("/user", json={"user_class_name": "Nobody", "weight": 1}).status_code == 201
    assert "on_start" not in vars(Nobody)


class Somebody(UserMixin):
    id = "me"


@pytest.mark.parametrize("path", [*CHANGING, "/", *OURS])
def test_before_the_login_nothing_of_ours_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: str) -> None:
    """Locust's own answer, whatever is asked by whom; inside, the form is judged as ever."""
    page = Page(monkeypatch, tmp_path, "--web-login")
    page.reason = web.NO_WORKERS
    ui = page.environment.web_ui
    assert ui is not None
    ui.app.secret_key = "for the session"
    ui.login_manager.user_loader(lambda _: Somebody())
    ui.app.add_url_rule("/enter", view_func=lambda: str(login_user(Somebody())))
    for headers in ({}, *STRANGE):
        client = ui.app.test_client()
        ask = client.get if path not in CHANGING else client.post
        answer = ask(path, data=FORM | {"save_path": "/nowhere/x.json", "api_key_env": "NOT_SET"}, headers=headers)
        assert answer.status_code == 302, headers
        assert answer.headers["Location"].startswith("/login")
    assert page.client.get("/enter").get_data() == b"True"
    assert page.swarm()["message"] == web.NO_WORKERS


def test_a_login_that_is_broken_lets_nobody_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = Page(monkeypatch, tmp_path, "--web-login")
    assert page.environment.web_ui is not None
    page.environment.web_ui.app.secret_key = "for the session"
    answer = page.client.post("/swarm", data=FORM | {"save_path": "/nowhere/x.json"})
    assert b"Locust auth exception" in answer.get_data()
    assert page.started == []

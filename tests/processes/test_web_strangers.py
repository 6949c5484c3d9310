"""What a stranger gets from the web UI of a real locust: nothing, whichever page of the browser asks for it."""

from __future__ import annotations

import json
import re
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.processes.crowd import until
from tests.processes.echoing import echoing
from tests.processes.page import Page, ended, web_ui
from tests.processes.running import against, quick, saved, start
from tests.processes.test_start_page import CHROMIUM, FLAGS, needs_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

pytestmark = pytest.mark.locust

SECRETS = {"S_KEY": "k3y-of-mine-1234", "OTHER": "0ther-secret-1234"}
API = {"api_key_env": "S_KEY", "headers": {"X-Auth": "Token ${S_KEY}"}}


class Asked:
    """What one request, as of a form on some page, got: status, headers, body."""

    def __init__(self, page: Page, path: str, form: dict[str, Any] | None, **headers: str) -> None:
        data = None if form is None else urllib.parse.urlencode(form, doseq=True).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        opener = urllib.request.build_opener(NoRedirect)
        try:
            answer = opener.open(urllib.request.Request(page.url + path, data, named), timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode()

    @property
    def message(self) -> str:
        said = json.loads(self.text)
        assert said["success"] is False
        return str(said["message"])


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def test_the_attack_by_a_form_post_gets_nothing(tmp_path: Path) -> None:
    """A page in the user's browser posts the start form: to a server of its own, with any variable of the environment
    as the key, and a file to write. Then each part of it by itself, as a program would."""
    with echoing("nothing") as service, socket.create_server(("127.0.0.1", 0)) as theirs:
        evil = f"http://127.0.0.1:{theirs.getsockname()[1]}"
        ours = f"http://127.0.0.1:{service.port}"
        plain = {"user_count": 1, "spawn_rate": 1}
        attack = plain | {"host": evil, "api_key_env": "OTHER", "save_path": str(tmp_path / "theirs.json")}
        config = against(ours, 2, 1, 1, api=API, continue_on_dead_warmup=True)
        with web_ui(tmp_path, config, env=SECRETS) as page:
            for headers in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):
                assert Asked(page, "/swarm", attack, **headers).status == 403
                assert Asked(page, "/stop", {}, **headers).status == 403
            assert Asked(page, "/swarm", plain, Host="evil.test", Origin="http://evil.test").status == 403
            assert Asked(page, "/stt-load/result", None, Host="evil.test").status == 403
            assert "api_key_env, save_path: not in the form" in Asked(page, "/swarm", attack).message
            assert "is not the configured" in Asked(page, "/swarm", plain | {"host": evil}).message
            assert "more than once" in Asked(page, "/swarm", plain | {"host": [ours, evil]}).message
            assert "host: has a ${...}" in Asked(page, "/swarm", plain | {"host": f"{evil}/${{OTHER}}"}).message
            assert page.stats()["state"] == "ready"
            assert page.form()["host"] == ours
            readable = Asked(page, "/stats/requests", None, Origin="http://evil.test")
            assert (readable.status, readable.headers["Access-Control-Allow-Origin"]) == (200, None)
            # After all of it the page's own start is the run that was configured.
            own = {"Origin": page.url, "Sec_Fetch_Site": "same-origin"}
            assert json.loads(Asked(page, "/swarm", plain | {"host": ours}, **own).text)["success"]
            page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
            page.until_stopped()
            result = Asked(page, "/stt-load/result", None, Origin="http://evil.test")
            assert (result.status, result.headers["Access-Control-Allow-Origin"]) == (200, None)
            ended(page)
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.accept()
    assert service.authorizations == ["Bearer k3y-of-mine-1234"] * 2
    assert not (tmp_path / "theirs.json").exists()


WITH_LOGIN = """
from flask import redirect
from flask_login import UserMixin, login_user
from locust import events
from stt_load import SttUser, install

class Person(UserMixin):
    def get_id(self):
        return "me"

@events.init.add_listener
def on_init(environment, **_):
    app = environment.web_ui.app
    app.secret_key = "for the session"
    environment.web_ui.login_manager.user_loader(lambda _: Person())
    environment.web_ui.auth_args = {"username_password_callback": "/authenticate"}

    @app.route("/authenticate", methods=["GET", "POST"])
    def authenticate():
        login_user(Person())
        return redirect("/")

install(default_user=SttUser)
"""


def test_with_a_login_nothing_of_ours_answers_before_it(tmp_path: Path) -> None:
    """The same answer, Locust's, whether a variable or a directory exists or not; the same page behind the login."""
    locustfile = tmp_path / "mine.py"
    locustfile.write_text(WITH_LOGIN)
    plain = {"user_count": 1, "spawn_rate": 1, "host": "embedded"}
    tries: list[dict[str, Any]] = [{}, {"save_path": "/nowhere/x.json"}, {"api_key_env": "NOT_SET"}, {"host": "x"}]
    with web_ui(tmp_path, quick(2, 1, 1), "--web-login", locustfile=locustfile) as page:
        for more in tries:
            for headers in ({}, {"Origin": "http://evil.test"}):
                answer = Asked(page, "/swarm", plain | more, **headers)
                assert (answer.status, "/login" in answer.headers["Location"]) == (302, True)
                assert "stt" not in answer.text
        for path in ("/stt-load/result", "/stt-load/requests", "/"):
            assert Asked(page, path, None).status == 302
        cookie = Asked(page, "/authenticate", {}).headers["Set-Cookie"].partition(";")[0]
        assert "not in the form" in Asked(page, "/swarm", plain | tries[1], Cookie=cookie).message
        assert Asked(page, "/swarm", plain, Cookie=cookie, Origin="http://evil.test").status == 403
        assert saved(tmp_path) == []
        assert json.loads(Asked(page, "/swarm", plain, Cookie=cookie).text)["success"]
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        assert Asked(page, "/stt-load/result", None, Cookie=cookie).status == 200


def listening(process: int) -> set[str]:
    """The addresses at which it and its children listen."""
    family = [psutil.Process(process), *psutil.Process(process).children(recursive=True)]
    found = [one for each in family for one in each.net_connections(kind="tcp") if one.status == psutil.CONN_LISTEN]
    return {one.laddr.ip for one in found}


def test_page_and_master_are_on_loopback_and_their_workers_find_them(tmp_path: Path) -> None:
    with web_ui(tmp_path, quick(2, 1, 1), "--processes=1", "--loglevel=INFO") as page:
        page.until(lambda: len(page.stats()["workers"]) == 1, "the worker is there")
        assert listening(page.process.pid) == {"127.0.0.1"}
        assert f"Starting web interface at {page.url}," in ended(page).err


@pytest.mark.slow
def test_page_and_master_listen_where_they_are_told_to(tmp_path: Path) -> None:
    env = {"LOCUST_WEB_HOST": "0.0.0.0", "LOCUST_MASTER_BIND_HOST": "0.0.0.0"}
    with web_ui(tmp_path, quick(2, 1, 1), "--processes=1", env=env) as page:
        page.until(lambda: len(page.stats()["workers"]) == 1, "the worker is there")
        assert listening(page.process.pid) == {"0.0.0.0", "127.0.0.1"}, "the latter is the embedded server's"
        assert Asked(page, "/stats/requests", None, Host="load.test").status == 200
        ended(page)


@pytest.mark.slow
def test_a_master_whose_workers_are_elsewhere_can_be_reached(tmp_path: Path) -> None:
    process = start(tmp_path, quick(2, 1, 1), "--master", "--master-bind-port=0")
    until("it listens", lambda: bool(listening(process.pid) - {"127.0.0.1"}))
    process.kill()
    process.communicate()


FOREIGN_PAGE = """<!doctype html><title>a page of somebody else's</title>
<iframe name="there"></iframe>
<form method="post" action="{url}/swarm" target="there">
<input name="user_count" value="1"><input name="spawn_rate" value="1"></form>
<script>
document.forms[0].submit();
fetch("{url}/stt-load/result").then(() => document.title = "read", () => document.title = "kept");
</script>"""


@contextmanager
def foreign_page(url: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(FOREIGN_PAGE.format(url=url).encode())

        def log_message(self, *_: object) -> None:
            """Standard error belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@needs_browser
@pytest.mark.slow
def test_in_a_browser_the_page_does_all_that_it_did_and_another_one_nothing(tmp_path: Path) -> None:
    """START, EDIT, RESET and STOP by their buttons; in between somebody else's page, in the same browser."""
    from playwright.sync_api import sync_playwright

    with (
        web_ui(tmp_path, quick(None, 1, 2)) as page,
        foreign_page(page.url) as elsewhere,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            look_elsewhere(browser.new_page(), elsewhere)
            assert page.stats()["state"] == "ready"
            press_all_buttons(browser.new_page(), page)
        finally:
            browser.close()
        page.until(lambda: len(saved(tmp_path)) == 1, "the result is there")
        assert ended(page).code == 0
    (result,) = saved(tmp_path)
    assert {row["users"] for row in result["requests"]} >= {2, 3}


def look_elsewhere(tab: Tab, url: str) -> None:
    with tab.expect_response("**/swarm") as answer:
        tab.goto(url)
    assert answer.value.status == 403
    tab.wait_for_function("['read', 'kept'].includes(document.title)")
    assert tab.title() == "kept"


def press_all_buttons(tab: Tab, page: Page) -> None:
    def press(name: str, path: str = "") -> None:
        button = tab.get_by_role("button", name=re.compile(f"^{name}$", re.IGNORECASE))
        if not path:
            button.click()
            return
        with tab.expect_response(f"**/{path}") as answer:
            button.click()
        assert answer.value.status == 200

    tab.goto(page.url)
    press("start", "swarm")
    page.until(lambda: page.requests() >= 4, "something was measured")
    press("edit")
    tab.get_by_label(re.compile("number of users", re.IGNORECASE)).fill("3")
    press("update", "swarm")
    page.until(lambda: page.stats()["user_count"] == 3, "three users run")
    press("reset", "stats/reset")
    before = page.requests()
    page.until(lambda: page.requests() >= before + 6, "three users measured something")
    press("stop", "stop")
    page.until_stopped()

"""Where the page is said to be."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import gevent
import pytest

from stt_load.locust_plugin import page_address

PLAIN = {
    "web_host": "127.0.0.1",
    "web_port": 0,
    "web_host_display_name": None,
    "tls_cert": "",
    "tls_key": "",
    "web_base_path": "",
}


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "http://127.0.0.1:8089"),
        ({"web_host": "::1"}, "http://[::1]:8089"),
        ({"web_host": "load.test", "web_base_path": "/stt"}, "http://load.test:8089/stt"),
        ({"tls_cert": "a", "tls_key": "b"}, "https://127.0.0.1:8089"),
        ({"web_host": ""}, "http://127.0.0.1:8089"),
        ({"web_host": "*", "web_host_display_name": "https://load.test/"}, "https://load.test/"),
        ({"web_host_display_name": "https://load.test/"}, "http://127.0.0.1:8089"),
    ],
)
def test_the_url_is_one_that_a_browser_opens(options: dict[str, Any], url: str) -> None:
    assert page_address.url_of(SimpleNamespace(**PLAIN | options), 8089) == url


@pytest.mark.parametrize(
    ("terminal", "said"), [(False, "Web page: {url}\n"), (True, "Web page: {url} (Enter opens it")]
)
def test_it_is_told_once_the_page_is_there_and_not_before(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, terminal: bool, said: str
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: terminal))
    server = SimpleNamespace(started=False, server_port=4711)
    ui = SimpleNamespace(server=None, environment=SimpleNamespace(parsed_options=SimpleNamespace(**PLAIN)))
    page_address.announce(ui, "en")
    gevent.sleep(2 * page_address.LOOK_S)
    ui.server = server
    gevent.sleep(2 * page_address.LOOK_S)
    assert capsys.readouterr().err == ""
    server.started = True
    heard = ""
    with gevent.Timeout(60):
        while not (heard := heard + capsys.readouterr().err):
            gevent.sleep(page_address.LOOK_S)
    assert said.format(url="http://127.0.0.1:4711") in heard


def test_a_port_that_is_taken_is_one_line_and_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        options = SimpleNamespace(**PLAIN | {"web_port": port})
        ui = SimpleNamespace(server=None, environment=SimpleNamespace(parsed_options=options))
        with pytest.raises(SystemExit) as end:
            page_address.announce(ui, "en")
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"the web page can't be at 127.0.0.1:{port}: Address already in use" in line
    assert "--web-port" in line

"""What goes with each request, and how long connections last: both clients, on real sockets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client.calling import speak
from tests.client.misbehaving import Misbehaving
from tests.client.proxy import Proxy


def calls(url: str, times: int, **options: Any) -> list[dict[str, Any]]:
    return speak([{"url": url, "times": times, "options": options}])[0]


@pytest.mark.parametrize(("most", "expected"), [(None, [1, 1, 1, 1, 1]), (1, [1, 2, 3, 4, 5]), (2, [1, 1, 2, 2, 3])])
def test_a_connection_carries_as_many_requests_as_it_may(
    server: Misbehaving, most: int | None, expected: list[int]
) -> None:
    server.heads.clear()
    results = calls(server.url("ok"), 5, requests_per_connection=most)
    assert [result["status"] for result in results] == [200] * 5
    first = results[0]["connection"]
    assert [result["connection"] - first + 1 for result in results] == expected
    opened = [number == 0 or expected[number] != expected[number - 1] for number in range(5)]
    assert [result["connect"] is not None for result in results] == opened
    assert all(0 < result["connect"] <= result["took"] for result in results if result["connect"] is not None)
    is_last = [most is not None and (number + 1) % most == 0 for number in range(5)]
    assert [head.get("connection") == "close" for head in server.heads["ok"]] == is_last


@pytest.mark.parametrize("path", ["interim", "late"])
def test_interim_answers_leave_the_connection_as_it_is(server: Misbehaving, path: str) -> None:
    results = calls(server.url(path), 3)
    assert [(result["status"], result["body"]) for result in results] == [(200, '{"text": "hello"}')] * 3
    assert len({result["connection"] for result in results}) == 1


def test_a_connection_that_was_lost_is_opened_anew(server: Misbehaving) -> None:
    first, lost, third = calls(server.url("stale"), 3)
    assert first["connection"] == lost["connection"] != third["connection"]
    assert (lost["connect"], third["connect"] is None) == (None, False)


def test_each_request_has_its_id_its_length_and_its_type(server: Misbehaving) -> None:
    server.heads.clear()
    calls(server.url("ok"), 3, request_id_header="X-Request-ID")
    heads = server.heads["ok"]
    assert [head["x-request-id"] for head in heads] == ["id-0", "id-1", "id-2"]
    assert {head["content-length"] for head in heads} == {"200000"}
    assert {head["content-type"] for head in heads} == {"text/clip"}
    server.heads.clear()
    calls(server.url("ok"), 1)
    assert "x-request-id" not in server.heads["ok"][0]


def test_headers_of_the_answer_are_captured_whatever_the_answer_is(server: Misbehaving) -> None:
    wanted = ["location", "content-length", "x-nothing"]
    good, bad = (calls(server.url(path), 1, captured=wanted)[0]["captured"] for path in ("ok", "503"))
    assert good == {"location": None, "content-length": "17", "x-nothing": None}
    assert bad == {"location": "/ok", "content-length": "44", "x-nothing": None}


def test_through_a_proxy_when_asked_and_only_then(server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy("open: sesame")
    try:
        asked = f"http://me:open%3A%20sesame@127.0.0.1:{proxy.port}"
        results = calls(server.url("ok"), 2, proxy=asked)
        assert [result["status"] for result in results] == [200, 200]
        assert proxy.asked == [f"POST {server.url('ok')} HTTP/1.1"], "one connection"
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, asked)
        assert calls(server.url("ok"), 1)[0]["status"] == 200
        assert len(proxy.asked) == 1
    finally:
        proxy.close()


def test_a_proxy_that_does_not_want_to(server: Misbehaving) -> None:
    proxy = Proxy("sesame")
    try:
        wrong = f"http://me:guess@127.0.0.1:{proxy.port}"
        assert calls(server.url("ok"), 1, proxy=wrong)[0]["status"] == 407
        (tunnel,) = calls(f"https://127.0.0.1:{server.port}/ok", 1, proxy=wrong)
        assert (tunnel["kind"], "407" in tunnel["message"]) == ("connect", True), tunnel
        assert f"127.0.0.1:{proxy.port}" in tunnel["message"]
        assert proxy.asked[-1].startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.")
    finally:
        proxy.close()


def test_a_proxy_that_is_not_there(server: Misbehaving) -> None:
    names = ("http://no-such-proxy.invalid:3128", "http://127.0.0.1:1")
    kinds = [calls(server.url("ok"), 1, proxy=name)[0] for name in names]
    assert [result["kind"] for result in kinds] == ["dns", "connect"], kinds
    assert "no-such-proxy.invalid" in kinds[0]["message"]
    assert "127.0.0.1:1:" in kinds[1]["message"]

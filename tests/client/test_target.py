"""Where requests go: what a URL comes to in a request line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.request import Body
from stt_load.client import Exchange
from stt_load.client.http import HttpClient
from stt_load.client.target import Target, Timeouts
from stt_load.run.readiness import wait_ready
from tests.client.misbehaving import Misbehaving

LIMITS = Timeouts(1, 1, 1, 1)


def path_of(url: str) -> str:
    return Target(url, {}, LIMITS, 1_000).path


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("", "/"),
        ("/v1/listen", "/v1/listen"),
        ("/v1/listen?a=b&c", "/v1/listen?a=b&c"),
        ("?a=b", "/?a=b"),
        ("/v1/listen?", "/v1/listen"),
        ('/v1/listen?keywords=[a|b]&q="x"', "/v1/listen?keywords=%5Ba%7Cb%5D&q=%22x%22"),
        ("/[x]|{y}^`<z>\\", "/%5Bx%5D%7C%7By%7D%5E%60%3Cz%3E%5C"),
        ("/a b?c d", "/a%20b?c%20d"),
        ("/%5Ba%7cb?%22", "/%5Ba%7cb?%22"),
        ("/100%?a=%&b=%4&c=%zz&d=%25", "/100%25?a=%25&b=%254&c=%25zz&d=%25"),
        ("/듣기?말=한국어", "/%EB%93%A3%EA%B8%B0?%EB%A7%90=%ED%95%9C%EA%B5%AD%EC%96%B4"),
        ("/-._~!$&'()*+,;=:@/x?-._~!$&'()*+,;=:@/?", "/-._~!$&'()*+,;=:@/x?-._~!$&'()*+,;=:@/?"),
        ("/a#b?c", "/a"),
        ("/a?b#c", "/a?b"),
        ("/\x7f\x01", "/%7F%01"),
    ],
)
def test_what_no_url_may_have_is_percent_encoded_once(written: str, sent: str) -> None:
    assert path_of("http://127.0.0.1:1" + written) == sent
    assert path_of("http://127.0.0.1:1" + sent) == sent


@given(st.text(max_size=30))
def test_any_text_makes_a_request_line_of_three_words(text: str) -> None:
    path = path_of("http://h/" + text)
    assert path.isascii()
    assert path.isprintable()
    assert len(f"POST {path} HTTP/1.1".split()) == 3


def test_the_rest_of_a_url_is_left_as_it_is() -> None:
    target = Target("http://user:p%7Cw@h:1/a|b", {}, LIMITS, 1_000)
    assert (target.authority, target.peer, target.headers["Authorization"]) == ("h:1", ("h", 1), "Basic dXNlcjpwfHc=")


def test_the_service_sees_the_encoded_ones(server: Misbehaving) -> None:
    target = Target(server.url('ok?q=[a|"b"]'), {}, Timeouts(1, 5, 5, 5), 1_000)
    client = HttpClient(target)
    assert client.post(Body((b"RIFF",), 4), Exchange()).status == 200
    client.close()
    assert server.heads["ok"][-1][""] == "POST /ok?q=%5Ba%7C%22b%22%5D HTTP/1.1"


def test_so_does_one_whose_health_is_asked_after(server: Misbehaving) -> None:
    target = Target(server.url("ok"), {"Content-Length": "0"}, LIMITS, 1_000)
    assert wait_ready(target, "/ok?a b=[가]", 1) is None
    assert server.heads["ok"][-1][""] == "GET /ok?a%20b=%5B%EA%B0%80%5D HTTP/1.1"


@pytest.mark.parametrize(
    ("url", "host", "authority"),
    [
        ("http://me:pw@stt:8000/v1", "stt", "stt:8000"),
        ("https://[::1]:8000/v1", "::1", "[::1]:8000"),
        ("http://한국.example/v1", "xn--3e0b707e.example", "xn--3e0b707e.example"),
        ("http://한국.example:8000/v1", "xn--3e0b707e.example", "xn--3e0b707e.example:8000"),
    ],
)
def test_a_host_is_in_the_letters_of_the_wire(url: str, host: str, authority: str) -> None:
    target = Target(url, {}, Timeouts(1, 1, 1, 1), 1)
    assert (target.host, target.authority) == (host, authority)

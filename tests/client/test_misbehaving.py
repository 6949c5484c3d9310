"""Both clients against real servers that misbehave: the right failure kind, in bounded time, one request each."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.client.calling import LIMIT, SIZE, speak
from tests.client.misbehaving import Misbehaving

# path -> (kind or None, part of the message or body)
EXPECTED = {
    "ok": (None, "hello"),
    "until-closed": (None, "hello"),
    "chunked": (None, "hello"),
    "gzip": (None, "hello"),
    "interim": (None, "hello"),
    "interim-only": ("truncated", "new connection"),
    "late": (None, "hello"),
    "slow": (None, "hello"),
    "401": (None, "said so"),
    "415": (None, "said so"),
    "429": (None, "said so"),
    "500": (None, "said so"),
    "503": (None, "said so"),
    "redirect": (None, "said so"),
    "hang": ("timeout_first_byte", "0.5 s"),
    "stall": ("timeout_read", "0.4 s"),
    "drip": ("timeout_total", "1.5 s"),
    "close": ("truncated", "new connection"),
    "cut": ("truncated", "before the answer was whole"),
    "cut-chunked": ("truncated", "before the answer was whole"),
    "huge": ("answer_too_large", "1000000"),
    "garbage": ("bad_http", ""),
    "bad-gzip": ("bad_http", "gzip"),
}
# What ends by a timeout has that one alone short: on a slow machine no other comes first.
LIMITED = {
    "hang": {"timeouts": [30.0, 0.5, 30.0, 60.0]},
    "stall": {"timeouts": [30.0, 30.0, 0.4, 60.0]},
    "drip": {"timeouts": [30.0, 30.0, 30.0, 1.5]},
}


@pytest.fixture(scope="module")
def seen(server: Misbehaving) -> dict[str, dict[str, Any]]:
    """What came of one request to each path, all at the same time."""
    server.seen.clear()
    results = speak([{"url": server.url(path)} | LIMITED.get(path, {}) for path in EXPECTED])
    return {path: result[0] for path, result in zip(EXPECTED, results, strict=True)}


@pytest.mark.parametrize("path", EXPECTED)
def test_each_misbehaviour_is_what_it_is(path: str, seen: dict[str, dict[str, Any]]) -> None:
    kind, words = EXPECTED[path]
    result = seen[path]
    assert result.get("kind") == kind, result
    assert words in result.get("message", result.get("body")), result


def test_one_call_is_one_request_on_the_wire(seen: dict[str, dict[str, Any]], server: Misbehaving) -> None:
    assert seen
    assert {path: server.seen[path] for path in EXPECTED} == dict.fromkeys(EXPECTED, 1)


def test_the_body_arrives_as_it_was_given(seen: dict[str, dict[str, Any]], server: Misbehaving) -> None:
    assert seen["ok"]["status"] == 200
    assert server.bodies["ok"] == b"<<" + b"\x01" * (SIZE - 4) + b">>"


def test_times_are_never_better_than_the_truth(seen: dict[str, dict[str, Any]]) -> None:
    assert seen["slow"]["first"] >= 0.3
    assert seen["late"]["first"] >= 0.3, "an interim answer is none"
    assert seen["slow"]["took"] >= seen["slow"]["first"]
    assert seen["hang"]["took"] >= 0.5
    assert seen["hang"]["first"] is None
    assert seen["stall"]["took"] >= 0.4
    assert seen["stall"]["first"] is not None
    assert seen["drip"]["took"] >= 1.5


def test_a_huge_answer_stays_bounded(seen: dict[str, dict[str, Any]]) -> None:
    assert LIMIT < seen["huge"]["received"] < LIMIT + 200_000


@pytest.mark.parametrize("path", ["cut", "cut-chunked", "stall"])
def test_what_came_before_it_broke_off_is_counted(path: str, seen: dict[str, dict[str, Any]]) -> None:
    assert seen[path]["received"] == 5
    assert 1_000 > seen["drip"]["received"] > 0


def test_a_connection_closed_under_a_reused_request_is_lost_and_never_sent_again(server: Misbehaving) -> None:
    server.seen.clear()
    first, second, third = speak([{"url": server.url("stale"), "times": 3}])[0]
    assert first["status"] == 200
    assert second["kind"] == "connection_lost"
    assert third["status"] == 200, "a fresh connection"
    assert server.seen["stale"] == 3


def test_an_early_refusal_is_read_although_the_upload_broke(server: Misbehaving) -> None:
    """The server answers 413 and closes with most of a large upload unread: 413, or a reset that says so."""
    result = speak([{"url": server.url("early-413"), "size": 20_000_000}])[0][0]
    assert result.get("status") == 413 or result["kind"] == "truncated", result


def test_headers_that_end_in_the_middle_are_no_answer(server: Misbehaving) -> None:
    result = speak([{"url": server.url("cut-headers")}])[0][0]
    assert result["kind"] in ("truncated", "bad_http")


def test_an_upload_may_take_longer_than_the_connect_timeout(server: Misbehaving) -> None:
    """The first on a new connection and those that follow on it."""
    call = {"url": server.url("slow-reader"), "size": 20_000_000, "timeouts": [0.3, 30.0, 30.0, 60.0], "times": 2}
    for result in speak([call])[0]:
        assert result.get("status") == 200, result
        assert result["took"] >= 0.8


def test_addresses_that_lead_nowhere(server: Misbehaving) -> None:
    with socket.socket() as refused, socket.socket() as full:
        refused.bind(("127.0.0.1", 0))
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        filler = [socket.socket() for _ in range(3)]
        for one in filler:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        urls = [
            f"http://127.0.0.1:{refused.getsockname()[1]}/",
            f"http://127.0.0.1:{full.getsockname()[1]}/",
            "http://no-such-host.invalid/",
            f"https://127.0.0.1:{server.port}/ok",
            f"https://127.0.0.1:{full.getsockname()[1]}/",
        ]
        timeouts = [0.5, 30.0, 30.0, 60.0]
        results = [one[0] for one in speak([{"url": url, "timeouts": timeouts} for url in urls])]
        for one in filler:
            one.close()
    assert [result["kind"] for result in results] == ["connect", "timeout_connect", "dns", "tls", "timeout_connect"]
    assert "refused" in results[0]["message"]
    assert "0.5 s" in results[1]["message"]

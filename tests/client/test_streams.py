"""Streamed answers through both clients: when the text came, how it ended, and what is left of the connection."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client.calling import speak
from tests.client.misbehaving import Misbehaving
from tests.client.streaming import GAP_S, HANG_S, PAUSE_S, WORDS

TEXT = "".join(WORDS)
# path -> (kind or None, the text or a part of the message)
EXPECTED = {
    "sse": (None, TEXT),
    "sse-at-once": (None, TEXT),
    "sse-gzip": (None, TEXT),
    "sse-hang-after-done": (None, TEXT),
    "sse-cut-after-done": (None, TEXT),
    "sse-hang": ("timeout_read", "stopped for 2 s"),
    "sse-hang-at-once": ("timeout_read", "stopped for 2 s"),
    "sse-no-done": ("truncated", "done"),
    "sse-cut": ("truncated", "closed before the answer was whole"),
    "sse-cut-cleanly": ("truncated", ""),
    "sse-error": ("stream_error", "the engine fell over"),
    "sse-error-then-hang": ("stream_error", "the engine fell over"),
    "sse-error-then-cut": ("stream_error", "the engine fell over"),
    "sse-bad-utf8": ("bad_stream", "UTF-8"),
    "sse-huge": ("answer_too_large", "1000000"),
    "sse-html": ("bad_json", "502"),
    "sse-wrong-type": ("bad_json", ""),
    "sse-empty": ("bad_stream", ""),
    "json-instead": (None, "all at once"),
    "500": (None, "said so"),
}


@pytest.fixture(scope="module")
def seen(server: Misbehaving) -> dict[str, list[dict[str, Any]]]:
    """What came of two requests to each path, one after the other, all paths at the same time."""
    hangs = {path: {"timeouts": [30.0, 30.0, 2.0, 60.0]} for path in ("sse-hang", "sse-hang-at-once")}
    calls = [{"url": server.url(path), "times": 2, "stream": True} | hangs.get(path, {}) for path in EXPECTED]
    return dict(zip(EXPECTED, speak(calls), strict=True))


@pytest.mark.parametrize("path", EXPECTED)
def test_each_ends_as_what_it_is(path: str, seen: dict[str, list[dict[str, Any]]]) -> None:
    kind, words = EXPECTED[path]
    for result in seen[path]:
        assert result.get("kind") == kind, result
        assert words in (result.get("message") or result.get("text") or result["body"]), result


def test_text_is_never_there_before_it_was_sent(seen: dict[str, list[dict[str, Any]]]) -> None:
    for path in ("sse", "sse-gzip", "sse-hang-after-done", "sse-hang", "sse-bad-utf8"):
        for result in seen[path]:
            assert result["first_text"] >= PAUSE_S, path
            assert result["first"] <= result["first_text"] <= result["took"]
    for path in ("sse", "sse-gzip"):
        for result in seen[path]:
            assert result["took"] >= PAUSE_S + len(WORDS) * GAP_S
            assert result["took"] - result["first_text"] >= len(WORDS) * GAP_S - 0.05, "it came first, not last"
            assert result["deltas"] == len(WORDS)
    assert seen["sse-hang"][0]["deltas"] == len(WORDS), "what was heard before it failed"
    assert seen["sse-hang-at-once"][0]["first_text"] is None


def test_the_done_mark_is_the_end_whatever_comes_of_the_connection(seen: dict[str, list[dict[str, Any]]]) -> None:
    """It hangs for far longer; and the next request finds a connection that works."""
    for result in seen["sse-hang-after-done"]:
        assert result["took"] < HANG_S / 2
    first, second = seen["sse-hang-after-done"]
    assert first["connection"] != second["connection"]
    first, second = seen["sse"]
    assert first["connection"] == second["connection"]
    assert second["connect"] is None


def test_one_call_is_one_request(seen: dict[str, list[dict[str, Any]]], server: Misbehaving) -> None:
    assert seen
    assert all(server.seen[path] % 2 == 0 for path in EXPECTED)


def test_an_answer_that_never_ends_is_bounded(seen: dict[str, list[dict[str, Any]]]) -> None:
    assert seen["sse-huge"][0]["received"] < 1_200_000

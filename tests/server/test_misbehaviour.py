"""Services that go wrong on purpose, as a client on a real socket sees them."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from stt_load.api.names import DIALECTS
from stt_load.server.misbehaviour import HUGE_BYTES
from stt_load.server.settings import ServerSettings

from .clips import wav
from .running import INSTANT, Running, serving

CLIP = wav(frames=32_000)
Broken = requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError


def settings(kind: str, **more: Any) -> ServerSettings:
    return INSTANT.model_copy(update={"misbehaviour": kind, "delta_gap_s": 0.01} | more)


def ask(server: Running, streamed: bool, timeout_s: float = 30.0) -> requests.Response:
    data = {"stream": "true"} if streamed else {}
    url = f"{server.url}/v1/audio/transcriptions"
    return requests.post(
        url, data=data, files={"file": CLIP}, timeout=(30, timeout_s), allow_redirects=False, stream=True
    )


BOTH = pytest.mark.parametrize("streamed", [False, True])


@BOTH
@pytest.mark.parametrize(
    ("kind", "status", "content_type", "content"),
    [
        ("wrong_type", 200, "application/octet-stream", b"\x00\x01"),
        ("html_error", 200, "text/html; charset=utf-8", b"<html>"),
        ("redirect", 307, "application/json", b""),
    ],
)
def test_answers_that_are_none(streamed: bool, kind: str, status: int, content_type: str, content: bytes) -> None:
    with serving(settings(kind)) as server:
        answer = ask(server, streamed)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, content_type)
        assert content in answer.content
        assert (answer.headers.get("Location") is not None) is (kind == "redirect")
    assert [truth.misbehaviour for truth in server.truths] == [kind]


@BOTH
def test_hanging_before_the_headers_does_not_hold_up_the_end(streamed: bool) -> None:
    with serving(settings("hang")) as server:
        with pytest.raises(requests.exceptions.ReadTimeout):
            ask(server, streamed, timeout_s=0.3)
        ended_s = time.monotonic()
    assert time.monotonic() - ended_s < 5
    assert server.truths[0].end_s is not None


@BOTH
def test_hanging_in_the_middle(streamed: bool) -> None:
    with serving(settings("hang_midway")) as server:
        answer = ask(server, streamed, timeout_s=0.3)
        parts = answer.iter_content(1)
        seen = next(parts)
        with pytest.raises(Broken):
            seen += b"".join(parts)
    assert answer.status_code == 200
    assert seen
    assert server.truths[0].deltas == (3 if streamed else None)


@BOTH
@pytest.mark.parametrize("kind", ["cut_character", "bad_utf8"])
def test_broken_characters(streamed: bool, kind: str) -> None:
    with serving(settings(kind)) as server:
        answer = ask(server, streamed)
        seen = b""
        try:
            for part in answer.iter_content(1):
                seen += part
        except Broken:
            assert kind == "cut_character"
        else:
            assert kind == "bad_utf8"
    with pytest.raises(UnicodeDecodeError):
        seen.decode()


def test_an_answer_that_hardly_ends_is_made_as_it_goes() -> None:
    with serving(settings("huge")) as server:
        answer = ask(server, streamed=False)
        received = sum(map(len, answer.iter_content(1_000_000)))
    assert HUGE_BYTES <= received <= HUGE_BYTES + 100


@pytest.mark.parametrize("dialect", DIALECTS)
def test_errors_inside_a_200(dialect: str) -> None:
    with serving(settings("error_event", stream_dialect=dialect)) as server:
        streamed, whole = ask(server, streamed=True), ask(server, streamed=False)
        events = streamed.content
        assert whole.json().keys() == {"error"}
    assert (streamed.status_code, whole.status_code) == (200, 200)
    assert b'"error"' in events
    assert (b"[DONE]" in events) is (dialect == "vllm")


def test_some_go_wrong_and_nothing_else_changes() -> None:
    """The same services take as long, fail and are cut as without it."""
    plain = {"jitter": "uniform", "jitter_s": 0.001, "error_rate": 0.3, "cut_rate": 0.2}
    found = []
    for more in ({}, {"misbehaviour": "bad_utf8", "misbehaviour_rate": 0.5}):
        with serving(INSTANT.model_copy(update=plain | more)) as server:
            for _ in range(40):
                try:
                    server.ask()
                except Broken:
                    continue
            found.append(server.truths)
    before, after = found
    assert [(truth.status, truth.cut) for truth in before] == [(truth.status, truth.cut) for truth in after]
    wrong = [truth for truth in after if truth.misbehaviour]
    assert 5 < len(wrong) < 30
    assert all(truth.status == 200 and not truth.cut for truth in wrong)

"""Uploads, the jobs that are made of them, and their transcripts, as AssemblyAI has them."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from stt_load.server import assemblyai
from stt_load.server.assemblyai import LONGEST_S, Uploads

from .clips import wav
from .running import INSTANT, Running, serving

KEY = {"Authorization": "k"}


def post(server: Running, path: str, **options: Any) -> requests.Response:
    return requests.post(server.url + path, headers=KEY, timeout=30, **options)


def get(server: Running, path: str) -> requests.Response:
    return server.get(path, headers=KEY)


def until_over(server: Running, id: str) -> dict[str, Any]:
    """Its last state."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer: dict[str, Any] = get(server, f"/v2/transcript/{id}").json()
        if answer["status"] in ("completed", "error"):
            return answer
        assert answer["status"] in ("queued", "processing")
        time.sleep(0.01)
    raise AssertionError(answer)


def test_an_upload_serves_any_number_of_jobs() -> None:
    with serving(INSTANT.model_copy(update={"overhead_s": 0.1}), api_key="k") as server:
        place = post(server, "/v2/upload", data=wav(32_000)).json()["upload_url"]
        made = [post(server, "/v2/transcript", json={"audio_url": place}).json() for _ in range(2)]
        over, other = (until_over(server, one["id"]) for one in made)
    assert [one["audio_url"] for one in (*made, over, other)] == [place] * 4
    assert all(one["status"] in ("queued", "processing") and one["text"] is None for one in made)
    assert (over["status"], over["audio_duration"], over["error"]) == ("completed", 2, None)
    assert over["text"] == other["text"] == " ".join(word["text"] for word in over["words"])
    assert (over["words"][0]["start"], over["words"][-1]["end"]) == (0, 2_000)
    assert [(truth.status, truth.audio_s) for truth in server.truths] == [(200, 2.0)] * 2


def test_a_transcript_as_sentences_and_as_subtitles() -> None:
    with serving(api_key="k") as server:
        place = post(server, "/v2/upload", data=wav(160_000)).json()["upload_url"]
        over = until_over(server, post(server, "/v2/transcript", json={"audio_url": place}).json()["id"])
        sentences, paragraphs = (
            get(server, f"/v2/transcript/{over['id']}/{parts}").json()[parts] for parts in ("sentences", "paragraphs")
        )
        srt, vtt = (get(server, f"/v2/transcript/{over['id']}/{kind}").text for kind in ("srt", "vtt"))
    assert " ".join(one["text"] for one in sentences) == over["text"]
    assert [word for one in sentences for word in one["words"]] == over["words"]
    assert sentences == paragraphs
    assert srt.startswith("1\n00:00:00,000 --> ")
    assert vtt.startswith("WEBVTT\n")


def test_a_transcript_that_is_not_there() -> None:
    with serving(INSTANT.model_copy(update={"error_rate": 1.0}), api_key="k") as server:
        place = post(server, "/v2/upload", data=wav()).json()["upload_url"]
        over = until_over(server, post(server, "/v2/transcript", json={"audio_url": place}).json()["id"])
        srt = get(server, f"/v2/transcript/{over['id']}/srt")
    assert (over["status"], over["text"]) == ("error", None)
    assert over["error"]
    assert (srt.status_code, srt.json()) == (400, {"error": "The transcript is not there: its status is error."})


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"audio_url": "https://elsewhere/x"}},
        {"json": {"audio_url": 3}},
        {"json": ["x"]},
        {"data": b"[" * 100_000},
        {"data": b"x" * 1_000_001},
    ],
)
def test_what_makes_no_job_is_told_in_its_shape(options: dict[str, Any]) -> None:
    with serving(api_key="k") as server:
        path = "/v2/transcript"
        answers = [post(server, path, **options), requests.post(server.url + path, timeout=30, **options)]
        answers += [get(server, f"{path}/nothing"), server.get(f"{path}/nothing")]
    assert [answer.status_code for answer in answers[1:]] == [401, 404, 401]
    assert answers[0].status_code == (413 if len(options.get("data", b"")) > 1_000_000 else 400)
    assert "max_body_bytes" not in answers[0].text, "that limit is another"
    assert all(list(answer.json()) == ["error"] and answer.json()["error"] for answer in answers)


def test_uploads_are_bounded_and_used_ones_more_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemblyai, "MOST_UPLOADS", 2)
    monkeypatch.setattr(assemblyai, "MOST_USED", 1)
    with serving(api_key="k") as server:
        places = [post(server, "/v2/upload", data=wav()).json()["upload_url"] for _ in range(3)]

        def statuses() -> list[int]:
            return [post(server, "/v2/transcript", json={"audio_url": place}).status_code for place in places]

        assert statuses() == [400, 200, 200], "the oldest upload is gone"
        assert statuses() == [400, 400, 200], "of the used ones, too"


@pytest.mark.parametrize("host", ["", "[", "a:99999999", "http://a/"])
def test_a_host_that_is_none_is_the_clients_fault(host: str) -> None:
    """The URL of an upload begins with it."""
    with serving(api_key="k") as server:
        answer = requests.post(f"{server.url}/v2/upload", data=wav(), headers=KEY | {"Host": host}, timeout=30)
    assert (answer.status_code, answer.json()) == (400, {"error": "The header Host names no host."})


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def kept(some: Uploads, names: str) -> str:
    """Those of `names` that are kept; they are taken out."""
    there = ""
    for name in names:
        try:
            some.take(name)
        except KeyError:
            continue
        there += name
    return there


def test_the_oldest_uploads_go_when_there_are_too_many() -> None:
    some = Uploads(Clock(), 2, 1_000)
    for name in "abcd":
        some.keep(name, b"x")
    assert kept(some, "abcd") == "cd"


def test_the_oldest_uploads_go_when_they_are_too_large_together() -> None:
    some = Uploads(Clock(), 1_000, 10)
    for name in "abcd":
        some.keep(name, b"1234")
    assert kept(some, "abcd") == "cd"
    some.keep("e", bytes(10))
    some.keep("f", bytes(11))
    assert kept(some, "ef") == "f", "what is taken counts no more, and the newest always stays"


def test_the_oldest_uploads_go_when_nobody_asks_for_them() -> None:
    clock = Clock()
    some = Uploads(clock, 1_000, 1_000)
    some.keep("a", b"x")
    clock.now_s = LONGEST_S
    some.keep("b", b"x")
    clock.now_s += 1
    some.keep("c", b"x")
    assert kept(some, "abc") == "bc"

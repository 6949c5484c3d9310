"""Jobs: made by one request, asked after by others."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from stt_load.server import jobs
from stt_load.server.jobs import LONGEST_S, Uploads
from stt_load.server.settings import ServerSettings

from .clips import wav
from .running import INSTANT, Running, serving

SLOW = INSTANT.model_copy(update={"overhead_s": 0.2, "slots": 1})
KEY = {"Authorization": "Bearer k"}


def post(server: Running, path: str, **options: Any) -> requests.Response:
    return requests.post(server.url + path, headers=KEY, timeout=30, **options)


def until_over(server: Running, path: str, over: set[str]) -> tuple[dict[str, Any], list[str]]:
    """The last answer, and the states on the way to it."""
    states: list[str] = []
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = requests.get(server.url + path, headers=KEY, timeout=30).json()
        states.append(answer["status"])
        if answer["status"] in over:
            return answer, states
        time.sleep(0.01)
    raise AssertionError(states)


def test_an_upload_and_its_job() -> None:
    with serving(SLOW, api_key="k") as server:
        place = post(server, "/v2/upload", data=wav(32_000)).json()["upload_url"]
        made = post(server, "/v2/transcript", json={"audio_url": place}).json()
        over, states = until_over(server, f"/v2/transcript/{made['id']}", {"completed", "error"})
        again = post(server, "/v2/transcript", json={"audio_url": place})
    assert made["status"] in ("queued", "processing")
    assert set(states) <= {"queued", "processing", "completed"}
    assert (over["status"], over["audio_duration"], over["error"]) == ("completed", 2, None)
    assert over["text"]
    assert again.status_code == 400, "an upload is for one job"
    (truth,) = server.truths
    assert (truth.status, truth.audio_s, truth.end_s is None) == (200, 2.0, False)


def test_jobs_of_a_batch_service_queue_for_slots() -> None:
    with serving(SLOW, api_key="k") as server:
        files = {"file": ("a.wav", wav(32_000))}
        made = [post(server, "/jobs", files=files) for _ in range(2)]
        assert [answer.status_code for answer in made] == [202, 202]
        first, second = (until_over(server, f"/jobs/{one.json()['id']}", {"done", "failed"}) for one in made)
    assert first[0]["result"]["text"]
    assert first[0]["result"]["duration"] == 2.0
    assert first[0]["result"]["processing_ms"] >= 199.9
    assert second[0]["status"] == "done"
    one, other = server.truths
    assert other.start_s == one.end_s


def test_a_job_that_fails_and_one_that_is_refused() -> None:
    with serving(SLOW.model_copy(update={"error_rate": 1.0}), api_key="k") as server:
        made = post(server, "/jobs", files={"file": ("a.wav", wav())}).json()
        over, _ = until_over(server, f"/jobs/{made['id']}", {"done", "failed"})
    assert (over["status"], over["result"]) == ("failed", None)
    assert over["error"]
    with serving(SLOW.model_copy(update={"queue_limit": 0}), api_key="k") as server:
        answers = [post(server, "/jobs", files={"file": ("a.wav", wav())}).status_code for _ in range(2)]
        assert answers == [202, 503]


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("/v2/transcript", {"json": {"audio_url": "https://elsewhere/x"}}, 400),
        ("/v2/transcript", {"json": ["x"]}, 400),
        ("/v2/transcript", {"data": b"[" * 100_000}, 400),
        ("/v2/transcript", {"json": {"audio_url": 3}}, 400),
        ("/jobs", {"data": b"x"}, 400),
        ("/jobs", {"files": {"file": ("a.wav", b"no wav")}}, 400),
    ],
)
def test_what_makes_no_job(path: str, options: dict[str, Any], status: int) -> None:
    with serving(api_key="k") as server:
        assert post(server, path, **options).status_code == status
        assert requests.post(server.url + path, timeout=30, **options).status_code == 401
        assert requests.get(f"{server.url}{path}/nothing", headers=KEY, timeout=30).status_code == 404
        assert requests.get(f"{server.url}{path}/nothing", timeout=30).status_code == 401


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_UPLOADS", 2)
    monkeypatch.setattr(jobs, "MOST_OVER", 2)
    with serving(ServerSettings(overhead_s=0, rtf=0, jitter="none", cold_requests=0), api_key="k") as server:
        places = [post(server, "/v2/upload", data=wav()).json()["upload_url"] for _ in range(3)]
        statuses = [post(server, "/v2/transcript", json={"audio_url": place}).status_code for place in places]
        assert statuses == [400, 200, 200], "the oldest upload is gone"
        made = []
        for _ in range(4):
            made.append(post(server, "/jobs", files={"file": ("a.wav", wav())}).json()["id"])
            until_over(server, f"/jobs/{made[-1]}", {"done"})
        known = [requests.get(f"{server.url}/jobs/{one}", headers=KEY, timeout=30).status_code for one in made]
    assert known[0] == 404
    assert known[-1] == 200


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


def test_the_oldest_uploads_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_UPLOADS", 2)
    some = Uploads(Clock())
    for name in "abcd":
        some.keep(name, b"x")
    assert kept(some, "abcd") == "cd"


def test_the_oldest_uploads_go_when_they_are_too_large_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_UPLOADED_BYTES", 10)
    some = Uploads(Clock())
    for name in "abcd":
        some.keep(name, b"1234")
    assert kept(some, "abcd") == "cd"
    some.keep("e", bytes(10))
    some.keep("f", bytes(11))
    assert kept(some, "ef") == "f", "what is taken counts no more, and the newest always stays"


def test_the_oldest_uploads_go_when_nobody_asks_for_them() -> None:
    clock = Clock()
    some = Uploads(clock)
    some.keep("a", b"x")
    clock.now_s = LONGEST_S
    some.keep("b", b"x")
    clock.now_s += 1
    some.keep("c", b"x")
    assert kept(some, "abc") == "bc"

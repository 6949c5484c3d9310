"""Jobs: made by one request, asked after by others."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from stt_load.server import jobs

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


@pytest.mark.parametrize("options", [{"data": b"x"}, {"files": {"file": ("a.wav", b"no wav")}}])
def test_what_makes_no_job(options: dict[str, Any]) -> None:
    with serving(api_key="k") as server:
        assert post(server, "/jobs", **options).status_code == 400
        assert requests.post(server.url + "/jobs", timeout=30, **options).status_code == 401
        assert requests.get(f"{server.url}/jobs/nothing", headers=KEY, timeout=30).status_code == 404
        assert requests.get(f"{server.url}/jobs/nothing", timeout=30).status_code == 401


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_OVER", 2)
    with serving(api_key="k") as server:
        made = []
        for _ in range(4):
            made.append(post(server, "/jobs", files={"file": ("a.wav", wav())}).json()["id"])
            until_over(server, f"/jobs/{made[-1]}", {"done"})
        known = [requests.get(f"{server.url}/jobs/{one}", headers=KEY, timeout=30).status_code for one in made]
    assert known[0] == 404
    assert known[-1] == 200

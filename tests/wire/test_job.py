"""Jobs: what is sent next, and what the last answer comes down to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from stt_load.sample import ErrorKind
from stt_load.wire.answers import reader
from stt_load.wire.job import Course, Plan
from stt_load.wire.request import Body, Request
from stt_load.wire.verdict import Answer, Failure, Step, Transcript

CLIP = Body((b"RIFF",), 4, "audio/wav")
PLAN = Plan(
    submit_path="/jobs?key=1",
    upload_path=None,
    uploaded="upload_url",
    fields=[("audio_url", "{upload}"), ("words", ["a", "{upload}?"]), ("punctuate", True)],
    id="job.id",
    poll_path="/jobs/{id}/result",
    status="state",
    done=frozenset({"done"}),
    failed=frozenset({"failed"}),
    interval_s=0.1,
)
UPLOADING = replace(PLAN, upload_path="/upload")


def answer(value: Any, status: int = 200, step: Step = "poll") -> Answer:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Answer(status, "application/json", None, body, step=step)


def requests(plan: Plan, *answers: Any) -> list[Request]:
    """What goes out when these come in, one after the other."""
    course, sent = Course(plan, CLIP), []
    for value in answers:
        assert course.request is not None
        sent.append(course.request)
        course.take(value if isinstance(value, Answer) else answer(value))
    return sent if course.request is None else [*sent, course.request]


def test_a_job_is_made_and_asked_after_until_it_is_over() -> None:
    waiting, done = {"state": "running"}, {"state": "done"}
    sent = requests(PLAN, {"job": {"id": 7}}, waiting, waiting, done)
    assert [(one.method, one.path) for one in sent] == [("POST", "/jobs?key=1"), *[("GET", "/jobs/7/result")] * 3]
    assert sent[0].body is CLIP
    assert len(sent[1].body) == 0


def test_an_upload_comes_first_and_the_job_names_it() -> None:
    sent = requests(UPLOADING, {"upload_url": "https://h/x"}, {"job": {"id": "a/b c"}}, {"state": "failed"})
    assert [one.path for one in sent] == ["/upload", "/jobs?key=1", "/jobs/a%2Fb%20c/result"]
    assert sent[0].body is CLIP
    made = sent[1].body
    assert made.content_type == "application/json"
    expected = {"audio_url": "https://h/x", "words": ["a", "https://h/x?"], "punctuate": True}
    assert json.loads(b"".join(made.parts)) == expected
    assert len(made) == len(b"".join(made.parts))


@pytest.mark.parametrize(
    "bad", [answer(b"oops"), answer({}), answer({"job": {"id": None}}), answer({"job": {}}, 503)]
)
def test_it_goes_no_further_than_it_can(bad: Answer) -> None:
    assert len(requests(PLAN, bad)) == 1
    assert len(requests(UPLOADING, bad)) == 1
    assert len(requests(PLAN, {"job": {"id": 1}}, bad)) == 2


def read(value: Any, status: int = 200, step: Step = "poll", plan: Plan = PLAN) -> Transcript | Failure:
    return plan.read(answer(value, status, step), reader("json"))


def test_what_the_last_answer_comes_down_to() -> None:
    assert read({"state": "done", "text": "hello"}) == Transcript("hello")
    assert read({"state": "done"}) == Failure(
        ErrorKind.NO_TEXT, 'HTTP 200, JSON without a text at `text`: {"state": "done"}'
    )


@pytest.mark.parametrize(
    ("value", "status", "step", "kind", "message"),
    [
        ({"state": "failed", "error": "no speech"}, 200, "poll", ErrorKind.POLL_FAILED, "ended as failed"),
        ({}, 200, "poll", ErrorKind.POLL_FAILED, "nothing at `state`"),
        (b"<html>", 200, "poll", ErrorKind.POLL_FAILED, "nothing at `state`: <html>"),
        ({}, 502, "poll", ErrorKind.POLL_FAILED, "HTTP 502"),
        ({}, 429, "poll", ErrorKind.POLL_FAILED, "HTTP 429"),
        ({}, 200, "submit", ErrorKind.POLL_FAILED, "HTTP 200 to the submit, nothing at `job.id`"),
        ({}, 401, "submit", ErrorKind.AUTH, "HTTP 401"),
        ({}, 429, "submit", ErrorKind.SHED, "HTTP 429"),
        ({}, 200, "upload", ErrorKind.POLL_FAILED, "HTTP 200 to the upload, nothing at `upload_url`"),
        ({}, 413, "upload", ErrorKind.TOO_LARGE, "HTTP 413"),
    ],
)
def test_what_went_wrong(value: Any, status: int, step: Step, kind: ErrorKind, message: str) -> None:
    failure = read(value, status, step)
    assert isinstance(failure, Failure)
    assert (failure.kind, message in failure.message) == (kind, True), failure


def test_deeply_nested_answers_are_no_exception() -> None:
    assert isinstance(read(b"[" * 200_000), Failure)
    assert isinstance(reader("json")(answer(b"[" * 200_000)), Failure)

"""Jobs: what is sent next, and what the last answer comes down to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from stt_load.api.answers import reader
from stt_load.api.batch import Course, Plan
from stt_load.api.job_path import JobPath
from stt_load.api.request import Body, Request
from stt_load.api.verdict import Answer, Failure, Step, Transcript
from stt_load.samples.sample import ErrorKind

CLIP = Body((b"RIFF",), 4, "audio/wav")
PLAN = Plan(
    submit_path="/jobs?key=1",
    upload_path=None,
    uploaded="upload_url",
    fields=[("audio_url", "{upload}"), ("words", ["a", "{upload}?"]), ("punctuate", True)],
    id="job.id",
    poll=JobPath("/jobs/{id}/result", id_at="job.id"),
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


def test_paths_go_out_percent_encoded_once() -> None:
    plan = replace(UPLOADING, upload_path="/up|load?%5B[", poll=JobPath('/jobs/{id}?"|"#x'))
    sent = requests(plan, {"upload_url": "https://h/x"}, {"job": {"id": "a|b%20"}}, {"state": "failed"})
    assert [one.path for one in sent] == ["/up%7Cload?%5B%5B", "/jobs?key=1", "/jobs/a%7Cb%2520?%22%7C%22"]


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


@pytest.mark.parametrize("state", [" done ", "done\n", "\tDONE"])
def test_a_state_is_the_same_with_blanks_around_it(state: str) -> None:
    sent = requests(PLAN, {"job": {"id": 7}}, {"state": state})
    assert len(sent) == 2
    assert read({"state": state, "text": "hello"}) == Transcript("hello")
    padded = replace(PLAN, done=frozenset({f" {state.strip()} "}), failed=frozenset({" failed\n"}))
    assert read({"state": "done", "text": "hello"}, plan=padded) == Transcript("hello")
    failure = read({"state": " failed "}, plan=padded)
    assert isinstance(failure, Failure)
    assert failure.message.startswith("the job ended as failed: ")
    course = course_after({"job": {"id": 7}, "state": " canceled "})
    assert course.state == "canceled", "as the message names it"
    assert course_after({"job": {"id": 7}, "state": " "}).state is None


@pytest.mark.parametrize("step", ["upload", "submit", "poll"])
@pytest.mark.parametrize("state", ["running", "done", None])
def test_an_error_in_an_answer_is_one_whatever_else_it_says(step: Step, state: str | None) -> None:
    said = {"upload_url": "x", "job": {"id": 7}, "text": "hello", "error": {"message": "out of memory"}}
    said |= {"state": state} if state else {}
    assert read(said, step=step) == Failure(ErrorKind.POLL_FAILED, "HTTP 200, an error in the answer: out of memory")
    course = Course(UPLOADING if step == "upload" else PLAN, CLIP)
    if step == "poll":
        course.take(answer({"job": {"id": 7}}))
    course.take(answer(said))
    assert course.request is None, "nothing more is asked"


@pytest.mark.parametrize("empty", ["", None, False, {}, []])
def test_an_empty_error_is_none(empty: object) -> None:
    sent = requests(
        UPLOADING, {"upload_url": "x", "error": empty}, {"job": {"id": 7}, "error": empty}, {"state": "done"}
    )
    assert len(sent) == 3
    assert read({"state": "done", "text": " ", "error": empty}) == Transcript("")


def test_the_state_of_an_upload_is_nobodys() -> None:
    failure = read({"state": "done", "text": "hello"}, step="upload")
    assert isinstance(failure, Failure)
    assert "nothing at `upload_url`" in failure.message


@pytest.mark.parametrize(("state", "ended"), [("DONE", True), ("Done", True), ("FAILED", True), ("canceled", False)])
def test_a_state_is_the_same_in_capitals(state: str, ended: bool) -> None:
    """Some say COMPLETED, and no service has two states that differ in that only."""
    sent = requests(PLAN, {"job": {"id": 7}}, {"state": state})
    assert len(sent) == (2 if ended else 3)
    if state == "FAILED":
        assert read({"state": state, "text": "hello"}) == Failure(
            ErrorKind.POLL_FAILED, 'the job ended as FAILED: {"state": "FAILED", "text": "hello"}'
        )
    elif ended:
        assert read({"state": state, "text": "hello"}) == Transcript("hello")


def course_after(value: Any, plan: Plan = PLAN) -> Course:
    course = Course(plan, CLIP)
    course.take(answer(value))
    return course


def test_between_questions_there_is_a_pause_and_before_the_others_none() -> None:
    course = Course(UPLOADING, CLIP)
    assert course.pause_s == 0
    course.take(answer({"upload_url": "x"}))
    assert (course.step, course.pause_s) == ("submit", 0)
    course.take(answer({"job": {"id": 7}, "state": "queued"}))
    assert (course.step, course.pause_s, course.state) == ("poll", PLAN.interval_s, "queued")
    course.take(answer({"state": "running"}))
    assert (course.step, course.pause_s, course.state) == ("poll", PLAN.interval_s, "running")


def test_a_job_that_is_done_when_it_is_made_is_fetched_at_once() -> None:
    course = course_after({"job": {"id": 7}, "state": "done"})
    assert course.request is not None
    assert (course.step, course.pause_s, course.request.path) == ("poll", 0, "/jobs/7/result")
    course.take(answer({"state": "running"}))
    assert course.pause_s == PLAN.interval_s, "it was not done after all"


@pytest.mark.parametrize("number", [{"id": 7}, {}])
def test_a_job_that_is_done_when_it_is_made_and_has_its_text_is_asked_nothing(number: dict[str, int]) -> None:
    told = {"job": number, "state": "done", "text": "hello"}
    assert course_after(told).request is None
    assert read(told, step="submit") == Transcript("hello")
    nested = replace(PLAN, text="result.text")
    assert course_after(told | {"result": {"text": ""}}, nested).request is None
    assert (course_after(told, nested).request is None) == (not number)


def test_a_job_that_has_failed_when_it_is_made_is_asked_nothing() -> None:
    told = {"job": {"id": 7}, "state": "failed", "why": "no speech"}
    assert course_after(told).request is None
    failure = read(told, step="submit")
    assert isinstance(failure, Failure)
    assert (failure.kind, "ended as failed" in failure.message) == (ErrorKind.POLL_FAILED, True)


APART = replace(PLAN, result=JobPath("/jobs/{id}/text", "", "http://h", "job.id"))
GIVEN = replace(
    PLAN, id="none", poll=JobPath("{urls.state}", origin="http://h"), result=JobPath("{urls.text}", origin="http://h")
)


def test_a_transcript_at_a_place_of_its_own_is_fetched_there_at_once() -> None:
    sent = requests(APART, {"job": {"id": 7}}, {"state": "running"}, {"state": "done", "text": "not this"}, {"x": 1})
    assert [one.path for one in sent] == ["/jobs?key=1", "/jobs/7/result", "/jobs/7/result", "/jobs/7/text"]
    course = course_after({"job": {"id": 7}}, APART)
    course.take(answer({"state": "done"}))
    assert (course.step, course.pause_s, course.state) == ("result", 0, "done")
    assert read({"text": "hello"}, step="result", plan=APART) == Transcript("hello")
    plain = APART.read(answer(b"hello", step="result"), reader("text"))
    assert plain == Transcript("hello"), "in any format"
    failure = read({}, 404, "result", APART)
    assert isinstance(failure, Failure)
    assert failure.kind is ErrorKind.POLL_FAILED


def test_a_state_in_the_answer_to_the_making_of_the_job_counts() -> None:
    """A service that waits with its answer until the job is over; nobody has to ask."""
    sent = requests(APART, {"job": {"id": 7}, "state": "done"}, {"text": "hello"})
    assert [one.path for one in sent] == ["/jobs?key=1", "/jobs/7/text"]


def test_the_service_says_where_to_ask_and_where_the_transcript_is() -> None:
    made = {"urls": {"state": "http://h/a/7?x=1", "text": "/elsewhere"}}
    asked = {"state": "done", "urls": {"text": "http://h:80/b/7"}}
    sent = requests(GIVEN, made, {"state": "running"}, asked, {"text": "hello"})
    assert [one.path for one in sent] == ["/jobs?key=1", "/a/7?x=1", "/a/7?x=1", "/b/7"]


@pytest.mark.parametrize(
    ("value", "step", "plan", "message"),
    [
        ({"urls": {}}, "submit", GIVEN, "to the submit, nothing at `urls.state`: {"),
        ({"urls": {"state": "https://h/7"}}, "submit", GIVEN, "a URL at https://h, not at http://h: it is not asked"),
        ({"state": "done"}, "submit", GIVEN, "to the submit, nothing at `urls.text`"),
        ({"state": "done"}, "poll", GIVEN, "to the poll, nothing at `urls.text`"),
        ({"state": "done"}, "poll", APART, "to the poll, and there was nothing at `job.id` when it was made"),
    ],
)
def test_an_answer_that_does_not_say_where_to_go_on(value: Any, step: Step, plan: Plan, message: str) -> None:
    course = Course(plan, CLIP)
    if step == "poll":
        course.take(answer({"urls": {"state": "/a"}} if plan is GIVEN else {"state": "x"}, step="submit"))
    if course.request is not None:
        course.take(answer(value, step=step))
    assert course.request is None, "nothing more is asked"
    failure = read(value, step=step, plan=plan)
    assert isinstance(failure, Failure)
    assert (failure.kind, message in failure.message) == (ErrorKind.POLL_FAILED, True), failure


def test_an_id_that_is_no_text_is_asked_for_all_the_same() -> None:
    assert [one.path for one in requests(PLAN, rb'{"job": {"id": "\ud83d"}}')][1:] == ["/jobs/%3F/result"]


def test_deeply_nested_answers_are_no_exception() -> None:
    assert isinstance(read(b"[" * 200_000), Failure)
    assert isinstance(reader("json")(answer(b"[" * 200_000)), Failure)

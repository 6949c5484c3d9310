"""What somebody is told in whose answer no transcript was found."""

from __future__ import annotations

import pytest

from stt_load.api.job_path import NOT_HERE
from stt_load.api.verdict import Step
from stt_load.samples.sample import ErrorKind
from tests.cli.trying import unread


def test_texts_that_stand_in_the_answer_are_listed() -> None:
    body = '{"id": "x7", "results": {"channels": [{"alternatives": [{"transcript": "good morning"}]}]}}'
    heading, *found = unread(ErrorKind.NO_TEXT, body).splitlines()
    assert heading.startswith("texts do stand in the answer")
    assert found == [
        '  api: {response: {text: "results.channels[0].alternatives[0].transcript"}}   # good morning',
        "  api: {response: {text: id}}   # x7",
    ]


def test_an_error_in_the_answer_is_no_text() -> None:
    assert unread(ErrorKind.NO_TEXT, '{"error": "out of memory"}') == ""


def test_an_answer_without_any_text() -> None:
    assert unread(ErrorKind.NO_TEXT, '{"count": 3}').startswith(
        "no text stands in the answer: some services leave it out"
    )


@pytest.mark.parametrize("kind", [ErrorKind.NO_TEXT, ErrorKind.BAD_JSON])
def test_a_page_is_somebody_elses(kind: ErrorKind) -> None:
    found = unread(kind, "<html><body>Sign in</body></html>")
    assert found.startswith("a page for people is at http://stt.example:8000/v1/audio/transcriptions")
    assert "--endpoint" in found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("good morning", "`--response-format text`"),
        ("good\tmorning,\nhello\r\n", "`--response-format text`"),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\nhi", "`--response-format vtt`"),
        ("1\n00:00:00,000 --> 00:00:01,000\nhi", "`--response-format srt`"),
        ('data: {"type": "transcript.text.delta"}\n\n', "`--stream true`"),
    ],
)
def test_what_is_no_json_may_be_asked_for(body: str, said: str) -> None:
    assert said in unread(ErrorKind.BAD_JSON, body)


def test_bytes_are_no_text() -> None:
    assert unread(ErrorKind.BAD_JSON, "RIFF\x00\x01") == ""


def test_of_a_broken_stream() -> None:
    assert "api.stream_dialect is openai" in unread(ErrorKind.BAD_STREAM, "x", stream_dialect="openai")
    assert "`--stream false`" in unread(ErrorKind.BAD_STREAM, "x")


@pytest.mark.parametrize(
    ("step", "place", "said"),
    [
        ("upload", "upload_url", "if this is where the clip is: `api: {job: {uploaded: job_id}}`   # 17"),
        ("submit", "id", "if this is the job's id: `api: {job: {id: job_id}}`   # 17"),
        ("poll", "status", "if this is the job's state: `api: {job: {status: job_id}}`   # 17"),
    ],
)
def test_where_a_jobs_next_step_may_find_what_it_needs(step: Step, place: str, said: str) -> None:
    message = f"HTTP 200 to the {step}, nothing at `{place}`"
    assert said in unread(ErrorKind.POLL_FAILED, '{"job_id": 17}', message, step)
    assert unread(ErrorKind.POLL_FAILED, '{"job_id": 17}', "nothing at `status_url`", step) == ""


def test_of_a_url_at_another_server_it_is_told_what_to_give_instead() -> None:
    message = f"HTTP 200 to the submit, a URL at http://other, not at http://stt.example: {NOT_HERE}: ..."
    assert "`api: {job: {poll: /jobs/{id}}}`" in unread(ErrorKind.POLL_FAILED, "{}", message, "submit")

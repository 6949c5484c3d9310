"""One API as it is configured."""

from __future__ import annotations

from functools import partial

import pytest

from stt_load.api.answers import reader
from stt_load.api.api import Api
from stt_load.api.form import Bare
from stt_load.api.names import ResponseFormat
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.samples.sample import ErrorKind

JSON = reader("json")


def answer(body: bytes, status: int = 200, stream: Stream | None = None) -> Answer:
    return Answer(status, "application/json", None, body, stream=stream)


def test_the_status_is_judged_before_the_body() -> None:
    api = Api(Bare(), JSON)
    assert api.read(answer(b'{"text": "hi"}')) == Transcript("hi")
    failure = api.read(answer(b'{"text": "hi"}', 500))
    assert isinstance(failure, Failure)
    assert failure.kind is ErrorKind.HTTP_5XX


def test_no_message_repeats_a_secret_not_half_of_one() -> None:
    api = Api(Bare(), JSON, ["sk-1234567890"])
    failure = api.read(answer(b"x" * 195 + b" sk-1234567890", 400))
    assert isinstance(failure, Failure)
    assert "sk-" not in failure.message
    assert api.hide("key sk-1234567890!") == "key ***!"


def test_what_follows_an_answer_is_made_anew_for_each_and_reads_it() -> None:
    api = Api(Bare(), JSON, follow=partial(Stream, None, JSON))
    one, other = api.follow(), api.follow()
    assert one is not None
    assert one is not other
    body = b'data: {"type": "transcript.text.done", "text": "hi"}\n\n'
    one.begin("text/event-stream")
    one.feed(body, 1.0)
    assert api.read(answer(body, stream=one)) == Transcript("hi")
    assert Api(Bare(), JSON).follow() is None


def test_the_body_is_the_audio_in_its_form() -> None:
    body = Api(Bare("audio/wav"), JSON).body((b"RI", b"FF"), 4)
    assert (len(body), body.content_type) == (4, "audio/wav")


@pytest.mark.parametrize(
    ("header", "processing_s", "beyond"),
    [
        ("250", 0.25, ()),
        (" 2.5e2 ", 0.25, ()),
        ("soon", None, ()),
        ("1, 2", None, ()),
        (None, None, ()),
        ("-1", None, ("processing_s",)),
        ("9" * 400, None, ("processing_s",)),
    ],
)
@pytest.mark.parametrize("form", ["json", "text", "vtt"])
def test_a_time_in_a_header_is_a_number_as_any_other(
    form: ResponseFormat, header: str | None, processing_s: float | None, beyond: tuple[str, ...]
) -> None:
    body = {"json": b'{"text": "hi"}', "text": b"hi", "vtt": b"WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"}[form]
    api = Api(Bare(), reader(form), told_in=("x-took", 0.001))
    said = Answer(200, "text/plain", None, body, header={"x-took": header}.get)
    assert api.read(said) == Transcript("hi", processing_s=processing_s, out_of_range=beyond)


def test_of_a_failure_no_header_is_read() -> None:
    api = Api(Bare(), JSON, told_in=("x-took", 0.001))
    assert isinstance(api.read(Answer(500, "", None, b"", header={"x-took": "1"}.get)), Failure)

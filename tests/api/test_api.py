"""One API as it is configured."""

from __future__ import annotations

from functools import partial

from stt_load.api.answers import reader
from stt_load.api.api import Api
from stt_load.api.form import Bare
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

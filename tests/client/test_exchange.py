"""From a clip to its transcript, whatever the protocol."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stt_load.api.request import Body, Part, Request
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.audio.clip import Clip
from stt_load.client import Client, ClientError, Exchange, Target, Timeouts
from stt_load.clock import clock
from stt_load.samples.sample import ErrorKind

CLIP = Clip((b"RI", b"FF"), 4, 1.0, 8_000)


class Language:
    """Everything that is said is a text."""

    def __init__(self, stream: Stream | None = None) -> None:
        self.made_s = self.read_s = 0.0
        self.stream = stream

    def body(self, audio: Sequence[Part], audio_bytes: int) -> Body:
        self.made_s = clock()
        return Body((b"<", *audio), audio_bytes + 1)

    def follow(self) -> Stream | None:
        return self.stream

    def read(self, answer: Answer) -> Transcript | Failure:
        self.read_s = clock()
        return Transcript(answer.body.decode())


class Echo(Client):
    """Answers with what it is sent."""

    failure: Exception | None = None

    def perform(self, request: Request, exchange: Exchange) -> None:
        exchange.status, exchange.parts = 200, [bytes(part) for part in request.body.parts]
        if self.failure is not None:
            raise self.failure

    def close(self) -> None:
        """Nothing is open."""


def client(stream: Stream | None = None) -> tuple[Echo, Language]:
    made, language = Echo(Target("http://h/", {}, Timeouts(1, 1, 1, 1), 1_000)), Language(stream)
    made.language = language
    return made, language


def test_the_clock_runs_from_the_body_to_the_answer() -> None:
    echo, language = client()
    exchange = Exchange()
    assert echo.speak(CLIP, exchange) == Transcript("<RIFF")
    assert exchange.sent_s is not None
    assert exchange.done_s is not None
    assert language.made_s <= exchange.sent_s <= exchange.done_s <= language.read_s
    assert (exchange.clip, exchange.uploaded, exchange.texts) == (CLIP, 5, None)
    assert exchange.answer is not None
    assert exchange.answer.body == b"<RIFF"


def test_an_exchange_that_brings_no_answer_is_a_failure_and_keeps_its_clip() -> None:
    echo, language = client()
    echo.failure, exchange = ClientError(ErrorKind.TRUNCATED, "cut"), Exchange()
    assert echo.speak(CLIP, exchange) == Failure(ErrorKind.TRUNCATED, "cut")
    assert (exchange.clip, exchange.answer, language.read_s) == (CLIP, None, 0.0)
    assert set(exchange.marks) == {"sent", "done"}


def test_what_somebody_elses_code_raises_goes_through() -> None:
    echo, _ = client()
    echo.failure = KeyError("text")
    with pytest.raises(KeyError):
        echo.speak(CLIP, Exchange())


def test_what_follows_the_answer_tells_the_exchange_of_texts() -> None:
    stream = Stream("plain", lambda _: Transcript(""))
    echo, _ = client(stream)
    exchange = Exchange()
    echo.speak(CLIP, exchange)
    stream.begin("text/event-stream")
    stream.feed(b"data: one\n\ndata: two\n\n", 7.0)
    assert exchange.texts is stream.texts
    assert (exchange.texts.first_s, exchange.texts.count) == (7.0, 2)


def test_nothing_has_happened_yet_in_a_new_exchange() -> None:
    exchange = Exchange()
    assert (exchange.sent_s, exchange.first_byte_s, exchange.done_s) == (None, None, None)


def test_a_mark_is_the_last_of_its_name() -> None:
    exchange = Exchange()
    exchange.mark("first_byte", 1.0)
    exchange.mark("first_byte", 2.0)
    assert (exchange.first_byte_s, exchange.marks) == (2.0, {"first_byte": 2.0})

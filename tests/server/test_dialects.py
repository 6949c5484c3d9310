"""What the embedded server says in each dialect is what a client understands, without a socket between them."""

from __future__ import annotations

import pytest

from stt_load.api.names import Dialect as Name
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.samples.sample import ErrorKind
from stt_load.server.dialects import DIALECTS, Dialect
from stt_load.server.transcript import Extras, Segment
from stt_load.server.transcript import Transcript as Spoken

SPOKEN = Spoken((Segment(0.0, 2.0, "one two"), Segment(2.0, 3.0, "three")), "transcribe", "english", 3.0)


def understood(name: Name | None, *parts: bytes) -> Transcript | Failure:
    stream = Stream(name, lambda _: Transcript("a whole"))
    stream.begin("text/event-stream")
    for place, part in enumerate(parts):
        stream.feed(part, float(place))
    return stream.read(Answer(200, "text/event-stream", None, b"".join(parts), stream=stream))


def said(dialect: Dialect) -> list[bytes]:
    return [dialect.opening(Extras()), *map(dialect.piece, dialect.pieces(SPOKEN))]


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("is_set", [True, False])
def test_a_stream_is_its_transcript(name: Name, is_set: bool) -> None:
    dialect = DIALECTS[name]
    verdict = understood(name if is_set else None, *said(dialect), dialect.closing(SPOKEN, Extras()))
    assert isinstance(verdict, Transcript)
    assert verdict.text.split() == SPOKEN.text.split()


@pytest.mark.parametrize("name", DIALECTS)
def test_its_error_is_one(name: Name) -> None:
    verdict = understood(name, *said(DIALECTS[name]), DIALECTS[name].error)
    assert isinstance(verdict, Failure)
    assert verdict.kind is ErrorKind.STREAM_ERROR


def test_usage_comes_where_it_is_asked_for() -> None:
    dialect = DIALECTS["vllm"]
    verdict = understood("vllm", *said(dialect), dialect.closing(SPOKEN, Extras(usage=True)))
    assert isinstance(verdict, Transcript)
    assert verdict.tokens == 6

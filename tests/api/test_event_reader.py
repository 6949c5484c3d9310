"""Events one after the other, without the bytes that they came in."""

from __future__ import annotations

import json

import pytest

from stt_load.api.event_reader import EventReader
from stt_load.api.names import Dialect
from stt_load.api.pieces import Texts
from stt_load.api.sse import MESSAGE
from stt_load.samples.sample import ErrorKind


def read(*events: object, dialect: Dialect | None = None) -> EventReader:
    """Each event at its place, in seconds."""
    reader = EventReader(dialect, Texts())
    for place, event in enumerate(events):
        reader.read(MESSAGE, event if isinstance(event, str) else json.dumps(event), float(place))
    return reader


def delta(text: str) -> dict[str, str]:
    return {"type": "transcript.text.delta", "delta": text}


DONE = {"type": "transcript.text.done", "text": "one two"}


def test_texts_go_where_they_are_collected_and_the_done_mark_ends_it() -> None:
    texts = Texts()
    reader = EventReader(None, texts)
    for place, event in enumerate((delta("one"), delta(" two"), DONE)):
        reader.read(MESSAGE, json.dumps(event), float(place))
    assert (reader.dialect, reader.text, reader.ended_s) == ("openai", "one two", 2.0)
    assert (texts.text, texts.count, texts.first_s) == ("one two", 2, 0.0)


def test_words_are_the_transcript_until_an_event_is_one() -> None:
    """What came before it was a sign of life."""
    assert read("one", "two").text == "onetwo"
    assert read("waiting", delta("one")).text == "one"


def test_words_count_for_nothing_after_an_object_of_an_unknown_language() -> None:
    reader = read("one", {"note": "some other service"}, "two")
    assert reader.text == ""
    assert "some other service" in (reader.stranger or "")
    assert read("one", {"note": "an aside"}, "two", dialect="plain").text == "onetwo"


def test_an_empty_segment_is_one_and_words_beside_it_are_not() -> None:
    reader = read("waiting", {"text": ""})
    assert (reader.dialect, reader.text) == ("segments", "")


def test_an_error_is_told_in_the_servers_words() -> None:
    assert read({"error": {"message": "no memory"}}).error == "no memory"


@pytest.mark.parametrize("broken", ['{"type": "transcript.text.del', "{]"])
def test_broken_json_is_the_first_flaw(broken: str) -> None:
    reader = read(delta("one"), broken, delta("two"))
    assert reader.flaw is not None
    assert reader.flaw[0] is ErrorKind.BAD_STREAM


def test_after_the_done_mark_nothing_is_taken_in_but_an_error() -> None:
    reader = read(delta("one two"), DONE, delta(" three"), {"error": "late"})
    assert (reader.text, reader.error) == ("one two", "late")

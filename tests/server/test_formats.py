"""A transcript in the formats it comes in."""

from __future__ import annotations

import json

import pytest

from stt_load.server.formats import FORMATS, render
from stt_load.server.transcript import Extras, Segment, Transcript

TRANSCRIPT = Transcript(
    (Segment(0.0, 1.5, "one two"), Segment(1.5, 3_723.0625, "three")), "transcribe", "ko", 3_723.0625
)


def test_json_and_text() -> None:
    body, content_type = render(TRANSCRIPT, "json")
    assert (json.loads(body), content_type) == (
        {
            "text": "one two three",
            "usage": {"type": "duration", "seconds": 3724},
            "model": "whisper-1",
            "language": None,
        },
        "application/json",
    )
    assert render(TRANSCRIPT, "text") == (b"one two three\n", "text/plain; charset=utf-8")


def test_verbose_json() -> None:
    document = json.loads(render(TRANSCRIPT, "verbose_json")[0])
    assert document["task"] == "transcribe"
    assert document["language"] == "ko"
    assert document["duration"] == 3_723.0625
    assert document["text"] == "one two three"
    assert [(s["id"], s["start"], s["text"]) for s in document["segments"]] == [
        (0, 0.0, "one two"),
        (1, 1.5, "three"),
    ]


def test_subtitles() -> None:
    srt, _ = render(TRANSCRIPT, "srt")
    assert srt.decode() == (
        "1\n00:00:00,000 --> 00:00:01,500\none two\n\n2\n00:00:01,500 --> 01:02:03,062\nthree\n\n"
    )
    vtt, _ = render(TRANSCRIPT, "vtt")
    assert vtt.decode() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\none two\n\n00:00:01.500 --> 01:02:03.062\nthree\n\n"
    )


@pytest.mark.parametrize("response_format", FORMATS)
def test_silence_of_no_length_has_every_format(response_format: str) -> None:
    body, _ = render(Transcript((), "transcribe", "english", 0.0), response_format)
    assert b"river" not in body


def test_what_mistral_has_beside_the_text() -> None:
    extras = Extras(model="voxtral-mini", language="ko", segments=True)
    document = json.loads(render(TRANSCRIPT, "json", extras)[0])
    assert (document["model"], document["language"]) == ("voxtral-mini", "ko")
    assert [(one["text"], one["start"], one["end"]) for one in document["segments"]] == [
        ("one two", 0.0, 1.5),
        ("three", 1.5, 3_723.062),
    ]


def test_the_words_of_verbose_json_come_where_they_are_asked_for() -> None:
    assert "words" not in json.loads(render(TRANSCRIPT, "verbose_json")[0])
    document = json.loads(render(TRANSCRIPT, "verbose_json", Extras(words=True))[0])
    assert document["words"][:2] == [
        {"word": "one", "start": 0.0, "end": 0.75},
        {"word": "two", "start": 0.75, "end": 1.5},
    ]


def test_deepgrams_has_metadata_and_words() -> None:
    document = json.loads(render(TRANSCRIPT, "deepgram", Extras(model="nova-3", audio_sha256="abc"))[0])
    metadata = document["metadata"]
    assert (metadata["duration"], metadata["sha256"], metadata["channels"]) == (3_723.0625, "abc", 1)
    assert [metadata["model_info"][one]["name"] for one in metadata["models"]] == ["nova-3"]
    (alternative,) = document["results"]["channels"][0]["alternatives"]
    assert alternative["transcript"] == " ".join(word["word"] for word in alternative["words"]) == "one two three"
    assert (alternative["words"][1]["start"], alternative["words"][1]["end"]) == (0.75, 1.5)


def test_elevenlabs_has_what_is_between_words_too() -> None:
    document = json.loads(render(TRANSCRIPT, "elevenlabs", Extras(language="ko"))[0])
    assert (document["language_code"], document["audio_duration_secs"]) == ("ko", 3_723.0625)
    assert "".join(piece["text"] for piece in document["words"]) == document["text"] == "one two three"
    assert [piece["type"] for piece in document["words"]] == ["word", "spacing", "word", "spacing", "word"]

"""The made-up words and the formats they come in."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from stt_load.server.transcript import FORMATS, WORDS_PER_S, Segment, Transcript, hear, render
from stt_load.server.wav import parse

from .clips import wav

TRANSCRIPT = Transcript(
    (Segment(0.0, 1.5, "one two"), Segment(1.5, 3_723.0625, "three")), "transcribe", "ko", 3_723.0625
)


def words(frames: int, seed: int = 0) -> tuple[Segment, ...]:
    return hear(parse(memoryview(wav(frames, seed=seed))))


def test_the_same_samples_say_the_same() -> None:
    assert words(160_000, seed=1) == words(160_000, seed=1)
    assert words(160_000, seed=1) != words(160_000, seed=2)


def test_some_words_unless_there_are_no_samples() -> None:
    assert words(0) == ()
    assert len(words(1)[0].text.split()) == 1


def test_the_segments_cover_the_clip() -> None:
    segments = words(160_000)
    assert segments[0].start_s == 0
    assert segments[-1].end_s == pytest.approx(10)
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(segments))
    assert sum(len(segment.text.split()) for segment in segments) == WORDS_PER_S * 10


def test_json_and_text() -> None:
    body, content_type = render(TRANSCRIPT, "json")
    assert (json.loads(body), content_type) == (
        {"text": "one two three", "usage": {"type": "duration", "seconds": 3724}},
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

"""The made-up words, and where they are in the clip."""

from __future__ import annotations

from itertools import pairwise

import pytest

from stt_load.server.transcript import WORDS_PER_S, Segment, Transcript, hear
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


def test_the_words_of_a_transcript_are_in_their_places() -> None:
    assert list(TRANSCRIPT.words()) == [
        Segment(0.0, 0.75, "one"),
        Segment(0.75, 1.5, "two"),
        Segment(1.5, 3_723.0625, "three"),
    ]

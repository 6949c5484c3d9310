"""The pack that is shipped is what docs/speech.md says of it: texts, lengths, levels, instants, size."""

from __future__ import annotations

import hashlib
from itertools import accumulate, pairwise

import numpy as np
import pytest
import soundfile

from stt_load.accuracy.normalise import normaliser
from stt_load.audio.pack import SHIPPED, Pack, shipped
from stt_load.packing.choosing import SHORT_S
from stt_load.packing.texts import texts_of
from tests.markdown import text_of

FOLDER = SHIPPED.parent
HOMOPHONES = """
to too two their there past passed road hole whole plane not knot gray bread key close sun son sale sail
tale tail mail male flower flour hair pear pair bear bare stairs meet meat week weak red read blue new
knew night made maid great break steel sweet feet wood would through rain seen scene sell cell for four
hour our one won right write see sea some sum team way weigh wear where which piece peace hear here know
no buy by eight ate
"""
"""Words that sound like others of everyday English."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return shipped()


@pytest.fixture(scope="module")
def samples(pack: Pack) -> list[np.ndarray]:
    """Of each recording."""
    assert pack.joined is not None
    whole, rate_hz = soundfile.read(pack.joined, dtype="float32")
    assert rate_hz == pack.rate_hz == 16_000
    ends = list(accumulate((one.frames for one in pack.recordings), initial=0))
    assert whole.size == ends[-1]
    return [whole[first:last] for first, last in pairwise(ends)]


def test_voices_and_texts_are_as_many_as_are_wanted(pack: Pack) -> None:
    assert (pack.language, pack.voices) == ("en", ("slt", "rms", "awb"))
    for voice in range(3):
        its = [one.text for one in pack.recordings if one.voice == voice]
        assert 180 <= len(its) - 50 <= 200
        assert len(set(its)) == len(its)
    short = {one.text for one in pack.recordings if one.frames <= SHORT_S * pack.rate_hz}
    assert len(short) >= 60
    assert len({one.text for one in pack.recordings} - short) >= 240


def test_it_is_small_and_whole(pack: Pack) -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 5_000_000
    assert hashlib.sha256((FOLDER / "speech.ogg").read_bytes()).hexdigest() == pack.digest
    assert "Carnegie Mellon University" in (FOLDER / "NOTICE").read_text(encoding="utf-8")


def test_its_texts_are_those_in_the_list(pack: Pack) -> None:
    assert {one.text for one in pack.recordings} <= set(texts_of(FOLDER / "texts.txt"))


def test_the_normaliser_changes_nothing_but_case_and_punctuation() -> None:
    english = normaliser("english")
    for text in texts_of(FOLDER / "texts.txt"):
        words = [word.strip(".,?!").lower() for word in text.split()]
        assert english(text).split() == words
        assert not set(HOMOPHONES.split()) & set(words), text
        assert len(words) <= 8


def test_recordings_are_short_and_at_one_level(pack: Pack, samples: list[np.ndarray]) -> None:
    peaks = [float(np.abs(one).max()) for one in samples]
    levels = [20 * np.log10(np.sqrt(np.mean(one.astype(float) ** 2))) for one in samples]
    assert 0.25 <= min(peaks) <= max(peaks) <= 0.75
    assert -25 < min(levels) <= max(levels) < -19
    assert np.median(levels) == pytest.approx(-23, abs=0.5)
    durations = [one.frames / pack.rate_hz for one in pack.recordings]
    assert 0.4 <= min(durations) <= max(durations) <= 4


def test_words_are_in_order_and_within_their_recordings(pack: Pack) -> None:
    for one in pack.recordings:
        assert " ".join(word.text for word in one.words) == one.text
        instants = [at for word in one.words for at in (word.from_s, word.to_s)]
        assert instants == sorted(instants)
        assert 0 <= instants[0] < 0.2
        assert one.frames / pack.rate_hz - 0.25 < instants[-1] <= one.frames / pack.rate_hz + 0.001


def test_the_document_gives_its_numbers(pack: Pack) -> None:
    said = text_of("docs/speech.md")
    minutes = sum(one.frames for one in pack.recordings) / pack.rate_hz / 60
    assert f"{len(pack.recordings)} in three voices, {minutes:.0f} minutes" in said

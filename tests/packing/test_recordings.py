"""A recording comes to pieces where it is known when each word is spoken; what is no utterance is told, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stt_load.audio.corpus import Recording
from stt_load.packing.recording import Spoken
from stt_load.packing.recordings import Unused, utterances
from tests.packing.reading import RATE_HZ, Read, read_aloud

SIX = [(0.4, 0.4), (0.05, 0.4), (0.5, 0.4), (0.05, 0.4), (0.4, 0.4), (0.05, 0.4)]
"""Three times two words, with a clear pause between."""
TEXT = "One two, three four. Five six."


def recording(file: Path, read: Read, text: str, timed: bool = True, offset_s: float = 0.0) -> Recording:
    words = tuple((first - offset_s, last - offset_s) for first, last in read.words) if timed else ()
    offset, frames = round(offset_s * RATE_HZ), round((read.lasts_s - offset_s) * RATE_HZ)
    return Recording("line 3: a.wav", file, 0, offset, frames, RATE_HZ, 1, text, words)


def cut(one: Recording) -> list[Spoken | Unused]:
    return list(utterances(one, "kim"))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("offset_s", [0.0, 0.3])
def test_it_is_cut_at_pauses_and_each_piece_has_its_words(tmp_path: Path, channels: int, offset_s: float) -> None:
    file = tmp_path / "a.wav"
    read = read_aloud(file, SIX, channels=channels)
    found = cut(recording(file, read, TEXT, offset_s=offset_s))
    assert all(isinstance(one, Spoken) for one in found)
    spoken = [one for one in found if isinstance(one, Spoken)]
    assert [one.text for one in spoken] == ["One two,", "three four.", "Five six."]
    assert {one.voice for one in spoken} == {"kim"}
    for one in spoken:
        assert 0.85 + 0.06 <= one.duration_s <= 0.85 + 0.2, "the words, and a little on either side"
        assert one.words
        (first, last), (_, end) = one.words
        assert (last - first, end - first) == pytest.approx((0.4, 0.85), abs=0.002)
        loud = np.abs(one.samples) > 0.02
        assert np.flatnonzero(loud)[0] / RATE_HZ == pytest.approx(first, abs=0.02)
        assert np.flatnonzero(loud)[-1] / RATE_HZ == pytest.approx(end, abs=0.02)


def test_a_short_one_without_instants_is_one_utterance(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    (one,) = cut(recording(file, read_aloud(file, SIX), TEXT, timed=False))
    assert isinstance(one, Spoken)
    assert (one.text, one.words) == (TEXT, None)
    assert one.duration_s == pytest.approx(3.45 + 0.2, abs=0.15)


@pytest.mark.parametrize(
    ("words", "text", "timed", "why"),
    [
        ([(0.3, 0.1)], "Oh!", True, "0.16 s of speech; an utterance has at least 0.52 s"),
        (
            [(0.3, 11.0)],
            "Long",
            False,
            "an utterance has at most 10 s, and nothing says when its words are spoken",
        ),
        ([(0.3, 70.0)], "Long", False, "70.6 s; an utterance has at most 10 s, and nothing says"),
        ([(0.0, 6.0), (0.02, 6.0)], "Long one", True, "and no pause is found where it could be cut"),
        ([(0.3, 1.0)], "—", False, "no word is said"),
        ([(0.3, 1.0)], "o" * 1_001, False, "a text of 1001 characters; 1000 are the most"),
    ],
)
def test_what_is_no_utterance_is_told(
    words: list[tuple[float, float]], text: str, timed: bool, why: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.wav"
    (one,) = cut(recording(file, read_aloud(file, words), text, timed))
    assert isinstance(one, Unused)
    assert one.name == "line 3: a.wav"
    assert why in one.why


def test_where_nobody_speaks_there_is_no_utterance(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    read = read_aloud(file, [(1.0, 0.0)], hiss=0.0)
    assert cut(recording(file, read, "Words", timed=False)) == [Unused("line 3: a.wav", "nobody speaks")]


def test_a_part_that_is_none_is_named_by_its_words_and_the_others_are_used(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    read = read_aloud(file, [(0.4, 0.6), (0.5, 6.0), *[(0.02, 1.0)] * 5, (0.5, 0.6)])
    first, bad, last = cut(recording(file, read, "One two three four five six seven eight"))
    assert isinstance(first, Spoken)
    assert isinstance(last, Spoken)
    assert (first.text, last.text) == ("One", "eight")
    assert isinstance(bad, Unused)
    assert bad.name == 'line 3: a.wav, "two three four five ..." at 1.2 s'
    assert "no pause" in bad.why


def test_a_rate_of_which_ten_milliseconds_are_no_whole_number_is_cut_in_the_same_places(tmp_path: Path) -> None:
    """The places would be a quarter of a second off after two minutes."""
    file = tmp_path / "a.wav"
    read = read_aloud(file, [(0.4, 0.8)] * 100, rate_hz=11_025)
    one = recording(file, read, " ".join(f"w{number}" for number in range(100)))
    found = cut(replace(one, rate_hz=11_025, frames=round(read.lasts_s * 11_025)))
    assert len(found) == 100
    for piece in found:
        assert isinstance(piece, Spoken)
        assert piece.words
        assert 0.0 < piece.words[0][0] < 0.25
        assert abs(piece.words[0][1] - piece.words[0][0] - 0.8) < 0.002

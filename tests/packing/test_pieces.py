"""Which words make an utterance: laws that hold for any pauses, and what becomes of some."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.packing.pieces import CLEAR_S, LONGEST_S, SHORTEST_S, Piece, pieces
from stt_load.packing.silences import Pause


def pause(after: int, at_s: float, lasts_s: float) -> Pause:
    return Pause(after, at_s - lasts_s / 2, at_s + lasts_s / 2)


@st.composite
def recordings(draw: st.DrawFn) -> tuple[int, float, list[Pause]]:
    """Words, seconds, and pauses between some of them, in their order."""
    steps = draw(st.lists(st.tuples(st.floats(0.3, 4.0), st.floats(0.1, 0.25)), max_size=60))
    at_s, found = 0.0, []
    for after, (more_s, share) in enumerate(steps):
        at_s += more_s
        found.append(pause(2 * after, at_s, share * more_s * 2))
    return 2 * len(steps) + 1, at_s + 0.4, found


@given(recordings())
def test_every_word_is_in_one_piece_and_pieces_follow_each_other(recording: tuple[int, float, list[Pause]]) -> None:
    words, lasts_s, found = recording
    cut = list(pieces(words, lasts_s, found))
    assert (cut[0].first, cut[0].from_s, cut[-1].end, cut[-1].to_s) == (0, 0.0, words, lasts_s)
    for one, other in pairwise(cut):
        assert (one.end, one.to_s) == (other.first, other.from_s)
        assert one.end - 1 in {pause.after for pause in found}
        assert one.to_s in {pause.middle_s for pause in found}
    assert len(cut) == 1 or min(one.lasts_s for one in cut) >= SHORTEST_S


@given(recordings())
def test_what_is_left_in_a_piece_could_not_be_cut(recording: tuple[int, float, list[Pause]]) -> None:
    for one in pieces(*recording):
        for left in recording[2]:
            if one.from_s < left.middle_s < one.to_s:
                is_wanted = left.lasts_s >= CLEAR_S or one.lasts_s > LONGEST_S
                assert not is_wanted or min(left.middle_s - one.from_s, one.to_s - left.middle_s) < SHORTEST_S


def test_a_clear_pause_is_cut_and_a_short_one_only_where_it_must_be() -> None:
    clear, short = pause(1, 3.0, 0.4), pause(3, 6.0, 0.2)
    assert list(pieces(6, 9.0, [clear, short])) == [Piece(0, 2, 0.0, 3.0), Piece(2, 6, 3.0, 9.0)]
    assert [one.end for one in pieces(6, 14.0, [clear, short])] == [2, 4, 6]


def test_of_two_pauses_about_a_word_that_is_too_short_the_longer_one_counts() -> None:
    assert [one.end for one in pieces(3, 6.0, [pause(0, 3.0, 0.31), pause(1, 3.5, 0.33)])] == [2, 3]


def test_thousands_of_pauses_of_one_length_are_no_matter() -> None:
    found = [pause(after, 1.0 + after, 0.4) for after in range(5_000)]
    assert len(list(pieces(5_001, 5_001.0, found))) == 5_001


def test_without_pauses_it_stays_whole() -> None:
    assert list(pieces(3, 20.0, [])) == [Piece(0, 3, 0.0, 20.0)]


@pytest.mark.parametrize("lasts_s", [0.3, 1.0])
def test_what_is_too_short_to_be_cut_stays_whole(lasts_s: float) -> None:
    assert len(list(pieces(2, lasts_s, [pause(0, lasts_s / 2, 0.3)]))) == 1

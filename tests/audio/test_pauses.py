"""Long recordings are cut in their pauses: all words, each once, in pieces that have room."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.pauses import KEPT_S, LEAST_S, cuts


def spoken(*gaps_and_words: float) -> list[tuple[float, float]]:
    """A gap, a word, a gap, a word, in seconds."""
    ends = list(accumulate(gaps_and_words))
    return list(zip(ends[::2], ends[1::2], strict=True))


@given(
    parts=st.lists(st.tuples(st.floats(0, 1), st.floats(0.05, 1)), min_size=1, max_size=60),
    tail_s=st.floats(0, 1),
    most_s=st.floats(1, 12),
)
def test_all_words_once_in_order_in_pieces_that_have_room(
    parts: list[tuple[float, float]], tail_s: float, most_s: float
) -> None:
    words = spoken(*(one for pair in parts for one in pair))
    lasts_s = words[-1][1] + tail_s
    found = cuts(words, lasts_s, most_s)
    if not found:  # then there is a stretch without a pause that is too long
        return
    assert (found[0].first, found[-1].last) == (0, len(words) - 1)
    assert all(one.last + 1 == other.first for one, other in pairwise(found))
    for one in found:
        assert 0 <= one.from_s <= words[one.first][0]
        assert words[one.last][1] <= one.to_s <= lasts_s + 1e-9
        assert one.to_s - one.from_s <= most_s + 1e-9
    for one, other in pairwise(found):
        assert one.to_s <= other.from_s + 1e-9
        assert words[other.first][0] - words[one.last][1] >= LEAST_S


def test_it_is_cut_where_the_pause_is_widest() -> None:
    words = spoken(0, 1, 0.3, 1, 0.2, 1, 0.6, 1, 0.2, 1)
    assert [(one.first, one.last) for one in cuts(words, 6.3, 4.9)] == [(0, 2), (3, 4)]


def test_of_a_pause_some_is_kept_and_none_twice() -> None:
    first, second = cuts([(0.5, 1.0), (1.2, 2.0)], 3.0, 1.1)
    assert (first.from_s, first.to_s) == pytest.approx((0.5 - KEPT_S, 1.1))
    assert (second.from_s, second.to_s) == pytest.approx((1.1, 2.0 + KEPT_S))


@pytest.mark.parametrize("words", [[(0.0, 3.0)], [(0.0, 1.0), (1.05, 3.0)], []])
def test_what_has_no_pause_in_time_is_not_cut(words: list[tuple[float, float]]) -> None:
    assert cuts(words, 3.0, 2.0) == []

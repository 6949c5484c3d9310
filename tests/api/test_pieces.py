"""Pieces of a text, and when each came."""

from __future__ import annotations

import sys
from itertools import accumulate, pairwise
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.pieces import Gaps, Pieces, Texts


def pieces(*said: tuple[str, float], spaced: bool = False) -> Pieces:
    found = Pieces(spaced)
    for text, at_s in said:
        found.add(text, at_s)
    return found


def test_the_text_and_its_times() -> None:
    found = pieces(("", 1.0), (" ", 2.0), ("hello", 3.0), ("\r\n", 3.5), ("world", 5.0))
    assert found.text == " hello\r\nworld"
    assert (found.count, found.first_s, found.gaps) == (2, 3.0, Gaps(2.0, 2.0, 2.0))


def test_nothing_has_no_times() -> None:
    for found in (pieces(), pieces((" ", 1.0))):
        assert (found.count, found.first_s, found.gaps) == (0, None, None)
    assert pieces(("a", 1.0)).gaps is None
    assert pieces(("a", 1.0), ("b", 1.0)).gaps == Gaps(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("said", "text"), [(["a", "b"], "a b"), (["a ", "b"], "a b"), (["a", " b"], "a b"), (["a", "", "b"], "a b")]
)
def test_parts_of_their_own_have_a_space_between_them(said: list[str], text: str) -> None:
    assert pieces(*((one, 0.0) for one in said), spaced=True).text == text


@given(steps=st.lists(st.sampled_from([0.0, 0.0, 0.25, 1.0, 7.0]), max_size=60))
def test_gaps_are_those_of_the_single_arrivals(steps: list[float]) -> None:
    times = list(accumulate(steps))
    found = pieces(*(("x", at_s) for at_s in times)).gaps
    gaps = sorted(after - before for before, after in pairwise(times))
    if not gaps:
        assert found is None
        return
    assert found == Gaps(fmean(gaps), gaps[(95 * len(gaps) + 99) // 100 - 1], gaps[-1])


def test_what_came_at_once_is_kept_once() -> None:
    """A part of 64 kB holds thousands of events."""
    found = Pieces()
    for number in range(100_000):
        found.add("x", float(number // 1_000))
    assert found.count == 100_000
    assert len(found._times) == 100
    assert sys.getsizeof(found._times) < 2_000
    assert sys.getsizeof(found._text) < 1_000_000
    assert found.gaps == Gaps(99 / 99_999, 0.0, 1.0)


def test_finals_repeat_what_others_said_and_count_only_where_there_are_none() -> None:
    texts = Texts()
    texts.add(1.0, "One.", final=True)
    texts.add(2.0, "Two.", final=True)
    assert (texts.text, texts.count, texts.first_s) == ("One. Two.", 2, 1.0)
    texts.add(3.0, "One", final=False)
    assert (texts.text, texts.count, texts.first_s, texts.gaps) == ("One", 1, 1.0, None)
    texts.clear()
    assert (texts.text, texts.count, texts.first_s, texts.gaps) == ("", 0, None, None)

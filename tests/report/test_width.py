"""Columns on a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stt_load.report.width import columns, plain, right, shorten, wrap

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)


def test_hangul_and_emoji_take_two_columns() -> None:
    assert columns("abc") == 3
    assert columns("평균") == 4
    assert columns("📊") == 2
    assert columns("e\u0301") == 1


def test_right_counts_columns() -> None:
    assert right("평균", 6) == "  평균"


@given(TEXT, st.integers(0, 40))
def test_what_is_shortened_fits_and_begins_alike(text: str, width: int) -> None:
    short = shorten(text, width)
    assert columns(short) <= width
    assert short == text or text.startswith(short.removesuffix("..."))
    assert (short == text) == (columns(text) <= width)


@given(TEXT, st.integers(10, 40))
def test_wrapping_loses_no_word_and_no_line_is_too_long_for_its_words(text: str, width: int) -> None:
    lines = wrap(text, width, "- ", "  ")
    assert " ".join(line[2:] for line in lines).split() == text.split()
    assert all(columns(line) <= width or len(line[2:].split()) == 1 for line in lines)


def test_a_servers_text_can_not_take_over_the_terminal() -> None:
    assert plain("a\x1b[31mred\r\nb\u202e\tc") == "a [31mred b c"
    assert plain("한") == "한"

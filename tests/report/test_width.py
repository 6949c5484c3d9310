"""Columns on a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stt_load.report.width import MOST_QUOTED, columns, fit, plain, quote, right, shorten, wrap

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
    assert all(columns(line) <= width or columns(line.split()[-1]) > width - 2 for line in lines)


def test_an_address_that_is_longer_than_a_line_stays_beside_its_name() -> None:
    assert fit("API: http://" + "a" * 40, 20) == ["API: http://" + "a" * 40]
    assert fit("  no more room here", 12) == ["  no more", "    room", "    here"]
    assert fit("  as it  is", 12) == ["  as it  is"]


@given(TEXT, st.integers(10, 40))
def test_a_quoted_text_loses_nothing_and_no_line_is_too_long(text: str, width: int) -> None:
    lines = quote(text, width, "   ")
    assert all(columns(line) <= width and line[:3] == "   " for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


def test_a_quoted_text_does_not_fill_the_screen() -> None:
    assert len(quote("한" * 5_000, 40, "  ")) == MOST_QUOTED


def test_a_servers_text_can_not_take_over_the_terminal() -> None:
    assert plain("a\x1b[31mred\r\nb\u202e\tc") == "a [31mred b c"
    assert plain("한") == "한"

"""Two texts word by word: a person sees at once what differs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.report.aligned import MOST_ROWS, MOST_WORDS, aligned, compared, mark_of
from stt_load.report.width import ELLIPSIS, columns

LABELS = ("said ", "heard")
WORDS = st.lists(st.sampled_from(["a", "bee", "sea", "빵을", "Oh,", "x" * 9]), max_size=30)


def shown(said: str, heard: str, width: int = 60) -> list[str]:
    return list(compared(said, heard, width, LABELS, "  "))


def edits(said: list[str], heard: list[str]) -> int:
    """Levenshtein's distance of words, by its definition."""
    row = list(range(len(heard) + 1))
    for place, word in enumerate(said, start=1):
        above, row = row, [place]
        for column, other in enumerate(heard, start=1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (word != other)))
    return row[-1]


def test_each_word_stands_above_what_was_made_of_it() -> None:
    assert shown("the old boat drifts past the harbour", "the old goat past the big harbour") == [
        "  said   the old boat drifts past the     harbour",
        "  heard  the old goat        past the big harbour",
        "                 ~~~~ ------          +++",
    ]


def test_hangul_takes_two_columns() -> None:
    lines = shown("동생은 아침마다 빵을 굽는다", "동생은 아침에 굽는다")
    assert lines == [
        "  said   동생은 아침마다 빵을 굽는다",
        "  heard  동생은 아침에        굽는다",
        "                ~~~~~~~~ ----",
    ]


def test_case_and_punctuation_are_no_difference() -> None:
    assert shown("The boat, past.", "the BOAT past") == ["  said   The boat, past.", "  heard  the BOAT  past"]


def test_texts_without_a_word_in_common_follow_each_other() -> None:
    lines = shown("the old boat drifts past", "a yellow bird sings")
    assert lines == ["  said   the old boat drifts past", "  heard  a yellow bird sings"]


def test_an_answer_without_words_is_shown_as_it_is() -> None:
    assert shown("the old boat", "(empty)") == ["  said   the old boat", "  heard  (empty)"]


def test_a_long_pair_is_shown_around_what_differs() -> None:
    said = [f"word{number}" for number in range(100)]
    heard = [*said[:50], "else", *said[51:]]
    assert shown(" ".join(said), " ".join(heard)) == [
        "  said   ... word48 word49 word50 word51 word52 ...",
        "  heard  ... word48 word49 else   word51 word52 ...",
        "                           ~~~~~~",
    ]


def test_a_line_of_many_differences_ends_after_some_rows() -> None:
    lines = shown("same other " * 60, "same thing " * 60)
    assert len(lines) == 3 * MOST_ROWS
    assert [line.endswith(ELLIPSIS) for line in lines[-3:-1]] == [True, True]


def test_of_texts_without_an_end_only_so_much_is_looked_at() -> None:
    assert len(shown("a b " * MOST_WORDS * 50, "a c " * MOST_WORDS * 50)) <= 3 * MOST_ROWS


def test_what_somebody_elses_text_has_of_control_characters_is_not_shown() -> None:
    assert "\x1b" not in "".join(shown("the old boat", "the \x1b[31mold\n boat"))


@given(WORDS, WORDS)
def test_the_pairs_are_both_texts_with_the_fewest_edits(said: list[str], heard: list[str]) -> None:
    pairs = aligned(said, heard)
    assert [word for word, _ in pairs if word] == said
    assert [word for _, word in pairs if word] == heard
    assert sum(mark_of(pair) != " " for pair in pairs) == edits(said, heard)


@pytest.mark.parametrize("width", [24, 40, 80, 200])
@given(said=WORDS, heard=WORDS)
def test_no_line_is_wider_than_there_is_room(width: int, said: list[str], heard: list[str]) -> None:
    assert all(columns(line) <= width for line in shown(" ".join(said), " ".join(heard), width))

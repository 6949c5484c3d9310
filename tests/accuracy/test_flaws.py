"""Truncated and looping answers, one letter a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from stt_load.accuracy.flaws import looping, most_rounds, prefix_distances, truncated

SAID = "abcdefghijklmnopqrst"
TEXT = st.text("abcd", max_size=16)


def cut(said: str, heard: str) -> bool:
    return truncated(said, heard, Levenshtein.distance(said, heard))


@given(TEXT, TEXT)
def test_the_distance_to_each_beginning_is_that_of_the_beginning(said: str, heard: str) -> None:
    expected = [Levenshtein.distance(said[:length], heard) for length in range(len(said) + 1)]
    assert prefix_distances(said, heard).tolist() == expected


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        (SAID, SAID[:10], True),
        (SAID, SAID[:1], True),
        (SAID, SAID[:13], True),
        (SAID, SAID[:14], False),  # more than 0.66 of them are there
        (SAID, "axcyefgxij", True),  # with errors
        (SAID, "xyzwvutsrq", False),  # nothing of it
        (SAID, SAID[10:], False),  # the end is there, not the beginning
        (SAID, SAID[::2], False),  # a word lost here and there
        (SAID, "", False),  # an empty answer is counted as one
        (SAID, SAID, False),
        (SAID[:9], SAID[:5], True),
        (SAID[:9], SAID[:6], False),  # 3 words are missing
        (SAID[:8], SAID[:4], False),  # too short to tell
    ],
)
def test_truncated(said: str, heard: str, expected: bool) -> None:
    assert cut(said, heard) is expected


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        (SAID, SAID, False),
        (SAID, SAID[:5] + "x" * 8, True),
        (SAID, SAID[:5] + "x" * 7, False),
        (SAID, SAID[:5] + "xy" * 4, True),
        (SAID, SAID[:5] + "xy" * 3 + "x", False),
        (SAID, SAID[:5] + "xyz" * 4, True),
        (SAID, SAID[:5] + "xyz" * 3, False),
        (SAID, SAID[:5] + "wxyz" * 3, True),
        (SAID, SAID[:5] + "wxyz" * 2, False),
        (SAID, SAID[:2] + "stuvwxyz" * 3, True),
        (SAID, SAID[:2] + "rstuvwxyz" * 3, False),  # nine words: by their number
        (SAID, "abcdefghijklmnopqrstuvwxyz" * 2, True),  # more than 2 n + 10
        (SAID, (SAID + SAID).upper() + "1234567890", False),
        (SAID, (SAID + SAID).upper() + "1234567890-", True),
        (SAID[:8], "x" * 100, False),  # too short to tell
        ("abcd" * 3, "abcd" * 3, False),  # as the reference says it
        ("abcd" * 3 + "efgh", "abcd" * 4 + "efgh", False),
        ("abcd" * 3 + "efgh", "abcd" * 6 + "ef", True),
        ("abcdefghi" + "x" * 9, "abcdefghi" + "x" * 9, False),
        ("no" * 5 + "ab", "on" * 5, False),  # wherever its round begins
        (SAID, "", False),
    ],
)
def test_looping(said: str, heard: str, expected: bool) -> None:
    assert looping(said, heard) is expected


@pytest.mark.parametrize(
    ("text", "words", "rounds"),
    [("xababab", "ab", 3), ("xababab", "ba", 3), ("abc", "ab", 1), ("abc", "cd", 0), ("aaaa", "a", 4), ("", "a", 0)],
)
def test_rounds_are_counted_wherever_they_begin(text: str, words: str, rounds: int) -> None:
    assert most_rounds(text, words) == rounds

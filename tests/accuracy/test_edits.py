"""The laws of word and character errors, held against jiwer."""

from __future__ import annotations

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.accuracy.edits import Edits, character_edits, edits

WORDS = st.sampled_from(["the", "boat", "drifts", "on", "a", "2", "zwei", "이", "dock", "x"])
SAID = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
HEARD = st.lists(WORDS, max_size=14).map(" ".join)
PAIRS = st.lists(st.tuples(SAID, HEARD), min_size=1, max_size=6)


def one(said: str, heard: str, spaced: bool = True) -> Edits:
    return edits([said], [heard], spaced)[0]


@given(PAIRS)
def test_the_sums_are_what_jiwer_says_of_all_together(pairs: list[tuple[str, str]]) -> None:
    said, heard = map(list, zip(*pairs, strict=True))
    found = edits(said, heard, spaced=True)
    words, characters = jiwer.process_words(said, heard), jiwer.process_characters(said, heard)
    assert sum(each.substitutions for each in found) == words.substitutions
    assert sum(each.deletions for each in found) == words.deletions
    assert sum(each.insertions for each in found) == words.insertions
    assert sum(each.word_edits for each in found) / sum(each.words for each in found) == pytest.approx(words.wer)
    assert sum(each.character_edits for each in found) / sum(each.characters for each in found) == pytest.approx(
        characters.cer
    )


@given(PAIRS)
def test_each_is_what_jiwer_says_of_it_alone(pairs: list[tuple[str, str]]) -> None:
    said, heard = map(list, zip(*pairs, strict=True))
    assert [each.wer for each in edits(said, heard, spaced=True)] == [jiwer.wer(*pair) for pair in pairs]


@given(SAID, HEARD)
def test_lengths_and_edits_agree(said: str, heard: str) -> None:
    found = one(said, heard)
    assert found.words == len(said.split())
    assert found.words - found.deletions + found.insertions == len(heard.split())
    assert abs(len(said) - len(heard)) <= found.character_edits <= max(len(said), len(heard))


@given(SAID)
def test_what_was_said_has_no_errors_and_nothing_lacks_all(said: str) -> None:
    assert one(said, said).wer == one(said, said).character_edits == 0
    nothing = one(said, "")
    assert (nothing.deletions, nothing.wer, nothing.character_edits) == (nothing.words, 1, nothing.characters)


@given(SAID, HEARD)
def test_without_blanks_characters_are_those_of_the_words(said: str, heard: str) -> None:
    found = one(said, heard, spaced=False)
    assert found.characters == len(said.replace(" ", ""))
    assert found.character_edits == one(said.replace(" ", ""), heard.replace(" ", "")).character_edits


@pytest.mark.parametrize(
    ("said", "heard", "without", "spaced", "words"),
    [
        ("아버지가 방에 들어가신다", "아버지 가방에 들어가신다", (11, 0), (13, 2), (3, 2)),
        ("오늘 날씨가 좋네요", "오늘 날씨가 좋네요", (8, 0), (10, 0), (3, 0)),
        ("오늘 날씨가 좋네요", "오늘날씨가 좋네요", (8, 0), (10, 1), (3, 2)),
        ("오늘 날씨가 좋네요", "오늘 날시가 좋네요", (8, 1), (10, 1), (3, 1)),
        ("회의는 세 시에", "회의는 3시에", (6, 1), (8, 2), (3, 2)),
    ],
)
def test_korean_without_blanks_as_it_is_and_in_words(
    said: str, heard: str, without: tuple[int, int], spaced: tuple[int, int], words: tuple[int, int]
) -> None:
    found = one(said, heard, spaced=False)
    assert (found.characters, found.character_edits) == without
    assert character_edits([said], [heard], spaced=True) == [spaced]
    assert (found.words, found.word_edits) == words


@pytest.mark.parametrize(
    ("said", "heard", "numeral"),
    [
        ("회의는 세 시에", "회의는 3시에", True),
        ("zwei boote", "2 boote", True),
        ("2 boats", "two boats", False),
        ("2 boats", "3 boats", False),
        ("two boats", "two goats", False),
        ("the boats", "the boats 2", False),
    ],
)
def test_digits_for_other_words_are_seen(said: str, heard: str, numeral: bool) -> None:
    assert one(said, heard).numeral is numeral


def test_of_nothing_comes_nothing() -> None:
    assert edits([], [], spaced=True) == []


def test_an_hour_is_counted_in_no_time_worth_mention() -> None:
    said = " ".join(f"w{number % 977}" for number in range(9_000))
    heard = " ".join(f"w{number % 977}" for number in range(0, 9_000, 2))
    assert one(said, heard).deletions == 4_500

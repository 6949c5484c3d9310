"""What normalisation makes of texts: the tables of each language, its name and its version."""

from __future__ import annotations

import time
import unicodedata
from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whisper_normalizer.english import EnglishTextNormalizer

from stt_load.accuracy.normalise import chosen, normaliser

ENGLISH = normaliser("english")
KOREAN = normaliser("korean")
NONE = normaliser("none")


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("auto", "en", "english"),
        ("auto", "en-GB", "english"),
        ("auto", "EN_us", "english"),
        ("auto", "ko", "korean"),
        ("auto", "ko-KR", "korean"),
        ("auto", "de", "none"),
        ("auto", "kok", "none"),
        ("auto", None, "none"),
        ("korean", "en", "korean"),
        ("none", "en", "none"),
        ("english", None, "english"),
    ],
)
def test_auto_goes_by_the_language_of_what_is_said(name: str, language: str | None, expected: str) -> None:
    assert chosen(name, language) == expected


def test_another_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="'klingon'"):
        chosen("klingon", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Colour of it isn't grey, Mr. Smith!", "the color of it is not gray mister smith"),
        ("He has twenty two dollars.", "he has $22"),
        ("two point five percent", "2.5%"),
        ("um, it was the second one", "it was the 2nd one"),
        ("[noise] so (laughs) it goes", "so it goes"),
        ("I counted two. Five birds.", "i counted 25 birds"),
        ("", ""),
        ("...", "."),  # theirs: what is left of it is a word
    ],
)
def test_english_is_what_the_leaderboard_makes_of_it(text: str, expected: str) -> None:
    assert ENGLISH(text) == expected


@given(st.text(max_size=60))
def test_english_is_openai_s_and_no_blanks_more(text: str) -> None:
    assert ENGLISH(text) == " ".join(EnglishTextNormalizer()(text).split())


@pytest.mark.parametrize(
    "text", ["0" * 50_000, "(" * 50_000, "<" * 50_000, " '" * 30_000, "two " * 20_000, " " * 90_000]
)
def test_no_answer_takes_english_long_or_breaks_it(text: str) -> None:
    began_s = time.process_time()
    assert isinstance(ENGLISH(text), str)
    assert time.process_time() - began_s < 10


def test_of_a_long_text_the_same_comes_as_of_its_parts() -> None:
    part = "The boat (an old one) drifts [music] on, it's late (or not. "
    assert ENGLISH(part * 50) == " ".join(EnglishTextNormalizer()(part * 50).split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("안녕하세요, 세계!", "안녕하세요 세계"),
        (unicodedata.normalize("NFD", "한글은 쉽다."), "한글은 쉽다"),
        ("LG전자의 TV", "lg전자의 tv"),
        ("“그래요?”  라고…", "그래요 라고"),
        ("３월 １일", "３월 １일"),  # no more than NFC
        ("가격은 3.5%입니다", "가격은 3 5 입니다"),
        ("\ufeff보\u200b이지 않는\u00ad것", "보이지 않는것"),
        ("　전각　공백　", "전각 공백"),
        ("", ""),
    ],
)
def test_korean(text: str, expected: str) -> None:
    assert KOREAN(text) == expected


@given(st.text(max_size=60))
def test_korean_does_not_change_what_it_has_made(text: str) -> None:
    assert KOREAN(KOREAN(text)) == KOREAN(text)


@given(st.text(max_size=60))
def test_none_leaves_all_but_blanks(text: str) -> None:
    assert NONE(text) == " ".join(text.split())


def test_each_has_its_version() -> None:
    assert ENGLISH.version == f"whisper-normalizer {version('whisper-normalizer')}"
    assert KOREAN.version == f"korean 1, Unicode {unicodedata.unidata_version}"
    assert NONE.version == "none 1"


def test_only_korean_counts_characters_without_blanks() -> None:
    assert [one.spaced for one in (ENGLISH, KOREAN, NONE)] == [True, False, True]

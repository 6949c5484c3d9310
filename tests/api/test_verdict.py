"""What a `read_answer` of the user's own may return, and texts that can be kept."""

from __future__ import annotations

import json
import math
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.api.verdict import (
    LONGEST_CHARACTERS,
    LONGEST_WAIT_S,
    Failure,
    Transcript,
    checked,
    storable,
    transcript_of,
)
from stt_load.samples.sample import ErrorKind

GOOD = Transcript("hi", 10.0, 0.5, 7)


@pytest.mark.parametrize(
    "verdict",
    [
        Transcript(""),
        Transcript("안녕"),
        GOOD,
        replace(GOOD, tokens=None, out_of_range=("tokens",)),
        replace(GOOD, json_for_text=True),
        Transcript("hi", json_for_text=True),
        Failure(ErrorKind.NO_TEXT, "nothing heard"),
        Failure(ErrorKind.SHED, "later", 1.5),
    ],
)
def test_what_is_right_stays_as_it_is(verdict: Transcript | Failure) -> None:
    assert checked(verdict) == verdict


@pytest.mark.parametrize(
    ("verdict", "what"),
    [
        (None, "None"),
        ("hello", "a str"),
        ({"text": "hello"}, "a dict"),
        (Transcript, "a type"),
        (Transcript(None), "a Transcript whose text is None"),  # type: ignore[arg-type]
        (Transcript(b"hi"), "a Transcript whose text is a bytes"),  # type: ignore[arg-type]
        (replace(GOOD, tokens="many"), "a Transcript whose tokens is a str"),
        (replace(GOOD, audio_s=[1.0]), "a Transcript whose audio_s is a list"),
        (replace(GOOD, processing_s=True), "a Transcript whose processing_s is a bool"),
        (Failure("no_such_kind", "x"), "a Failure whose kind is a str, not an ErrorKind"),  # type: ignore[arg-type]
        (Failure(None, "x"), "a Failure whose kind is None, not an ErrorKind"),  # type: ignore[arg-type]
        (Failure([], "x"), "a Failure whose kind is a list, not an ErrorKind"),  # type: ignore[arg-type]
        (Failure(ErrorKind.CANCELLED, "x"), "a Failure whose kind is cancelled, which no answer can be"),
        (Failure("local_limit", "x"), "a Failure whose kind is local_limit, which no answer can be"),  # type: ignore[arg-type]
        (Failure(ErrorKind.NO_TEXT, None), "a Failure whose message is None"),  # type: ignore[arg-type]
    ],
)
def test_what_can_not_be_used_is_an_error_of_the_hook_that_says_why(verdict: Any, what: str) -> None:
    message = f"read_answer returned {what}: a Transcript with a text, or a Failure, is needed"
    assert checked(verdict) == Failure(ErrorKind.HOOK_ERROR, message)


@pytest.mark.parametrize(
    ("given_one", "left"),
    [
        (replace(GOOD, tokens=3_000_000_000), replace(GOOD, tokens=None, out_of_range=("tokens",))),
        (replace(GOOD, tokens=-1), replace(GOOD, tokens=None, out_of_range=("tokens",))),
        (replace(GOOD, audio_s=math.nan), replace(GOOD, audio_s=None, out_of_range=("server_audio_s",))),
        (replace(GOOD, audio_s="1e39"), replace(GOOD, audio_s=None, out_of_range=("server_audio_s",))),
        (replace(GOOD, processing_s=-0.5), replace(GOOD, processing_s=None, out_of_range=("processing_s",))),
        (
            replace(GOOD, processing_s=None, audio_s=10**400, out_of_range=("processing_s", "junk", 5)),
            replace(GOOD, processing_s=None, audio_s=None, out_of_range=("server_audio_s", "processing_s")),
        ),
    ],
)
def test_a_number_that_no_row_can_hold_is_left_out_and_named(given_one: Any, left: Transcript) -> None:
    assert checked(given_one) == left


def test_numbers_may_be_texts_and_kinds_names() -> None:
    assert checked(replace(GOOD, audio_s="10.0", tokens="7")) == GOOD  # type: ignore[arg-type]
    failure = checked(Failure("no_text", "x"))  # type: ignore[arg-type]
    assert isinstance(failure, Failure)
    assert failure.kind is ErrorKind.NO_TEXT
    assert checked(replace(GOOD, out_of_range=None)) == GOOD  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(math.nan, 0.0), (-5, 0.0), (math.inf, LONGEST_WAIT_S), (None, 0.0), ("2", 2.0), ("soon", 0.0), (1e9, 60.0)],
)
def test_no_user_waits_for_ever_or_for_nothing(asked: Any, waited: float) -> None:
    assert checked(Failure(ErrorKind.SHED, "later", asked)) == Failure(ErrorKind.SHED, "later", waited)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)) | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
VERDICTS = (
    ANYTHING
    | st.builds(Transcript, ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
    | st.builds(Failure, ANYTHING, ANYTHING, ANYTHING)
)


@given(verdict=VERDICTS)
def test_whatever_it_is_it_becomes_a_verdict(verdict: Any) -> None:
    found = checked(verdict)
    if isinstance(found, Failure):
        assert isinstance(found.kind, ErrorKind)
        assert 0 <= found.wait_s <= LONGEST_WAIT_S
        assert isinstance(storable(found.message), str)
    else:
        found.text.encode()
        assert all(value is None or value >= 0 for value in (found.audio_s, found.processing_s, found.tokens))
    assert checked(found) == found


@pytest.mark.parametrize("blanks", [" ", "\n", " \t\r\n", "\u3000", "\u00a0 "])
def test_blanks_only_are_an_empty_text(blanks: str) -> None:
    assert transcript_of(blanks) == Transcript("")
    assert transcript_of(blanks, tokens=3) == Transcript("", tokens=3)
    assert checked(Transcript(blanks)) == Transcript("")
    assert transcript_of(f"{blanks}a") == Transcript(f"{blanks}a")


def test_halves_of_characters_become_what_they_are() -> None:
    assert transcript_of(json.loads(r'"a\ud83d\ude00"')) == Transcript("a😀")
    assert transcript_of("\ud83d" + "\ude00") == Transcript("😀"), "two events of a stream may have one each"
    assert transcript_of("a\ud83db") == Transcript("a\ufffdb")


TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@given(text=st.text(st.characters(codec=None) | st.characters(categories=["Cf", "Cc"])))
def test_what_is_kept_can_be_written(text: str) -> None:
    kept = storable(text)
    assert json.loads(json.dumps(kept, ensure_ascii=False).encode()) == kept
    assert len(kept.splitlines()) <= max(1, len(text.splitlines()))
    assert "\x1b" not in kept
    assert not any(unicodedata.bidirectional(one) in TURNING or "\x7f" <= one <= "\x9f" for one in kept)


@pytest.mark.parametrize("turn", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_no_message_turns_a_line_around(turn: str) -> None:
    assert storable(f"a{turn}b") == "a\ufffdb"


def test_what_is_kept_has_an_end() -> None:
    assert LONGEST_CHARACTERS == 2_000
    assert storable("x" * 5_000) == "x" * LONGEST_CHARACTERS + "..."
    assert storable("x" * 5_000, 7) == "x" * 7 + "..."
    assert storable("x" * LONGEST_CHARACTERS) == "x" * LONGEST_CHARACTERS
    assert storable("a\x1b[2Jb\ttab\n안녕") == "a\ufffd[2Jb\ttab\n안녕"

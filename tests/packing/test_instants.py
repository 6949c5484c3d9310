"""Words get the instants of their phones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.packing.instants import Phone, aligned, phones_of, spans


def test_phones_come_from_what_flite_prints() -> None:
    assert phones_of("pau:0.200 dh:0.250 ax:0.300 pau:0.350 k:0.400 pau:0.600 ") == [
        Phone("dh", 0.2, 0.25),
        Phone("ax", 0.25, 0.3),
        Phone("k", 0.35, 0.4),
    ]


@pytest.mark.parametrize("printed", ["", "wrote said.wav", "pau:0.2 time: 3", "dh:x"])
def test_other_words_are_no_phones(printed: str) -> None:
    assert phones_of(printed) == []


def timed(names: str) -> list[Phone]:
    return [Phone(name, float(n), float(n + 1)) for n, name in enumerate(names.split())]


def test_each_word_lasts_from_its_first_phone_to_its_last() -> None:
    assert spans(timed("dh ax k ae t"), [["dh", "ax"], ["k", "ae", "t"]]) == ((0.0, 2.0), (2.0, 5.0))


def test_a_vowel_that_is_reduced_in_the_sentence_stays_in_its_word() -> None:
    assert spans(timed("ax k ae t ax n d"), [["ey"], ["k", "ae", "t"], ["ae", "n", "d"]]) == (
        (0.0, 1.0),
        (1.0, 4.0),
        (4.0, 7.0),
    )


def test_a_phone_that_is_dropped_moves_no_other_word() -> None:
    assert spans(timed("l ae s t ay m"), [["l", "ae", "s", "t"], ["t", "ay", "m"]]) == ((0.0, 3.0), (3.0, 6.0))


def test_a_word_without_a_phone_has_no_instant_and_so_nothing_is_said() -> None:
    assert spans(timed("k ae t"), [["k", "ae", "t"], ["d", "ao", "g"]]) is None


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=5), min_size=1, max_size=8))
def test_what_is_said_as_it_is_alone_is_divided_as_it_was(words: list[list[str]]) -> None:
    names = [name for word in words for name in word]
    found = spans([Phone(name, n, n + 1) for n, name in enumerate(names)], words)
    assert found is not None
    assert [last - first for first, last in found] == [len(word) for word in words]


@given(st.lists(st.sampled_from("abde"), max_size=8), st.lists(st.sampled_from("abde"), max_size=8))
def test_an_alignment_keeps_the_order(heard: list[str], said: list[str]) -> None:
    owners = [owner for owner in aligned(heard, said) if owner is not None]
    assert owners == sorted(set(owners))
    assert len(aligned(heard, said)) == len(heard)

"""The self-test's own edit distance, held against another's."""

from __future__ import annotations

import rapidfuzz.distance.Levenshtein
from hypothesis import given
from hypothesis import strategies as st

from stt_load.selftest.words import edits, plain, scores

texts = st.lists(st.sampled_from("abcd"), max_size=9)


@given(texts, texts)
def test_as_many_edits_as_another_finds_and_substitutions_between_the_bounds(
    said: list[str], heard: list[str]
) -> None:
    found = edits(said, heard)
    other = rapidfuzz.distance.Levenshtein.editops(said, heard)
    assert found.all == len(other)
    replaced = sum(one.tag == "replace" for one in other)
    assert found.fewest_substitutions <= replaced <= found.most_substitutions


def test_sums_over_answers() -> None:
    found = scores([("One two, three.", "one three"), ("Yes!", "yes")])
    assert (found.answers, found.wrong, found.words, found.edits.all, found.longer) == (2, 1, 4, 1, -1)
    assert (found.characters, found.character_edits, found.judged) == (16, 4, 0)


def test_plain_text_has_neither_case_nor_punctuation() -> None:
    assert plain("  The OLD boat -- drifts, past... ") == "the old boat drifts past"

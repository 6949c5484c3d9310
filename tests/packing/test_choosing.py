"""Where there are more recordings than a pack is to hold, all voices together keep many texts."""

from __future__ import annotations

from stt_load.packing.choosing import chosen, is_short
from tests.packing.speaking import spoken

SENTENCES = [spoken(voice, f"a sentence with its number {n}", 2.0) for voice in "abc" for n in range(30)]
PHRASES = [spoken(voice, f"phrase {n}", 0.8) for voice in "abc" for n in range(10)]


def test_without_a_limit_all_are_kept_in_their_order() -> None:
    assert chosen(SENTENCES, None, None) == tuple(SENTENCES)


def test_limits_are_of_each_voice_and_kind() -> None:
    kept = chosen([*SENTENCES, *PHRASES], 12, 4)
    for voice in "abc":
        its = [one for one in kept if one.voice == voice]
        assert (sum(map(is_short, its)), len(its)) == (4, 16)


def test_all_voices_together_have_as_many_texts_as_they_can() -> None:
    assert len({one.text for one in chosen(SENTENCES, 10, None)}) == 30
    assert len({one.text for one in chosen(SENTENCES, 20, None)}) == 30


def test_what_one_voice_alone_says_well_is_taken_from_it() -> None:
    rare = spoken("b", "only voice b says this well", 2.0)
    assert rare in chosen([*SENTENCES, rare], 5, None)


def test_a_phrase_is_what_lasts_no_longer_than_one() -> None:
    some = [spoken("a", f"number {n}", duration_s) for n, duration_s in enumerate((0.3, 1.2, 1.21, 3.0))]
    assert chosen(some, None, 0) == tuple(some[2:])
    assert chosen(some, 0, None) == tuple(some[:2])

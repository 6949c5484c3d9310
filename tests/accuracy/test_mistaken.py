"""Answers that are another's, one letter a word."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from stt_load.accuracy.mistaken import WINDOW, Suspect, repeated, suspect, swapped


def clip(number: int) -> str:
    """Twenty words that no other clip has."""
    return "".join(chr(1_000 + 20 * number + word) for word in range(20))


def lost(_: int) -> int:
    """No answer has anything of its own reference."""
    return 20


def wrong(place: int, heard: str) -> Suspect:
    return Suspect(place, heard, Levenshtein.distance(clip(place), heard))


def test_only_answers_with_many_errors_are_suspected() -> None:
    assert suspect(9, 4)
    assert not suspect(8, 8)  # too short to tell
    assert not suspect(9, 3)
    assert not suspect(20, 7)
    assert suspect(20, 8)


def test_a_swap_is_found_at_both_ends_of_the_window_and_not_beyond() -> None:
    for distance in (1, WINDOW, -1, -WINDOW):
        assert swapped(wrong(60, clip(60 + distance)), clip, lost, 120) == 60 + distance
    for distance in (WINDOW + 1, -WINDOW - 1):
        assert swapped(wrong(60, clip(60 + distance)), clip, lost, 120) is None


def test_the_first_and_the_last_of_a_run_have_neighbours_on_one_side() -> None:
    assert swapped(wrong(0, clip(1)), clip, lost, 2) == 1
    assert swapped(wrong(1, clip(0)), clip, lost, 2) == 0
    assert swapped(wrong(0, clip(1)), clip, lost, 1) is None


def test_of_two_that_fit_the_better_is_named() -> None:
    near = clip(3)[:15] + "xyzuv"
    assert swapped(wrong(0, clip(3)), lambda place: near if place == 2 else clip(place), lost, 10) == 3


def test_a_clip_of_the_same_words_is_no_other() -> None:
    heard = clip(1)[:4] + "xxxxxxxxxxxxxxxx"
    assert swapped(Suspect(0, heard, 16), lambda _: clip(1), lost, 10) is None


def test_who_has_its_own_answer_has_given_none_away_but_that_one() -> None:
    heard = clip(3)[:14] + "uvwxyz"
    assert swapped(wrong(0, heard), clip, lambda _: 6, 10) == 3
    assert swapped(wrong(0, heard), clip, lambda _: 4, 10) == 3
    assert swapped(wrong(0, heard), clip, lambda _: 3, 10) is None
    assert swapped(wrong(0, clip(3)), clip, lambda _: 0, 10) == 3


def test_what_fits_none_is_nobody_s() -> None:
    assert swapped(wrong(5, "x" * 20), clip, lost, 10) is None
    assert swapped(wrong(5, ""), clip, lost, 10) is None


def test_a_text_that_many_were_given_is_repeated() -> None:
    suspects = {place: wrong(place, "thanksforwatching") for place in (2, 5, 9)}
    assert repeated(suspects, clip) == {2: (5, True), 5: (2, True), 9: (2, True)}
    del suspects[9]
    assert repeated(suspects, clip) == {2: (5, False), 5: (2, False)}


def test_short_texts_and_texts_of_the_same_clip_are_not() -> None:
    assert not repeated({place: wrong(place, "thankyou") for place in (2, 5, 9)}, clip)
    assert not repeated({place: wrong(place, "thanksforwatching") for place in (2, 5)}, lambda _: clip(0))


def test_of_clips_alike_each_is_held_against_one_that_differs() -> None:
    suspects = {place: wrong(place, "thanksforwatching") for place in (1, 2, 3, 4)}
    same = {1: 1, 2: 1, 3: 3, 4: 1}
    assert repeated(suspects, lambda place: clip(same[place])) == {
        1: (3, True),
        3: (1, True),
        2: (3, True),
        4: (3, True),
    }

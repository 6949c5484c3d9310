"""Where nobody speaks, found in loudness alone, and the words that are about it."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.packing.recording import Span
from stt_load.packing.silences import Loudness, Pause, pauses, speech

PIECE_S = 0.01


def loud(*spans: tuple[float, float], behind: float = 0.0) -> Loudness:
    """Of so many seconds each, one after the other."""
    values = np.concatenate([np.full(round(lasts_s / PIECE_S), float(value)) for lasts_s, value in spans])
    return Loudness(np.sqrt(values**2 + behind**2), PIECE_S)


THREE = loud((0.2, 0), (0.5, 1), (0.4, 0), (0.5, 0.5), (0.2, 0), (0.5, 1), (0.1, 0))
"""Words from 0.2, 1.1 and 1.8 s on, of half a second each."""
WORDS: list[Span] = [(0.2, 0.7), (1.1, 1.6), (1.8, 2.3)]
FOUND = [Pause(0, 0.7, 1.1), Pause(1, 1.6, 1.8)]


def near(found: list[Pause]) -> list[tuple[float, ...]]:
    return [tuple(round(value, 6) for value in one) for one in found]


def test_a_pause_is_where_it_is_quiet_between_two_words() -> None:
    assert near(pauses(THREE, WORDS)) == FOUND
    assert [round(one.lasts_s, 6) for one in FOUND] == [0.4, 0.2]
    assert FOUND[0].middle_s == pytest.approx(0.9)


@pytest.mark.parametrize(
    "words",
    [
        [(0.0, 0.7), (0.7, 1.6), (1.6, 2.4)],  # each begins where the one before it ends
        [(0.2, 1.1), (1.1, 1.8), (1.8, 2.4)],  # each ends where the next one begins
        [(0.3, 0.6), (1.3, 1.4), (1.9, 2.0)],
    ],
)
def test_instants_may_be_stretched_over_a_pause(words: list[Span]) -> None:
    assert near(pauses(THREE, words)) == FOUND


def test_behind_noise_pauses_are_found_as_long_as_speech_stands_out() -> None:
    assert near(pauses(Loudness(np.hypot(THREE.values, 0.01), PIECE_S), WORDS)) == FOUND
    assert near(pauses(Loudness(np.hypot(THREE.values, 0.05), PIECE_S), WORDS)) == FOUND
    assert not pauses(Loudness(np.hypot(THREE.values, 0.5), PIECE_S), WORDS)


def test_less_than_a_tenth_of_a_second_is_no_pause() -> None:
    for lasts_s, count in ((0.08, 0), (0.09, 0), (0.1, 1), (0.12, 1)):
        assert (
            len(pauses(loud((0.5, 1), (lasts_s, 0), (0.5, 1), (0.2, 0)), [(0, 0.5), (0.5 + lasts_s, 1.1)])) == count
        )


def test_a_word_in_the_midst_of_silence_makes_it_no_pause() -> None:
    """Where it is said to be nobody speaks: who knows where it is cut?"""
    assert not pauses(loud((0.5, 1), (0.6, 0), (0.5, 1)), [(0.0, 0.5), (0.7, 0.9), (1.1, 1.6)])


def test_the_longer_one_of_two_between_the_same_words_counts() -> None:
    breath = loud((0.5, 1), (0.15, 0), (0.05, 0.9), (0.3, 0), (0.5, 1))
    assert near(pauses(breath, [(0.0, 0.5), (1.0, 1.5)])) == [(0, 0.7, 1.0)]


@pytest.mark.parametrize("values", [(), (0.0,), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)])
def test_where_nothing_is_quieter_than_the_rest_there_is_none(values: tuple[float, ...]) -> None:
    loudness = Loudness(np.array(values, float), PIECE_S)
    assert not pauses(loudness, [(0.0, 0.0)] * bool(values))
    assert speech(loudness) == (0.0, pytest.approx(len(values) * PIECE_S))


def test_speech_has_a_tenth_of_a_second_on_either_side_where_there_is_as_much() -> None:
    assert speech(THREE) == pytest.approx((0.1, 2.4))
    assert speech(loud((0.5, 0), (0.5, 1), (0.05, 0))) == pytest.approx((0.4, 1.05))

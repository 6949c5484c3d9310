"""Which recordings a clip holds: all of them in turn, as they are, or joined to the length that is asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.arrangement import arrangement_of
from stt_load.audio.corpus import CorpusError
from stt_load.audio.plan import LEAST_GAP_S, LONGEST_TAIL_S
from tests.audio.recordings import RATE_HZ, corpus, lasting, recording

SEEDS = st.integers(0, 2**64 - 1)


@given(count=st.integers(1, 50), seed=SEEDS)
def test_as_they_are_each_comes_once_before_any_comes_again(count: int, seed: int) -> None:
    made = arrangement_of(lasting(*(1 + one / 10 for one in range(count))), RATE_HZ, seed, None)
    order = [made.of(seq).order[0] for seq in range(3 * count)]
    assert sorted(order[:count]) == list(range(count))
    assert order == order[:count] * 3
    assert [made.frames(seq) for seq in range(count)] == [round((1 + one / 10) * RATE_HZ) for one in order[:count]]
    assert made.texts(0, 0) == made.texts(0, 7) == (f"w{order[0]}n0",)


def test_the_order_is_another_one_with_another_seed() -> None:
    orders = {
        tuple(made.of(seq).order for seq in range(20))
        for made in (arrangement_of(lasting(*[1.0] * 20), RATE_HZ, seed, None) for seed in range(50))
    }
    assert len(orders) == 50


@pytest.mark.parametrize("duration", [10, 10.37, "3..20", {"lognormal": {"median": 8, "sigma": 0.6, "max": 60}}])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100])
def test_joined_they_are_just_as_long_as_is_asked_for(duration: Any, rate_hz: int) -> None:
    made = arrangement_of(lasting(*(0.5 + one % 70 / 10 for one in range(100))), rate_hz, 5, duration)
    for seq in range(300):
        order, gaps = made.of(seq)
        assert sum(made.lengths[one] for one in order) + sum(gaps) == made.frames(seq)
        assert len(gaps) == len(order) + 1
        assert min(gaps) >= round(LEAST_GAP_S * rate_hz) or not order
        assert gaps[-1] <= LONGEST_TAIL_S * rate_hz + 1 or not order
    assert (len({made.seconds(seq) for seq in range(300)}) == 1) == isinstance(duration, int | float)


def test_joined_each_comes_once_before_any_comes_again() -> None:
    made = arrangement_of(lasting(*(0.5 + one % 90 / 10 for one in range(200))), RATE_HZ, 7, 10)
    said = list(chain.from_iterable(made.of(seq).order for seq in range(500)))
    assert len(said) > 600
    for first in range(0, len(said) - 200, 200):
        assert sorted(said[first : first + 200]) == list(range(200))


def test_with_lengths_that_differ_none_is_left_waiting() -> None:
    made = arrangement_of(lasting(*(2 + one % 16 for one in range(80))), RATE_HZ, 7, "3..20")
    said = Counter(chain.from_iterable(made.of(seq).order for seq in range(2_000)))
    assert len(said) == 80
    assert all(made.of(seq).order for seq in range(2_000))


def test_what_is_too_long_is_cut_in_pauses_or_left_out_and_told() -> None:
    words = [(0.5 + one, 1.2 + one) for one in range(14)]
    made = arrangement_of(corpus(recording(0, 15, words), recording(1, 15), recording(2, 3)), RATE_HZ, 5, 10)
    (left_out,) = made.left_out
    assert left_out == "1.wav lasts 15.00 s, 9.70 s have room, and it isn't known when its words are spoken"
    pieces = [one for one in made.recordings if one.name == "0.wav"]
    assert " ".join(one.text for one in pieces) == " ".join(f"w0n{one}" for one in range(14))
    assert all(one.lasts_s <= 9.7 for one in pieces)
    assert all(len(one.words) == len(one.text.split()) and one.words[0][0] >= 0 for one in pieces)
    assert pieces[1].offset == pytest.approx((pieces[0].offset + pieces[0].frames), abs=0.3 * RATE_HZ)


def test_what_has_room_in_few_clips_is_cut_where_it_can_be() -> None:
    """Or it would wait for one of them while all others are said again and again."""
    words = [(0.5 + one, 1.2 + one) for one in range(17)]
    made = arrangement_of(corpus(recording(0, 18, words), recording(1, 18)), RATE_HZ, 5, "2..20")
    *pieces, whole = made.recordings
    assert len(pieces) > 1
    assert all(one.lasts_s < 12 for one in pieces)
    assert whole.frames == 18 * RATE_HZ


def test_a_cut_ends_where_its_recording_does() -> None:
    """Of a word's end a millisecond may be beyond."""
    words = [(0.5 + one, 1.2 + one) for one in range(13)] + [(14.0, 15.001)]
    made = arrangement_of(corpus(recording(0, 15, words)), RATE_HZ, 5, 10)
    assert max(one.offset + one.frames for one in made.recordings) == 15 * RATE_HZ


def test_words_without_a_pause_cannot_be_cut() -> None:
    spans = [(one / 2, one / 2 + 0.5) for one in range(30)]
    made = arrangement_of(corpus(recording(0, 15, spans), recording(1, 3)), RATE_HZ, 5, 10)
    assert made.left_out == ("0.wav lasts 15.00 s, 9.70 s have room, and its words have no pauses to cut it in",)


def test_where_none_has_room_it_is_said() -> None:
    with pytest.raises(
        CorpusError, match=r"made: no recording has room in a clip of 10 s: the shortest lasts 11\.00 s"
    ):
        arrangement_of(lasting(12, 11), RATE_HZ, 5, 10)


def test_recordings_without_texts_say_nothing() -> None:
    mute = corpus(*(replace(recording(one, 2), text="") for one in range(3)))
    assert (
        arrangement_of(mute, RATE_HZ, 5, 10).texts(0, 0) == arrangement_of(mute, RATE_HZ, 5, None).texts(0, 0) == ()
    )

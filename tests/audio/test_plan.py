"""What clips say and when: lengths, pauses, voices, repeats; on made packs and on the one that is shipped."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.lengths import Even, Lengths
from stt_load.audio.pack import Pack, shipped
from stt_load.audio.plan import LEAST_GAP_S, LONG_GAP_S, LONGEST_TAIL_S, SHORT_GAP_S, Planned, SpeechPlan
from tests.audio.packs import RATE_HZ, alike, pack

SEEDS = st.integers(0, 2**64 - 1)
SEQS = st.integers(0, 2**48 - 1)
LENGTHS = st.lists(st.floats(0.1, 30.0), min_size=1, max_size=30)


def plan(made: Pack, duration_s: float, seed: int = 1, rate_hz: int = RATE_HZ) -> SpeechPlan:
    return SpeechPlan(made, alike(round(duration_s * rate_hz), rate_hz), seed)


def total(made: Pack, planned: Planned, rate_hz: int = RATE_HZ) -> int:
    lengths = made.lengths(rate_hz)
    return sum(planned.gaps) + sum(lengths[number] for number in planned.order)


@given(
    voices=st.lists(LENGTHS, min_size=1, max_size=3),
    frames=st.integers(8, 2_000_000),
    rate_hz=st.sampled_from([1_000, 8_000, 11_025, 16_000, 48_000]),
    seed=SEEDS,
    seq=SEQS,
    attempt=st.integers(0, 2**16 - 1),
)
def test_any_clip_of_any_pack_has_its_length_and_its_rules(
    voices: list[list[float]], frames: int, rate_hz: int, seed: int, seq: int, attempt: int
) -> None:
    made = pack(*voices)
    found = SpeechPlan(made, alike(frames, rate_hz), seed)
    planned = found.plan(seq, attempt)
    assert total(made, planned, rate_hz) == planned.frames == frames
    assert len(planned.gaps) == len(planned.order) + 1
    assert bool(planned.order) != found.is_silent
    if planned.order:
        assert min(planned.gaps) >= round(LEAST_GAP_S * rate_hz)
        assert planned.gaps[-1] <= round(LONGEST_TAIL_S * rate_hz)
        assert len({made.recordings[number].voice for number in planned.order}) == 1
    assert all(one != other for one, other in itertools.pairwise(planned.order)) or min(map(len, voices)) == 1
    assert found.plan(seq, attempt) == planned
    assert found.texts(seq, attempt) == tuple(made.recordings[number].text for number in planned.order)


@given(st.lists(st.floats(0.4, 3.0), min_size=2, max_size=40), st.floats(2.0, 100.0), SEQS)
def test_no_sentence_comes_twice_before_all_have_come(lengths: list[float], duration_s: float, seq: int) -> None:
    order = plan(pack(lengths), duration_s).plan(seq, 0).order
    for begin in range(0, len(order), len(lengths)):
        some = order[begin : begin + len(lengths)]
        assert len(set(some)) == len(some)


@pytest.mark.parametrize("duration_s", [1.5, 2, 3, 4, 5, 7.77, 10, 20, 29.99, 30, 60, 300])
@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100])
def test_with_the_shipped_pack_every_pause_is_as_it_ought_to_be(duration_s: float, rate_hz: int) -> None:
    made = plan(shipped(), duration_s, rate_hz=rate_hz)
    short, long = round(SHORT_GAP_S * rate_hz), round(LONG_GAP_S * rate_hz)
    for seq in range(300):
        planned = made.plan(seq, 0)
        assert total(shipped(), planned, rate_hz) == round(duration_s * rate_hz)
        assert short <= min(planned.gaps) <= max(planned.gaps) <= long


def test_all_voices_and_nearly_all_recordings_are_heard_of() -> None:
    made = plan(shipped(), 10)
    said = {number for seq in range(3_000) for number in made.plan(seq, 0).order}
    assert len(said) == len(shipped().recordings)


def test_clips_are_unlike_each_other() -> None:
    made = plan(shipped(), 10)
    assert len({made.plan(seq, 0).order for seq in range(2_000)}) > 1_980


def test_a_clip_that_is_too_short_for_any_phrase_says_nothing() -> None:
    made = pack([1.0, 0.5], [0.7])
    assert plan(made, 0.79).is_silent
    assert plan(made, 0.79).plan(4, 0)[1:] == ((), (12_640,), 12_640)
    assert plan(made, 0.79).texts(4, 0) == ()
    assert not plan(made, 0.8).is_silent


def test_only_voices_speak_that_have_a_phrase_that_is_short_enough() -> None:
    made = plan(pack([1.0, 0.5], [0.7]), 0.9)
    assert {made.plan(seq, 0).order for seq in range(20)} == {(1,)}


def test_where_sentences_are_few_and_long_the_pauses_are_long_and_the_last_one_is_not() -> None:
    assert plan(pack([5.0]), 8).plan(1, 0)[1:] == ((0,), (32_000, 16_000), 128_000)


def test_seeds_attempts_and_numbers_make_other_clips() -> None:
    made, other = plan(shipped(), 10, 1), plan(shipped(), 10, 2)
    assert len({made.plan(5, 0), made.plan(5, 1), made.plan(6, 0), other.plan(5, 0)}) == 4
    assert made.plan(5, 0) == plan(shipped(), 10, 1).plan(5, 0)


@given(
    voices=st.lists(LENGTHS, min_size=1, max_size=3),
    ends=st.tuples(st.floats(0.1, 40), st.floats(0.1, 40)).map(sorted),
    seed=SEEDS,
    seq=SEQS,
    attempt=st.integers(0, 2**16 - 1),
)
def test_a_clip_of_any_length_says_what_it_would_if_all_had_that_one(
    voices: list[list[float]], ends: list[float], seed: int, seq: int, attempt: int
) -> None:
    made, lengths = pack(*voices), Lengths(Even(*ends), RATE_HZ, seed)
    alone = SpeechPlan(made, alike(lengths.frames(seq)), seed)
    assert SpeechPlan(made, lengths, seed).plan(seq, attempt) == alone.plan(seq, attempt)


def test_of_clips_of_many_lengths_those_are_silent_that_have_no_room() -> None:
    found = SpeechPlan(pack([1.0, 0.5], [0.7]), Lengths(Even(0.1, 2.0), RATE_HZ, 1), 1)
    assert not found.is_silent
    for seq in range(200):
        planned = found.plan(seq, 0)
        assert bool(planned.order) == (total(pack([1.0, 0.5], [0.7]), planned) >= 0.8 * RATE_HZ)


def test_a_clip_of_an_hour() -> None:
    made = plan(shipped(), 3_600)
    planned = made.plan(1, 0)
    assert total(shipped(), planned) == 3_600 * RATE_HZ
    assert len(planned.order) > 1_000
    assert SHORT_GAP_S * RATE_HZ <= min(planned.gaps) <= max(planned.gaps) <= LONGEST_TAIL_S * RATE_HZ

"""What is done to samples: how far it goes, and that it goes so far."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.perturbation import (
    BLOCK,
    LOUDEST,
    Levels,
    Noise,
    Samples,
    gain,
    mark,
    most_moved,
    moved_by,
    speech_rms,
)

CHANCES = st.integers(0, 2**64 - 1)
NOISE = Noise(1)
RATE_HZ = 16_000


def tone(rms: float, seconds: float) -> Samples:
    wave = rms * 2**0.5 * np.sin(2 * np.pi * 400 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return np.rint(wave).astype("<i2")


@given(rate_hz=st.sampled_from([8_000, 11_025, 16_000, 48_000]), chance=CHANCES)
def test_a_clip_is_moved_by_one_to_eight_milliseconds_towards_its_quieter_end(rate_hz: int, chance: int) -> None:
    quiet_end = np.repeat(np.array([500, 3], "<i2"), rate_hz)
    by = moved_by(quiet_end, rate_hz, chance)
    assert 0.0009 < by / rate_hz <= 0.008
    assert by <= most_moved(rate_hz)
    assert moved_by(quiet_end[::-1], rate_hz, chance) == -by


def test_every_offset_comes() -> None:
    samples = tone(100, 1)
    assert {abs(moved_by(samples, RATE_HZ, chance)) for chance in range(1_000)} == set(range(16, 129))


@given(peak=st.integers(0, 32_768), sign=st.sampled_from([-1, 1]), chance=CHANCES)
def test_a_gain_is_within_a_decibel_and_cuts_nothing_off(peak: int, sign: int, chance: int) -> None:
    samples = np.array([3, min(sign * peak, 32_767)], "<i2")
    factor = gain(samples, chance)
    assert -1.0001 < 20 * np.log10(factor) < 1.0001
    assert np.abs(np.rint(samples.astype(np.int32) * factor)).max() <= LOUDEST


def test_gains_are_spread_over_both_sides() -> None:
    drawn = [20 * np.log10(gain(tone(1_000, 0.1), chance)) for chance in range(0, 2**32, 2**22)]
    assert min(drawn) < -0.99
    assert max(drawn) > 0.99
    assert abs(float(np.mean(drawn))) < 0.01


@given(
    samples=st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=200),
    word=CHANCES,
    chance=CHANCES,
)
def test_least_bits_are_one_more_or_less_and_wrap_nowhere(samples: list[int], word: int, chance: int) -> None:
    before = np.array(samples, "<i2")
    after = before.copy()
    NOISE.mix(after, Levels(1.0, 0.0), chance, word)
    assert np.abs(after.astype(int) - before).max() <= 1


def test_a_third_of_the_least_bits_goes_each_way_and_each_word_has_its_own() -> None:
    drawn = []
    for word in (1 << 31, 1 << 30):
        samples = np.zeros(3 * BLOCK + 5, "<i2")
        NOISE.mix(samples, Levels(1.0, 0.0), 7, word)
        drawn.append(samples)
    for value in (-1, 0, 1):
        assert np.mean(drawn[0] == value) == pytest.approx(1 / 3, abs=0.01)
    assert abs(float(np.corrcoef(*drawn)[0, 1])) < 0.02
    assert not np.array_equal(drawn[0][:BLOCK], drawn[0][BLOCK : 2 * BLOCK])


@given(frames=st.integers(8, 300), word=CHANCES, other=CHANCES, level=st.sampled_from([-32_768, -1, 0, 32_767]))
def test_a_mark_tells_every_word_from_every_other(frames: int, word: int, other: int, level: int) -> None:
    marked = [np.full(frames, level, "<i2") for _ in range(2)]
    for samples, one in zip(marked, (word, other), strict=True):
        mark(samples, one)
    assert np.array_equal(*marked) == (word == other)
    if frames >= 64:
        assert np.abs(marked[0].astype(int) - level).max() <= 1
        bits = (marked[0][:64] & 1).tolist()
        assert sum(bit << at for at, bit in enumerate(bits)) == word


@pytest.mark.parametrize("pause_s", [0.0, 0.5, 20.0])
def test_speech_is_as_loud_with_pauses_as_without(pause_s: float) -> None:
    pause = np.zeros(round(pause_s * RATE_HZ), "<i2")
    samples = np.concatenate([pause, tone(1_000, 1), pause, tone(1_000, 2), pause])
    assert speech_rms(samples, RATE_HZ) == pytest.approx(1_000, rel=0.01)


def test_what_is_35_db_below_the_loudest_is_a_pause_and_what_is_25_db_below_is_none() -> None:
    faint, soft = (tone(10_000 * 10 ** (-below / 20), 1) for below in (35, 25))
    assert speech_rms(np.concatenate([faint, tone(10_000, 1)]), RATE_HZ) == pytest.approx(10_000, rel=0.01)
    assert speech_rms(np.concatenate([soft, tone(10_000, 1)]), RATE_HZ) == pytest.approx(7_082, rel=0.01)


@pytest.mark.parametrize("frames", [1, 159, 160, 161, BLOCK + 7])
def test_any_number_of_samples_has_a_loudness(frames: int) -> None:
    assert speech_rms(np.full(frames, -100, "<i2"), RATE_HZ) == pytest.approx(100)
    assert speech_rms(np.zeros(frames, "<i2"), RATE_HZ) == 0


@given(
    snr_db=st.floats(-40, 40),
    seconds=st.sampled_from([0.1, 1.0, 5.0]),
    rms=st.sampled_from([300, 20_000]),
    chance=CHANCES,
)
def test_noise_is_as_far_below_speech_as_was_asked_for(snr_db: float, seconds: float, rms: int, chance: int) -> None:
    """Whatever must be scaled down so that nothing is cut off."""
    speech = tone(rms, seconds)
    levels = NOISE.levels(speech, RATE_HZ, snr_db, chance)
    assert 0 < levels.clip <= 1
    alone = np.zeros(speech.size, "<i2")
    NOISE.mix(alone, Levels(0.0, levels.noise), chance, 1)
    noise = float(np.sqrt(np.mean(alone.astype(float) ** 2)))
    if noise > 10:  # else it is the least bits that are heard
        assert 20 * np.log10(rms * levels.clip / noise) == pytest.approx(snr_db, abs=0.1)
    NOISE.mix(speech, levels, chance, 1)
    assert np.abs(speech.astype(int)).max() <= LOUDEST + 1


def test_a_sum_that_would_be_cut_off_is_made_quieter_as_a_whole() -> None:
    assert NOISE.levels(tone(300, 1), RATE_HZ, 20, 5).clip == 1
    assert 0.3 < NOISE.levels(tone(20_000, 1), RATE_HZ, 5, 5).clip < 0.8


def test_noise_is_white_and_no_block_is_like_another() -> None:
    heard = np.zeros(4 * BLOCK, "<i2")
    NOISE.mix(heard, Levels(0.0, 3_000.0), 11, 1)
    assert abs(float(np.corrcoef(heard[:-1], heard[1:])[0, 1])) < 0.02
    blocks = heard.reshape(4, BLOCK)
    assert np.abs(np.corrcoef(blocks) - np.eye(4)).max() < 0.05


def test_silence_gets_no_noise() -> None:
    assert NOISE.levels(np.zeros(16_000, "<i2"), RATE_HZ, 10, 5).noise == 0

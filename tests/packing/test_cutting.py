"""Speech is cut out of silence, and set to one level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.packing.cutting import FADE_S, HIGHEST_PEAK, KEPT_S, LEVEL, LOWEST_PEAK, Cut, cut, faded, levelled
from stt_load.packing.recording import Samples
from tests.packing.speaking import RATE_HZ, tone


def within(lead_s: float, speech: Samples, tail_s: float) -> Cut:
    silence = [np.zeros(round(length * RATE_HZ), np.float32) for length in (lead_s, tail_s)]
    piece = cut(np.concatenate([silence[0], speech, silence[1]]), RATE_HZ)
    assert piece is not None
    return piece


def test_what_is_left_is_the_speech_and_a_little_on_both_sides() -> None:
    piece = within(0.5, tone(1.0), 0.7)
    assert piece.from_s == pytest.approx(0.5 - KEPT_S)
    assert piece.samples.size / RATE_HZ == pytest.approx(1.0 + 2 * KEPT_S)


def test_where_there_is_no_silence_nothing_is_cut() -> None:
    piece = within(0.0, tone(0.5), 0.0)
    assert (piece.from_s, piece.samples.size) == (0.0, RATE_HZ // 2)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(999, np.float32)])
def test_silence_is_no_speech(samples: Samples) -> None:
    assert cut(samples, RATE_HZ) is None


def test_what_is_40_db_quieter_than_the_loudest_is_no_speech() -> None:
    quiet, loud = tone(0.5, peak=0.004), tone(0.5, peak=0.5)
    assert within(0.0, np.concatenate([quiet, loud]), 0.0).from_s == pytest.approx(0.5 - KEPT_S)
    nearly = tone(0.5, peak=0.006)
    assert within(0.0, np.concatenate([nearly, loud]), 0.0).from_s == 0.0


@given(gain=st.floats(0.001, 1.0), crest=st.floats(0.0, 30.0))
def test_levels_are_one_but_for_the_peaks(gain: float, crest: float) -> None:
    samples = tone(0.5) * np.float32(gain)
    samples[1000] = samples.max() * np.float32(1 + crest)
    made = levelled(samples)
    level, peak = float(np.sqrt(np.mean(made.astype(float) ** 2))), float(np.abs(made).max())
    assert LOWEST_PEAK - 1e-3 <= peak <= HIGHEST_PEAK + 1e-3
    assert (
        level == pytest.approx(LEVEL, rel=1e-3)
        or peak == pytest.approx(LOWEST_PEAK, rel=1e-3)
        or (peak == pytest.approx(HIGHEST_PEAK, rel=1e-3))
    )


def test_edges_are_soft_and_the_rest_is_as_it_was() -> None:
    whole = np.ones(RATE_HZ, np.float32)
    made, edge = faded(whole, RATE_HZ), round(FADE_S * RATE_HZ)
    assert made[0] == made[-1] == 0.0
    assert (np.diff(made[:edge]) > 0).all()
    assert (made[edge:-edge] == 1.0).all()
    assert whole[0] == 1.0


def test_what_is_shorter_than_its_fades_is_faded_all_the_same() -> None:
    assert faded(np.ones(3, np.float32), RATE_HZ).size == 3

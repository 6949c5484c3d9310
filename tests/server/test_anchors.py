"""Recordings in samples as they were made, by their bytes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stt_load.server.anchors import KEY_SAMPLES, LOUD, Anchors
from stt_load.server.known import Found

RATE_HZ = 16_000
QUIET = np.full(800, LOUD, np.int16)
"""As loud as may be without being speech."""


def recording(number: int, length: int = 400) -> NDArray[np.int16]:
    """Faint at first, then loud."""
    samples = np.random.default_rng(number).integers(-20_000, 20_000, length).astype(np.int16)
    samples[: 10 + number] = 100
    samples[10 + number] = 301
    return samples


RECORDINGS = [recording(number) for number in range(3)]
ANCHORS = Anchors(RECORDINGS, RATE_HZ)


def test_each_is_found_where_it_begins_and_the_pauses_are_nothing() -> None:
    clip = np.concatenate([QUIET, RECORDINGS[2], QUIET, RECORDINGS[0], RECORDINGS[0], -QUIET])
    assert ANCHORS.find(clip) == [Found(2, 800 / RATE_HZ), Found(0, 2_000 / RATE_HZ), Found(0, 2_400 / RATE_HZ)]


def test_where_nothing_is_loud_nothing_is_said() -> None:
    assert ANCHORS.find(np.concatenate([QUIET, -QUIET])) == []


@pytest.mark.parametrize("place", [0, 200, 399])
def test_one_sample_that_is_another_is_no_recording_as_it_was_made(place: int) -> None:
    changed = RECORDINGS[1].copy()
    changed[place] += 1
    assert ANCHORS.find(np.concatenate([QUIET, changed, QUIET])) is None


@pytest.mark.parametrize("samples", [[-32_768], [32_767], [301], [-301]])
def test_what_is_loud_and_unknown_is_told_also_at_the_ends_of_the_range(samples: list[int]) -> None:
    assert ANCHORS.find(np.array(samples, np.int16)) is None


def test_a_recording_that_is_cut_off_is_none() -> None:
    assert ANCHORS.find(RECORDINGS[0][:-1]) is None
    assert ANCHORS.find(RECORDINGS[0][KEY_SAMPLES + 10 :]) is None


def test_two_that_begin_alike_are_told_by_the_rest() -> None:
    other = RECORDINGS[0].copy()
    other[-1] ^= 1
    assert Anchors([RECORDINGS[0], other], RATE_HZ).find(other) == [Found(1, 0.0)]

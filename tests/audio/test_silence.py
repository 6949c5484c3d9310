"""Clips of silence: nothing but what tells them apart."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.audio.names import FEWEST_SAMPLES, HEADER_BYTES
from stt_load.audio.silence import SilenceSource
from tests.audio.packs import alike


def test_all_but_eight_faint_samples_are_zero() -> None:
    clip = SilenceSource(3, alike(16_001, 16_000)).clip(7, 0)
    whole = b"".join(clip.parts)
    samples = np.frombuffer(whole[HEADER_BYTES:], "<i2")
    assert (len(whole), len(samples), clip.text) == (clip.bytes, 16_001, "")
    assert not samples[FEWEST_SAMPLES:].any()
    assert np.abs(samples).max() <= 128


def test_no_two_are_alike_and_the_same_one_is_the_same_anywhere() -> None:
    one, other = (SilenceSource(3, alike(FEWEST_SAMPLES, 16_000)) for _ in range(2))
    clips = [b"".join(one.clip(seq, attempt).parts) for seq in range(500) for attempt in range(2)]
    assert len(set(clips)) == len(clips)
    assert b"".join(other.clip(0, 0).parts) == clips[0]


def test_a_clip_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        SilenceSource(1, alike(FEWEST_SAMPLES - 1, 16_000))

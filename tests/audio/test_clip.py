"""What is known of a clip, beside its bytes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from stt_load.audio.clip import Clip, Word
from stt_load.audio.names import SAMPLE_BYTES
from stt_load.audio.noise import NoiseSource


def test_a_clip_of_noise_has_a_size_and_a_length_and_says_nothing() -> None:
    clip = NoiseSource(1, 24_000, 16_000).clip(5, 0)
    assert (clip.duration_s, clip.rate_hz) == (1.5, 16_000)
    assert clip.bytes == sum(len(part) for part in clip.parts)
    assert (clip.sentences, clip.speech_from_s, clip.speech_to_s) == ((), None, None)


def test_its_parts_end_with_whole_samples() -> None:
    assert not [part for part in NoiseSource(1, 1_001, 16_000).clip(5, 0).parts if len(part) % SAMPLE_BYTES]


def test_a_clip_stays_as_it_is() -> None:
    clip = Clip((b"RIFF",), 4, 1.0, 8_000, ((Word("yes", 0.1, 0.4),),), 0.1, 0.4)
    with pytest.raises(FrozenInstanceError):
        clip.duration_s = 2.0  # type: ignore[misc]

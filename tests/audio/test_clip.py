"""What is known of a clip, beside its bytes; and the header against the standard library's reader."""

from __future__ import annotations

import io
import wave
from dataclasses import FrozenInstanceError

import pytest

from stt_load.audio.clip import Clip, wav_header
from stt_load.audio.names import HEADER_BYTES, SAMPLE_BYTES
from stt_load.audio.noise import NoiseSource
from tests.audio.packs import alike


def test_a_clip_of_noise_has_a_size_and_a_length_and_says_nothing() -> None:
    clip = NoiseSource(1, alike(24_000, 16_000)).clip(5, 0)
    assert (clip.duration_s, clip.rate_hz) == (1.5, 16_000)
    assert clip.bytes == sum(len(part) for part in clip.parts)
    assert (clip.sentences, clip.speech_from_s, clip.speech_to_s) == ((), None, None)
    assert clip.text == ""


def test_its_parts_end_with_whole_samples() -> None:
    assert not [part for part in NoiseSource(1, alike(1_001, 16_000)).clip(5, 0).parts if len(part) % SAMPLE_BYTES]


def test_a_clip_stays_as_it_is() -> None:
    clip = Clip((b"RIFF",), 4, 1.0, 8_000)
    with pytest.raises(FrozenInstanceError):
        clip.duration_s = 2.0  # type: ignore[misc]


def test_a_header_says_what_follows_it() -> None:
    head = wav_header(3, 22_050)
    assert len(head) == HEADER_BYTES
    with wave.open(io.BytesIO(head + b"\1\0\2\0\3\0")) as reader:
        assert reader.getparams()[:4] == (1, 2, 22_050, 3)
        assert reader.readframes(4) == b"\1\0\2\0\3\0"

"""As FLAC a clip has the same samples, in fewer bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from stt_load.audio.flac import encoded
from stt_load.audio.names import HEADER_BYTES
from stt_load.audio.sources import AudioSpec, source_of


@pytest.mark.parametrize("source", ["speech", "noise", "silence"])
@pytest.mark.parametrize(("duration_s", "rate_hz"), [(0.0005, 16_000), (10, 16_000), (20.00001, 48_000), (1, 8_000)])
def test_no_sample_is_another(source: str, duration_s: float, rate_hz: int) -> None:
    clip = source_of(AudioSpec(source, duration_s, rate_hz), 5).clip(3, 0)  # type: ignore[arg-type]
    coded = encoded(clip)
    whole = b"".join(coded.parts)
    assert (whole[:4], coded.bytes) == (b"fLaC", len(whole))
    assert (coded.duration_s, coded.rate_hz, coded.text) == (clip.duration_s, clip.rate_hz, clip.text)
    samples, rate = soundfile.read(io.BytesIO(whole), dtype="int16")
    assert rate == rate_hz
    assert np.array_equal(samples, np.frombuffer(b"".join(clip.parts)[HEADER_BYTES:], "<i2"))


def test_speech_takes_little_more_than_half_the_bytes() -> None:
    clip = source_of(AudioSpec("speech", 10, 16_000), 5).clip(3, 0)
    assert encoded(clip).bytes < 0.7 * clip.bytes

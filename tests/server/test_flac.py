"""FLAC files: what their heads say, and what is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from stt_load.server import flac
from stt_load.server.flac import FlacError


def coded(frames: int = 4_000, rate_hz: int = 16_000, channels: int = 1) -> bytes:
    samples = np.random.default_rng(1).integers(-9_000, 9_000, (frames, channels)).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format="FLAC")
    return file.getvalue()


def parsed(content: bytes) -> flac.FlacClip:
    return flac.parse(memoryview(content))


@pytest.mark.parametrize(("frames", "rate_hz", "channels"), [(1, 8_000, 1), (4_000, 16_000, 2), (96_001, 96_000, 8)])
def test_its_head_says_how_long_it_is(frames: int, rate_hz: int, channels: int) -> None:
    clip = parsed(coded(frames, rate_hz, channels))
    assert (clip.frames, clip.rate_hz, clip.channels) == (frames, rate_hz, channels)
    assert clip.duration_s == frames / rate_hz
    decoded = clip.decoded()
    assert (decoded.frames, decoded.rate_hz, decoded.channels) == (frames, rate_hz, channels)
    assert len(decoded.pcm) == frames * channels * 2


def with_frames(frames: int) -> bytes:
    """A head that promises so many."""
    content = bytearray(coded())
    packed = int.from_bytes(content[18:26]) >> 36 << 36 | frames
    content[18:26] = packed.to_bytes(8)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"fLaC", "STREAMINFO"),
        (coded()[:30], "STREAMINFO"),
        (b"fLaC\x04" + coded()[5:], "STREAMINFO"),
        (with_frames(0), "how many samples"),
        (with_frames(2**36 - 1), "more than are taken"),
    ],
)
def test_a_head_that_is_none(content: bytes, says: str) -> None:
    with pytest.raises(FlacError, match=says):
        parsed(content)


@pytest.mark.parametrize("content", [coded()[:500], with_frames(4_001), with_frames(10_000_000)])
def test_samples_that_are_not_there(content: bytes) -> None:
    with pytest.raises(FlacError):
        parsed(content).decoded()

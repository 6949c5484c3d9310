"""Which WAV files are taken, and what is wrong with the others."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.server.wav import WavError, parse

from .clips import wav

GOOD = wav(frames=100)


def patched(offset: int, layout: str, value: int) -> bytes:
    """GOOD with one number of its header replaced."""
    file = bytearray(GOOD)
    struct.pack_into(layout, file, offset, value)
    return bytes(file)


@given(st.integers(0, 300), st.sampled_from([8_000, 16_000, 44_100]), st.integers(1, 3))
def test_what_the_standard_library_writes(frames: int, rate_hz: int, channels: int) -> None:
    file = wav(frames, rate_hz, channels)
    clip = parse(memoryview(file))
    assert (clip.frames, clip.rate_hz) == (frames, rate_hz)
    assert clip.duration_s == frames / rate_hz
    assert bytes(clip.pcm) == file[44:]


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: GOOD[:20] + tail))
def test_arbitrary_bytes_give_a_clip_or_a_wav_error(file: bytes) -> None:
    try:
        clip = parse(memoryview(file))
    except WavError:
        return
    assert clip.frames * 2 <= len(file)


def test_other_chunks_are_passed_over() -> None:
    extra = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    file = bytearray(GOOD[:12] + extra + GOOD[12:])
    struct.pack_into("<I", file, 4, len(file) - 8)
    assert parse(memoryview(bytes(file))).frames == 100


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"", "not a RIFF"),
        (b"ID3\x03" + bytes(40), "not a RIFF"),
        (GOOD[:-1], "promises"),
        (GOOD + b"\0\0", "promises"),
        (patched(4, "<I", 0xFFFFFFFF), "promises"),
        (patched(40, "<I", 0xFFFFFFFF), "promises"),
        (patched(40, "<I", 198), "cut short"),
        (patched(16, "<I", 8), "cut short|promises|too short"),
        (patched(20, "<H", 3), "format 3"),
        (patched(22, "<H", 0), "0 channels"),
        (patched(24, "<I", 0), "at 0 Hz"),
        (patched(28, "<I", 1), "byte rate"),
        (patched(32, "<H", 4), "block align"),
        (patched(34, "<H", 8), "8 bits"),
        (patched(36, "<I", 0), "no 'fmt ' or no 'data'"),
        (
            wav(frames=1, channels=2)[:4] + struct.pack("<I", 38) + wav(frames=1, channels=2)[8:40] + b"\2\0\0\0ab",
            "whole",
        ),
    ],
)
def test_bad_files(file: bytes, message: str) -> None:
    with pytest.raises(WavError, match=message):
        parse(memoryview(file))

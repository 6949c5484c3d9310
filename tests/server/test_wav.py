"""Which WAV files are taken, and what is wrong with the others."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.server.wav import HIGHEST_HZ, LONGEST_S, LOWEST_HZ, MOST_CHUNKS, WavError, parse

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


@pytest.mark.parametrize(
    ("rate_hz", "frames", "taken"),
    [
        (LOWEST_HZ, 8, True),
        (LOWEST_HZ - 1, 8, False),
        (HIGHEST_HZ, 8, True),
        (HIGHEST_HZ + 1, 8, False),
        (LOWEST_HZ, LONGEST_S * LOWEST_HZ, True),
        (LOWEST_HZ, LONGEST_S * LOWEST_HZ + 1, False),
    ],
)
def test_rates_and_lengths_have_bounds(rate_hz: int, frames: int, taken: bool) -> None:
    """Of zeros, since random bytes take a while."""
    head = bytearray(wav(0, rate_hz) + bytes(2 * frames))
    struct.pack_into("<I", head, 4, len(head) - 8)
    struct.pack_into("<I", head, 40, 2 * frames)
    file = memoryview(bytes(head))
    if taken:
        assert parse(file).duration_s == frames / rate_hz
    else:
        with pytest.raises(WavError, match="taken"):
            parse(file)


def test_the_number_of_chunks_has_a_bound() -> None:
    """What is around the samples is looked at one by one."""
    for count, taken in ((MOST_CHUNKS - 2, True), (MOST_CHUNKS - 1, False)):
        file = bytearray(GOOD[:12] + (b"junk" + bytes(4)) * count + GOOD[12:])
        struct.pack_into("<I", file, 4, len(file) - 8)
        if taken:
            assert parse(memoryview(bytes(file))).frames == 100
        else:
            with pytest.raises(WavError, match="more than 1000 chunks"):
                parse(memoryview(bytes(file)))

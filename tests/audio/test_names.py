"""How long a WAV file may be, against its header."""

from __future__ import annotations

from stt_load.audio.clip import wav_header
from stt_load.audio.names import (
    FEWEST_SAMPLES,
    HEADER_BYTES,
    MOST_SAMPLES,
    SAMPLE_BYTES,
    frames_of,
)


def test_the_longest_file_is_the_longest_whose_size_its_header_can_tell() -> None:
    size = int.from_bytes(wav_header(MOST_SAMPLES, 16_000)[4:8], "little")
    assert size == HEADER_BYTES - 8 + MOST_SAMPLES * SAMPLE_BYTES
    assert size + SAMPLE_BYTES >= 2**32


def test_frames_are_rounded() -> None:
    assert frames_of(0.1, 22_050) == 2_205
    assert frames_of(FEWEST_SAMPLES / 16_000, 16_000) == FEWEST_SAMPLES

"""The WAV container: RIFF, PCM, 16 bits, one channel."""

from __future__ import annotations

import struct

from stt_load.audio.names import HEADER_BYTES, SAMPLE_BYTES


def header(frames: int, rate_hz: int) -> bytes:
    """The 44 bytes before `frames` mono samples of 16 bits at `rate_hz`.

    Layout: RIFF chunk, "fmt " chunk of 16 bytes (PCM = 1), "data" chunk; all integers little-endian
    (Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991).
    """
    data_bytes = frames * SAMPLE_BYTES
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        HEADER_BYTES - 8 + data_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        rate_hz,
        rate_hz * SAMPLE_BYTES,
        SAMPLE_BYTES,
        8 * SAMPLE_BYTES,
        b"data",
        data_bytes,
    )

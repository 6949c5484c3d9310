"""What is heard where nobody speaks: faint noise, drawn once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from stt_load.audio.names import SAMPLE_BYTES

PEAK = 57
"""It is spread evenly: its RMS is 60 dB below full scale (57 / sqrt(3) = 33 of 32,768). Speech is some 37 dB above;
the embedded server hears it from 300 on."""
STARTS = 1 << 14
"""How far into the noise a pause may start: drawn by 14 bits."""
LONGEST_PART = 1 << 15
"""Samples in one piece; longer pauses are of several. All of it is 98 kB: a processor's cache holds that while
megabytes of speech come and go."""


def noise(seed: int) -> memoryview:
    """STARTS + LONGEST_PART samples of it, as bytes."""
    drawn = np.random.Generator(np.random.PCG64(seed)).integers(-PEAK, PEAK + 1, STARTS + LONGEST_PART, dtype="<i2")
    return memoryview(drawn.tobytes())


def pause(room: memoryview, place: int, samples: int) -> Iterator[memoryview]:
    """So many samples of the noise `room` from any place on, in pieces."""
    while samples > 0:
        piece = min(samples, LONGEST_PART)
        start = place % STARTS * SAMPLE_BYTES
        yield room[start : start + piece * SAMPLE_BYTES]
        samples -= piece
        place += piece

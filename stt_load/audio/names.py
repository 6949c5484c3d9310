"""What a configuration has to know of audio: the names of sources, and how long a WAV file can be. Plain data."""

from __future__ import annotations

from typing import Literal

Source = Literal["speech", "noise", "silence", "files"]
"""Where clips come from."""
Format = Literal["wav", "flac"]
"""How a clip is coded; its name is also how a file of that kind ends, and the subtype of its media type."""

DEFAULT_DURATION_S = 10.0
"""Of a clip where nobody asks for a length."""
HEADER_BYTES = 44
"""Of a WAV file: RIFF, PCM, one channel."""
SAMPLE_BYTES = 2
FEWEST_SAMPLES = 8
"""Of a clip: with fewer there is no room for what makes it unlike all others."""
MOST_SAMPLES = (2**32 - 1 - (HEADER_BYTES - 8)) // SAMPLE_BYTES
"""A WAV file gives its own size, less 8 bytes, in 32 bits."""
REPEAT = 0xFF00
"""Attempts from here on, of the 2^16 of an iteration, are repetitions: the clip of attempt 0 with least bits of its
own."""


def frames_of(duration_s: float, rate_hz: int) -> int:
    """Samples in a clip of `duration_s` seconds at `rate_hz`."""
    return round(duration_s * rate_hz)

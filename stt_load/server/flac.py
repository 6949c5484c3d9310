"""A FLAC file: its length from its first block, its samples when they are wanted.

Layout: RFC 9639, 8.1 (the mark "fLaC") and 8.2 (STREAMINFO, the first metadata block, 34 bytes).
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from stt_load.server.wav import HIGHEST_HZ, LONGEST_S, LOWEST_HZ, Clip, WavError

MARK = b"fLaC"
MOST_DECODED_BYTES = 512 * 2**20
"""A file of silence is a thousandth of its samples: 4 hours at 16 kHz have room, what fills the memory hasn't."""
_HEAD_BYTES, _STREAMINFO_BYTES = 8, 34
_SAMPLE_BYTES = 2


class FlacError(WavError):
    """The bytes are not a FLAC file that this server takes."""


@dataclass(frozen=True, slots=True)
class FlacClip:
    """A clip whose samples are not decoded yet."""

    content: memoryview
    rate_hz: int
    frames: int
    channels: int

    @property
    def duration_s(self) -> float:
        return self.frames / self.rate_hz

    def decoded(self) -> Clip:
        """With its samples, some milliseconds of work for each ten seconds. `FlacError` where the file can't be
        decoded, or has not as many as it says."""
        import soundfile  # heavy, and wanted by few servers

        try:
            samples, _ = soundfile.read(io.BytesIO(self.content), frames=self.frames, dtype="int16", always_2d=True)
        except RuntimeError as error:
            raise FlacError(f"it can't be decoded: {error}") from error
        if len(samples) != self.frames:
            raise FlacError(f"its head promises {self.frames} samples, it has {len(samples)}")
        return Clip(samples.data.cast("B"), self.rate_hz, self.frames, self.channels)


def parse(content: memoryview) -> FlacClip:
    """The clip in a FLAC file, by its head alone; `FlacError` says what is wrong with that."""
    head = bytes(content[_HEAD_BYTES : _HEAD_BYTES + _STREAMINFO_BYTES])
    block, size = content[4] & 0x7F if len(content) > 4 else 0, int.from_bytes(content[5:8])
    if len(head) < _STREAMINFO_BYTES or block or size != _STREAMINFO_BYTES:
        raise FlacError("its first block is no STREAMINFO")
    # From bit 80 on: 20 bits of sample rate, 3 of channels - 1, 5 of bits per sample - 1, 36 of samples.
    packed = int.from_bytes(head[10:18])
    rate_hz, channels, frames = packed >> 44, (packed >> 41 & 7) + 1, packed & (1 << 36) - 1
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise FlacError(f"{rate_hz} Hz; only {LOWEST_HZ} to {HIGHEST_HZ} are taken")
    if not frames:
        raise FlacError("its head does not say how many samples it has")
    if frames > LONGEST_S * rate_hz or frames * channels * _SAMPLE_BYTES > MOST_DECODED_BYTES:
        raise FlacError(f"{frames / rate_hz:.0f} s of audio in {channels} channels are more than are taken")
    return FlacClip(content, rate_hz, frames, channels)

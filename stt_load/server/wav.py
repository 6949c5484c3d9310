"""Read a WAV file as a strict server would: RIFF, PCM, 16 bits, and a header that agrees with itself.

Layout: Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MOST_CHUNKS = 1_000
LOWEST_HZ, HIGHEST_HZ = 1_000, 768_000
LONGEST_S = 4 * 3_600
"""Of a clip. With the lowest rate it bounds the words that are made of a body of any size."""


class WavError(ValueError):
    """The bytes are not a WAV file that this server takes."""


@dataclass(frozen=True, slots=True)
class Clip:
    """PCM16 samples as a view into the body, interleaved when there is more than one channel."""

    pcm: memoryview
    rate_hz: int
    frames: int
    channels: int = 1

    @property
    def duration_s(self) -> float:
        return self.frames / self.rate_hz


def parse(wav: memoryview) -> Clip:
    """The clip in a WAV file; WavError says what is wrong with it."""
    if len(wav) < 12 or bytes(wav[:4]) != b"RIFF" or bytes(wav[8:12]) != b"WAVE":
        raise WavError("not a RIFF/WAVE file")
    riff_bytes = _U32.unpack_from(wav, 4)[0]
    if riff_bytes != len(wav) - 8:
        raise WavError(f"the RIFF header promises {riff_bytes} bytes, {len(wav) - 8} follow it")
    chunks = _chunks(wav)
    if b"fmt " not in chunks or b"data" not in chunks:
        raise WavError("no 'fmt ' or no 'data' chunk")
    rate_hz, frame_bytes = _format(chunks[b"fmt "])
    pcm = chunks[b"data"]
    frames, rest = divmod(len(pcm), frame_bytes)
    if rest:
        raise WavError(f"{len(pcm)} bytes of data are not a whole number of {frame_bytes}-byte frames")
    if frames > LONGEST_S * rate_hz:
        raise WavError(f"{frames / rate_hz:.0f} s of audio; at most {LONGEST_S} s are taken")
    return Clip(pcm, rate_hz, frames, frame_bytes // 2)


def _chunks(wav: memoryview) -> dict[bytes, memoryview]:
    """The first chunk of each name; a chunk of odd length is followed by one byte of padding."""
    chunks: dict[bytes, memoryview] = {}
    position, count = 12, 0
    while position < len(wav):
        if position + 8 > len(wav):
            raise WavError("a chunk header is cut short")
        count += 1
        if count > MOST_CHUNKS:
            raise WavError(f"more than {MOST_CHUNKS} chunks")
        name, size = _CHUNK.unpack_from(wav, position)
        position += 8
        if position + size > len(wav):
            raise WavError(f"chunk {name!r} promises {size} bytes, the file has {len(wav) - position} more")
        chunks.setdefault(name, wav[position : position + size])
        position += size + size % 2
    return chunks


def _format(chunk: memoryview) -> tuple[int, int]:
    """(samples per second, bytes per frame) of a 'fmt ' chunk."""
    if len(chunk) < _FORMAT.size:
        raise WavError("the 'fmt ' chunk is too short")
    tag, channels, rate_hz, byte_rate, frame_bytes, bits = _FORMAT.unpack_from(chunk)
    if tag != _PCM or bits != 16:
        raise WavError(f"format {tag} with {bits} bits; only PCM (1) with 16 bits is taken")
    if not channels or not rate_hz:
        raise WavError(f"{channels} channels at {rate_hz} Hz")
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise WavError(f"{rate_hz} Hz; only {LOWEST_HZ} to {HIGHEST_HZ} are taken")
    if frame_bytes != 2 * channels or byte_rate != rate_hz * frame_bytes:
        raise WavError(
            f"block align {frame_bytes} or byte rate {byte_rate} contradict {channels} x 16 bits at {rate_hz} Hz"
        )
    return rate_hz, frame_bytes


_PCM = 1
_U32 = struct.Struct("<I")
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")

"""What must hold between the keys of the clips, and between them and a file of lengths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from stt_load.audio.lengths import Length, length_of
from stt_load.audio.names import FEWEST_SAMPLES, MOST_SAMPLES, frames_of
from stt_load.config.audio import AudioConfig
from stt_load.config.faults import KeyPath
from stt_load.config.places import Broken

DURATION: KeyPath = ("audio", "duration")
RATE: KeyPath = ("audio", "sample_rate")
SOURCE: KeyPath = ("audio", "source")
FILES: KeyPath = ("audio", "files")


def clips_have_a_size(audio: AudioConfig) -> Iterator[Broken]:
    """Of all lengths that are asked for; recordings as they are have been looked at."""
    if audio.source == "files" and audio.duration is None:
        return
    try:
        length = length_of(audio.duration)
    except ValueError as error:
        yield from ({DURATION: f"can't be used: {fault}"} for fault in str(error).splitlines())
        return
    yield from _not_too_long(audio, length)
    yield from _not_too_short(audio, length)


def _not_too_long(audio: AudioConfig, length: Length) -> Iterator[Broken]:
    longest_s, rate = length.longest_s, audio.sample_rate
    if longest_s * rate < MOST_SAMPLES + 0.5:
        return
    most = math.floor(MOST_SAMPLES / rate)
    yield {
        DURATION: f"{_asks_for(audio, longest_s)}makes a WAV above 4 GiB at {rate} Hz; choose {most} or less",
        RATE: f"makes a WAV above 4 GiB with {longest_s} s; choose {math.floor(MOST_SAMPLES / longest_s)} or less",
    }


def _not_too_short(audio: AudioConfig, length: Length) -> Iterator[Broken]:
    shortest_s, rate = length.shortest_s, audio.sample_rate
    if frames_of(shortest_s, rate) >= FEWEST_SAMPLES:
        return
    least = math.ceil(FEWEST_SAMPLES / rate * 1e4) / 1e4
    yield {
        DURATION: f"is too short: fewer than {FEWEST_SAMPLES} samples at {rate} Hz; choose {least} or more",
        RATE: f"is too low: fewer than {FEWEST_SAMPLES} samples in {shortest_s} s; "
        f"choose {math.ceil(FEWEST_SAMPLES / shortest_s)} or more",
    }


def _asks_for(audio: AudioConfig, longest_s: float) -> str:
    """Which of many lengths it is."""
    return f"asks for clips of {longest_s:g} s, which " if isinstance(audio.duration, str | Mapping) else ""


def recordings_are_named(audio: AudioConfig) -> Iterator[Broken]:
    """Where they are what is sent."""
    if audio.source == "files" and audio.files is None:
        yield {
            SOURCE: "sends recordings of audio.files, and there are none; set `files` to a folder or a manifest",
            FILES: "is no place of recordings, which audio.source files sends; choose a folder or a manifest",
        }

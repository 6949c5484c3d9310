"""What must hold for a trace: it can be read, its clips have a size, and the recordings that it names are there."""

from __future__ import annotations

import math
from collections.abc import Iterator

from stt_load.audio.lengths import Length, length_of
from stt_load.audio.names import MOST_SAMPLES
from stt_load.audio.trace import Recorded, TracedLength, trace_in
from stt_load.config.audio import AudioConfig
from stt_load.config.faults import KeyPath
from stt_load.config.model import Config
from stt_load.config.places import Broken

TRACE: KeyPath = ("load", "trace")
SOURCE: KeyPath = ("audio", "source")
RATE: KeyPath = ("audio", "sample_rate")
ANY_SEED = 0
"""Whether recordings have room in clips is nearly the same with another one."""


def trace_can_be_used(config: Config) -> Iterator[Broken]:
    """All that is wrong with it is told at once."""
    if config.load.trace is None:
        return
    try:
        trace = trace_in(config.load.trace)
    except ValueError as error:
        yield from _told(error, config.load.trace)
        return
    if config.audio.source == "files":
        yield from _recordings_are_there(trace, config.audio)
    elif trace.files:
        yield {
            TRACE: "names recordings, which only audio.source files sends; choose that source, with audio.files, or "
            "a trace with audio_s",
            SOURCE: f"sends no recordings, and {trace.path} names some; choose files, and audio.files",
        }
    if not trace.files:
        yield from _not_too_long(trace, config.audio.sample_rate)


def _not_too_long(trace: Recorded, rate_hz: int) -> Iterator[Broken]:
    longest_s = max(trace.lengths_s)
    if longest_s * rate_hz < MOST_SAMPLES + 0.5:
        return
    line = trace.lines[trace.lengths_s.index(longest_s)]
    yield {
        TRACE: f"asks in line {line} for a clip of {longest_s:g} s, which makes a WAV above 4 GiB at {rate_hz} Hz; "
        f"write {math.floor(MOST_SAMPLES / rate_hz)} or less",
        RATE: f"makes a WAV above 4 GiB with {longest_s:g} s; choose {math.floor(MOST_SAMPLES / longest_s)} or less",
    }


def _recordings_are_there(trace: Recorded, audio: AudioConfig) -> Iterator[Broken]:
    """Those that it names; or there are some with room in clips of its lengths."""
    from stt_load.audio.corpus import CorpusError, corpus_of
    from stt_load.audio.traced import arrangement_along

    if audio.files is None:
        return  # which is refused as such
    try:
        corpus = corpus_of(audio)
    except CorpusError:
        return  # of which is told as such
    try:
        arrangement_along(trace, 0, corpus, audio.files, audio.sample_rate, ANY_SEED)
    except CorpusError as error:
        yield from _told(error, trace.path)


def _told(error: ValueError, path: str) -> Iterator[Broken]:
    """Each fault as it reads on from the path."""
    for fault in str(error).splitlines():
        rest = fault.removeprefix(f"{path} ")
        inside = fault.removeprefix(f"{path}, ").removeprefix(f"{path}: ")
        yield {TRACE: f"can't be used: {inside}" if rest == fault else rest}


def length_in(config: Config) -> Length:
    """How long clips are: as the trace has it, where there is one. Raises ValueError."""
    trace = config.load.trace
    return length_of(config.audio.duration) if trace is None else TracedLength(trace_in(trace), 0)

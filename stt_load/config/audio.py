"""The part of the configuration that says what the clips are."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from stt_load.audio.names import Format, Source
from stt_load.config.clip_values import Duration, Vary
from stt_load.config.section import Section

DEFAULT_RATE_HZ = 16_000

Hertz = Annotated[int, Field(ge=1_000, le=384_000)]


def _rate(value: object) -> object:
    return DEFAULT_RATE_HZ if value is None else value


class AudioConfig(Section):
    """The clips that are sent."""

    source: Source = Field(
        default="speech",
        description="What the clips are, another one for each request. speech: spoken sentences in random order, "
        "whose words are known, so that answers can be held against them. files: recordings of your own, of "
        "audio.files. noise: random noise. silence: next to no sound. With the last two no answer can be judged, and "
        "most services take less time than for speech.",
    )
    duration: Duration = Field(
        default=None,
        description="Length of clips in seconds: a number; a range in which all lengths are as likely; lognormal, "
        "with its median, its sigma and the longest length, max; or empirical, the lengths in the first column of a "
        "CSV file, or in the one named duration, each once before any again. Null: 10, and with source files the "
        "recordings as they are. Where a length is given, recordings are joined at pauses to clips of that length.",
    )
    sample_rate: Annotated[Hertz, BeforeValidator(_rate, json_schema_input_type=Hertz | None)] = Field(
        default=DEFAULT_RATE_HZ,
        description=f"Samples per second of each clip (16 bits, mono). Null: {DEFAULT_RATE_HZ}.",
    )
    format: Format = Field(
        default="wav",
        description="How each clip is coded: wav, or flac, which has the same samples in about half the bytes.",
    )
    pack: str | None = Field(
        default=None,
        min_length=1,
        description="Manifest (JSON lines with audio and text) of short recordings of your own in any language, that "
        "source speech is made of; a relative path begins in the working directory. Null: the shipped pack, English.",
    )
    files: str | None = Field(
        default=None,
        min_length=1,
        description="The recordings of source files: a folder, where a text beside each says what is said in it "
        "(a.wav, a.txt), or a manifest (JSON lines with audio_filepath, or audio, and text). A relative path begins "
        "in the working directory.",
    )
    vary: Vary = Field(
        default=None,
        description="What makes each clip unlike all others, so that no cache answers. shift: recordings begin some "
        "milliseconds earlier or later, up to 1 dB louder or softer. snr_db: white noise is added, so many dB below "
        "the speech; it makes speech of any source hard. none: nothing, so a cache may answer where a recording "
        "is sent again. Null: shift for source files; other sources make each clip anew.",
    )
    skip_broken: bool = Field(
        default=False,
        description="Whether recordings of audio.files that can't be used, and wrong lines of its manifest, are left "
        "out and counted. Otherwise no run begins with them.",
    )
    cache_mb: int = Field(
        default=256,
        ge=1,
        le=1_000_000,
        description="Megabytes of memory for decoded recordings of audio.files, in each process. What doesn't fit is "
        "decoded again when it is needed.",
    )

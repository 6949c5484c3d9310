"""The part of the configuration that says what the clips are."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from stt_load.audio.names import Format, Source
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
        "whose words are known, so that answers can be held against them. noise: random noise. silence: next to no "
        "sound. With the last two no answer can be judged, and most services take less time than for speech.",
    )
    duration: float = Field(default=10.0, gt=0, description="Length of each clip in seconds.")
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

"""The part of the configuration that says what the clips are."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from stt_load.audio.names import Source
from stt_load.config.section import Section

DEFAULT_RATE_HZ = 16_000

Hertz = Annotated[int, Field(ge=1_000, le=384_000)]


def _rate(value: object) -> object:
    return DEFAULT_RATE_HZ if value is None else value


class AudioConfig(Section):
    """The clips that are sent."""

    source: Source = Field(
        default="noise", description="Where the clips come from. noise: every request carries new random noise."
    )
    duration: float = Field(default=10.0, gt=0, description="Length of each clip in seconds.")
    sample_rate: Annotated[Hertz, BeforeValidator(_rate, json_schema_input_type=Hertz | None)] = Field(
        default=DEFAULT_RATE_HZ,
        description=f"Samples per second of each clip (WAV, 16 bits, mono). Null: {DEFAULT_RATE_HZ}.",
    )

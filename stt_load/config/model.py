"""The configuration: its keys, their types, ranges and defaults.

Each key is judged alone here; what must hold between keys is in `rules`. The descriptions are what an editor shows
(through the JSON Schema), what `stt-load options` prints and what Locust's start form says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict, Field

from stt_load.config.api import ApiConfig
from stt_load.config.audio import AudioConfig
from stt_load.config.faults import KeyPath
from stt_load.config.section import (
    DEFAULT_DRAIN_S,
    EMBEDDED,
    MOST_REQUESTS,
    MOST_SEED,
    PositiveSeconds,
    Seconds,
    Section,
)
from stt_load.server.settings import ServerSettings

Normalise = Literal["auto", "english", "korean", "none"]

FORMER: Mapping[KeyPath, KeyPath] = {
    ("audio_duration",): ("audio", "duration"),
    ("sample_rate",): ("audio", "sample_rate"),
}
"""Names of the top level that keys had once, and may go on being given by; and the key that each one means."""


class Report(Section):
    """The console report, and what is written beside the result."""

    language: Literal["en", "ko"] = Field(default="en", description="Language of the console report.")
    rows: str | None = Field(
        default=None,
        min_length=1,
        description="File for a table of all requests, a row each, beside the result: NAME.csv or NAME.jsonl. An "
        "existing one is kept and the new one numbered. Null makes none.",
    )


class Validity(Section):
    """The consequences of the checks that judge the measurement."""

    strict: bool = Field(
        default=False, description="Whether a DEGRADED measurement ends with exit code 4, as an INVALID one does."
    )


class AccuracyConfig(Section):
    """How answers are held against what was said."""

    normalise: Normalise = Field(
        default="auto",
        description="What is evened out in both texts before they are compared. english: capitals, punctuation, "
        "spellings, contractions and number words, as the Open ASR Leaderboard does. korean: how syllables are "
        "composed, and punctuation; characters count without spaces. none: nothing. auto: english or korean where "
        "the pack's language is that, else none.",
    )
    save_transcripts: bool = Field(
        default=False,
        description="Whether a file beside the result keeps what was said and heard in each request. Otherwise a few "
        "examples are all that is kept.",
    )


class Config(Section):
    """Everything that one load test can be told."""

    # Keys that are there to be merged elsewhere, which the reader of the file leaves out.
    model_config = ConfigDict(json_schema_extra={"patternProperties": {"^x-": {}}})

    total_requests: int | None = Field(
        default=100,
        ge=1,
        le=MOST_REQUESTS,
        description="Requests of the whole run, warm-up included. Null runs until stopped, or for measure_for.",
    )
    warmup_requests: int = Field(
        default=10,
        ge=0,
        description="How many of the first requests are warm-up and in no statistic. Below concurrent_requests, "
        "some of the measured requests meet a cold server.",
    )
    concurrent_requests: int = Field(
        default=5,
        ge=1,
        le=1_000_000,
        description="Users, each with one request in flight at most. Locust's -u takes precedence.",
    )
    request_delay: Seconds = Field(
        default=0.0, description="Seconds that a user pauses between the end of a request and its next one."
    )
    audio: AudioConfig = Field(default=AudioConfig(), description="What is said: the clips that are sent.")
    measure_for: PositiveSeconds | None = Field(
        default=None, description="Seconds to measure after the warm-up, instead of total_requests."
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=MOST_SEED,
        description="Seed of the audio. Null draws a new one for each run; a given one repeats the clips, which the "
        "service may then have in a cache.",
    )
    save_path: str | None = Field(
        default=None,
        min_length=1,
        description="File for the result (JSON); an existing one is kept and the new one numbered. Null makes "
        "stt_load_test_results_YYYYMMDD_HHMMSS.json in the working directory.",
    )
    drain_s: Seconds | None = Field(
        default=None,
        description="Seconds that requests in flight get to finish when the run is stopped. Null: the smaller of "
        "api.timeout.total and 30.",
    )
    wait_ready: Seconds = Field(
        default=0.0, description="Seconds to wait for the service to be there before the first request."
    )
    continue_on_dead_warmup: bool = Field(
        default=False,
        description="Whether to go on although the warm-up shows that the service answers nothing but errors.",
    )
    max_consecutive_failures: int | None = Field(
        default=None,
        ge=1,
        description="Measured requests that fail one after the other, by whichever user, before the run is given up. "
        "Null: it goes on.",
    )
    api: ApiConfig = Field(
        default=ApiConfig(), description="The service under test: where it is and what is asked of it."
    )
    accuracy: AccuracyConfig = Field(
        default=AccuracyConfig(), description="How the words of the answers are held against those that were said."
    )
    embedded: ServerSettings = Field(
        default=ServerSettings(),
        description="The model server that base_url `embedded` starts: k slots, one queue, known service times.",
    )
    report: Report = Field(default=Report(), description="How results are presented.")
    validity: Validity = Field(default=Validity(), description="What is made of a measurement that is in doubt.")

    @property
    def embedded_server(self) -> ServerSettings:
        """The embedded server's, which knows the pack that is said to it unless it is told of another one."""
        return self.embedded.model_copy(update={"pack": self.embedded.pack or self.audio.pack})

    @property
    def audio_filename(self) -> str:
        """File name of the audio in a form."""
        return self.api.audio_filename or f"audio.{self.audio.format}"

    @property
    def audio_content_type(self) -> str:
        """Content type of the audio. That of FLAC is registered by RFC 9639, section 12.1."""
        return self.api.audio_content_type or f"audio/{self.audio.format}"

    @property
    def embeds(self) -> bool:
        """Whether the embedded server is what is asked, whose port is known once it runs."""
        return self.api.base_url == EMBEDDED and self.api.call is None

    @property
    def drain(self) -> float:
        """Seconds that requests in flight get to finish when the run is stopped."""
        return min(self.api.timeout.total, DEFAULT_DRAIN_S) if self.drain_s is None else self.drain_s

"""The configuration: its keys, their types, ranges and defaults.

Each key is judged alone here; what must hold between keys is in `rules`. The descriptions are what an editor shows
(through the JSON Schema), what `stt-load options` prints and what Locust's start form says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from stt_load.config.api import ApiConfig
from stt_load.config.audio import AudioConfig
from stt_load.config.faults import KeyPath
from stt_load.config.level_values import axis_of
from stt_load.config.load_keys import LoadConfig
from stt_load.config.section import (
    DEFAULT_DRAIN_S,
    EMBEDDED,
    MOST_REQUESTS,
    MOST_SEED,
    MOST_USERS,
    PositiveSeconds,
    Seconds,
    Section,
)
from stt_load.config.slo_values import SloList, StopWhen
from stt_load.samples.levels import Axis
from stt_load.server.settings import ServerSettings

Normalise = Literal["auto", "english", "korean", "none"]

FORMER: Mapping[KeyPath, KeyPath] = {
    ("audio_duration",): ("audio", "duration"),
    ("sample_rate",): ("audio", "sample_rate"),
}
"""Names of the top level that keys had once, and may go on being given by; and the key that each one means."""


MOST_REPEATS = 1_000
Price = Annotated[float, Field(gt=0, le=1e9)]


AUTO = "auto"
"""Of `report.html`: beside the result."""


class Report(Section):
    """The console report, and what is written beside the result."""

    language: Literal["en", "ko"] = Field(default="en", description="Language of the console report.")
    rows: str | None = Field(
        default=None,
        min_length=1,
        description="File for a table of all requests, a row each, beside the result: NAME.csv or NAME.jsonl. An "
        "existing one is kept and the new one numbered. Null makes none.",
    )
    junit: str | None = Field(
        default=None,
        min_length=1,
        description="File for the verdicts as JUnit XML, which CI services show: NAME.xml. It has a test case for "
        "each SLO, and for each check of the measurement. An existing one is replaced. Null makes none.",
    )
    html: str | None = Field(
        default=None,
        min_length=1,
        description="File for the report as one HTML page that needs no network: NAME.html, where an existing one is "
        "replaced. `auto` puts it beside the result, under its name, and keeps what is there. Null makes none.",
    )


class Validity(Section):
    """The consequences of the checks that judge the measurement."""

    strict: bool = Field(
        default=False, description="Whether a DEGRADED measurement ends with exit code 4, as an INVALID one does."
    )
    strict_slo: bool = Field(
        default=False, description="Whether an SLO that is met, but not with certainty, counts as missed."
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
    repeat_check: int = Field(
        default=0,
        ge=0,
        le=1_000,
        description="How many clips are sent again, to see whether load changes answers where it isn't known what is "
        "right: twice before the run, one request at a time, and once more during the run. 0: none.",
    )


class Cost(Section):
    """Prices, in any currency, by which an answer says what an hour of audio costs."""

    per_hour: Price | None = Field(default=None, description="Price of an hour of the service under test as it is.")
    per_audio_minute: Price | None = Field(
        default=None, description="Price of a minute of audio, where the service takes one for each."
    )


class Config(Section):
    """Everything that one load test can be told."""

    # Keys that are there to be merged elsewhere, which the reader of the file leaves out.
    model_config = ConfigDict(json_schema_extra={"patternProperties": {"^x-": {}}})

    total_requests: int | None = Field(
        default=100,
        ge=1,
        le=MOST_REQUESTS,
        description="Requests of the whole run, warm-up included; in an open loop those that arrive. Null runs until "
        "stopped, or to the end that another key says.",
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
        le=MOST_USERS,
        description="Users, each with one request in flight at most; in an open loop those of the warm-up. Locust's "
        "-u takes precedence.",
    )
    request_delay: Seconds = Field(
        default=0.0,
        description="Seconds that a user pauses between the end of a request and its next one. Not in an open loop.",
    )
    audio: AudioConfig = Field(default=AudioConfig(), description="What is said: the clips that are sent.")
    measure_for: PositiveSeconds | None = Field(
        default=None,
        description="Seconds to measure after the warm-up, instead of total_requests; with a rate, how long requests "
        "arrive.",
    )
    stop_when: StopWhen = Field(
        default=None,
        description="Ends the run when a figure is known precisely enough, instead of total_requests: the metric, "
        "and within which share of it half its interval has to be. In one line, within stands between both.",
    )
    repeat: int = Field(
        default=1,
        ge=1,
        le=MOST_REPEATS,
        description="How many runs there are, one after the other, each with a seed of its own: their results are "
        "NAME_1.json and so on, and NAME.summary.json has the spread between them.",
    )
    load: LoadConfig = Field(
        default=LoadConfig(),
        description="The load, where it isn't concurrent_requests users who wait for their answers.",
    )
    slo: SloList = Field(
        default=[],
        description="Limits that the service has to keep, or the run ends with exit code 3. A percentile ranks all "
        "measured requests, the failed ones beyond all others; of: ok has it rank the answered ones alone. abort: "
        "true ends the run as soon as the limit can't be kept any more. each says what makes a request a good one, "
        "for goodput_rps and goodput_ratio. file is a gate that `stt-load baseline` has learnt from good runs, by a "
        "path that begins in the working directory: over one of its limits a run ends with exit code 6, and is to be "
        "done once more. In one line, semicolons stand between them.",
    )
    cost: Cost = Field(default=Cost(), description="What the service costs, in any currency.")
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
    def open_loop(self) -> bool:
        """Whether requests arrive by a rate or a trace, and not when a user is ready; of levels all but those by
        which a search finds where to begin."""
        load = self.load
        if load.stages is not None:
            return "rate" in load.stages[0]
        if self.level_axis is not None:
            return self.level_axis != "users"
        return any(one is not None for one in (load.rate, load.audio_rate, load.trace))

    @property
    def level_axis(self) -> Axis | None:
        """What the levels of a sweep or a search are numbers of; None where there are none."""
        if self.load.search is not None:
            axis: Axis = self.load.search["axis"]
            return axis
        return None if self.load.levels is None else axis_of(self.load.levels)

    @property
    def locust_users(self) -> int:
        """How many users Locust needs at first: the slots of an open loop, the most that a profile has at a time, or
        those of the first level."""
        load = self.load
        if load.search is not None and load.search["from"] is None:
            return 1  # a search of a rate is told by a few levels of users where it may begin
        if self.open_loop:
            return load.max_in_flight
        if load.levels is not None:
            return int(load.levels["users"][0])
        if load.search is not None:
            return int(load.search["from"])
        if load.stages is None:
            return self.concurrent_requests
        given: list[int | list[int]] = [stage["users"] for stage in load.stages]
        return max(max(one) if isinstance(one, list) else one for one in given)

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

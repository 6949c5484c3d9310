"""What the embedded server can be told: how it queues, how long it takes, what it refuses, what it gets wrong."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from stt_load.api.names import DIALECTS, Dialect

Misbehaviour = Literal[
    "none",
    "hang",
    "hang_midway",
    "cut_character",
    "wrong_type",
    "html_error",
    "huge",
    "bad_utf8",
    "redirect",
    "error_event",
]


class ServerSettings(BaseModel):
    """A FIFO queue before k slots, or before batches of up to k. A service takes overhead_s + rtf x audio seconds,
    plus jitter."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    model: Literal["slots", "batch"] = Field(
        default="slots",
        description="How it serves. slots: each request in a slot of its own, from when one is free. batch: one "
        "batch at a time, of all that wait when the last one ends, at most as many as there are slots. They end "
        "together",
    )
    slots: int = Field(default=8, ge=1, le=100_000, description="Requests served at the same time")
    batch_growth: float = Field(
        default=0.1,
        ge=0,
        description="Of model batch: a batch of B takes 1 + batch_growth x (B - 1) times as long as the longest of "
        "its requests alone",
    )
    overhead_s: float = Field(default=0.1, ge=0, description="Fixed part of each service, in seconds")
    rtf: float = Field(default=0.04, ge=0, description="Seconds of service per second of audio")
    jitter: Literal["none", "uniform", "exponential", "lognormal"] = Field(
        default="uniform", description="Random extra time of each service: none, uniform, exponential or lognormal"
    )
    jitter_s: float = Field(
        default=0.02,
        ge=0,
        description="Scale of the jitter, in seconds: the upper end of uniform (which begins at 0), the mean of "
        "exponential, the median of lognormal (whose sigma is 1)",
    )
    cold_requests: int = Field(default=5, ge=0, description="How many of the first services are cold")
    cold_extra_s: float = Field(default=0.5, ge=0, description="What a cold service takes longer, in seconds")
    queue_limit: int | None = Field(
        default=None, ge=0, description="Waiting requests beyond which more are shed with 503; null: no limit"
    )
    error_rate: float = Field(default=0.0, ge=0, le=1, description="Share of services that end with status 500")
    cut_rate: float = Field(default=0.0, ge=0, le=1, description="Share of transcripts that end in the middle")
    stream_dialect: Literal["none", Dialect] = Field(
        default="openai",
        description=f"What streamed answers look like: {', '.join(DIALECTS[:-1])} or {DIALECTS[-1]}; none: it knows "
        "no `stream` and answers as a whole",
    )
    delta_gap_s: float = Field(
        default=0.02, ge=0, description="From one piece of a streamed text to the next, in seconds"
    )
    misbehaviour: Misbehaviour = Field(
        default="none",
        description="How services go wrong: none, hang, hang_midway, cut_character, wrong_type, html_error, huge, "
        "bad_utf8, redirect or error_event",
    )
    misbehaviour_rate: float = Field(default=1.0, ge=0, le=1, description="Share of services that go wrong so")
    hears: bool = Field(
        default=True,
        description="Whether it tells the sentences of a pack by their sound, and answers them. To other audio, or "
        "to all, it answers made-up words, always the same for the same samples",
    )
    pack: str | None = Field(
        default=None,
        min_length=1,
        description="Manifest of the recordings that it knows; null: audio.pack, or the shipped ones",
    )
    wer: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of the words that it gets wrong: another word, none, or one too many",
    )
    swap_rate: float = Field(
        default=0.0, ge=0, le=1, description="Share of answers that are another request's, which gets this one's"
    )
    truncate_rate: float = Field(
        default=0.0, ge=0, le=1, description="Share of answers that end after 20 to 65% of their words"
    )
    loop_rate: float = Field(
        default=0.0, ge=0, le=1, description="Share of answers that say some words over and over again"
    )
    wrong_above: int | None = Field(
        default=None,
        ge=0,
        description="Words and answers are wrong only where more requests than these are in flight; null: always",
    )
    api_key_env: str | None = Field(
        default=None, min_length=1, description="Environment variable that holds the API key; null: no key is asked"
    )
    max_body_bytes: int = Field(default=26_214_400, ge=1, description="Largest request body, in bytes (beyond: 413)")
    seed: int = Field(
        default=0,
        ge=0,
        le=2**53 - 1,
        description="Seed of the jitter, the errors, the cuts, the misbehaviour and the wrong words",
    )

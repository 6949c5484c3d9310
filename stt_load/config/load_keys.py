"""The part of the configuration that says what load there is, where it isn't users who wait for their answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from stt_load.config.level_values import LevelList, SearchFor
from stt_load.config.load_values import Stages
from stt_load.config.section import MOST_RATE, MOST_USERS, PositiveSeconds, Section

BURSTIEST, EVENEST = 0.01, 100.0
"""Shapes of gamma arrivals: with the one a hundred requests come at once, with the other they are as good as even."""

Rate = Annotated[float, Field(gt=0, le=MOST_RATE)]
Arrivals = Literal["poisson", "constant", "gamma"]


class LoadConfig(Section):
    """An open loop, in which requests arrive whatever has become of those before; or a profile of users."""

    rate: Rate | None = Field(
        default=None,
        description="Requests that arrive per second, whatever has become of those before: an open loop. "
        "Response times count from when a request was due. The warm-up has concurrent_requests at a time.",
    )
    audio_rate: Rate | None = Field(
        default=None, description="Seconds of audio that arrive per second, instead of a rate of requests."
    )
    arrivals: Arrivals = Field(
        default="poisson",
        description="How arrivals are spread. poisson: at random, as those of many independent people. constant: "
        "evenly. gamma: at random, as bursty as burstiness says.",
    )
    burstiness: float = Field(
        default=1.0,
        ge=BURSTIEST,
        le=EVENEST,
        description="Shape of the gaps between gamma arrivals: 1 is poisson, lower is burstier, higher is more even.",
    )
    max_in_flight: int = Field(
        default=1000,
        ge=1,
        le=MOST_USERS,
        description="Slots that carry out an open loop: so many requests can be in flight at a time. Locust calls "
        "them users.",
    )
    max_lag: PositiveSeconds = Field(
        default=1.0,
        description="Seconds after which an arrival that no slot has taken is dropped; it counts as failed, by the "
        "load generator.",
    )
    trace: str | None = Field(
        default=None,
        min_length=1,
        description="File of recorded arrivals, instead of a rate: JSON lines, or CSV, with offset_s and with "
        "audio_s or file. A relative path begins in the working directory.",
    )
    speed: Annotated[float, Field(gt=0, le=MOST_RATE)] = Field(
        default=1.0, description="How many times as fast as they were recorded the arrivals of a trace come."
    )
    stages: Stages = Field(
        default=None,
        description="A profile, stage by stage, each with figures of its own: a rate of arrivals, or users, and how "
        "many seconds for. A pair is a ramp from the one to the other. In one line: 5 for 60, 5..20 for 120; "
        "of users, users 5 for 60, 10 for 60.",
    )
    levels: LevelList = Field(
        default=None,
        description="Loads that are tried one after the other, each with a warm-up and figures of its own: users, a "
        "rate, or an audio_rate, and how many requests or seconds each is measured for (200 requests of users, else "
        "60 seconds).",
    )
    search: SearchFor = Field(
        default=None,
        description="Finds the highest load at which the SLOs hold, which need a latency limit; a limit of the "
        "error_rate is added. axis: of what. from: where it begins (1 user; 0.4 of the rate that users carried). "
        "to: no level above (1000 users). resolution: the share by which both ends may differ (a tenth). max_time: "
        "seconds (600). max_requests: 20000. at_least: what has to be carried, or the run ends with exit code 3. "
        "mode: auto, default, careful, quick or coarse; auto takes what fits into max_time.",
    )

"""The load that a configuration asks for, as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args

from stt_load.load.timetable import timetable_of
from stt_load.samples.levels import Axis, Levels, Search
from stt_load.samples.run_info import ClosedLoop, Load, OpenLoop, Stage, Trace

SHAPES = ("rate", "audio_rate", "trace", "stages")
"""The keys of which one says what load there is, if any does and there are no levels."""
MOST_USERS_SEARCHED = 1000
"""Above which a search over users does not go, unless it is told to."""


def asked_load(config: Mapping[str, Any], users: int, seed: int, mean_audio_s: Callable[[], float]) -> Load:
    """What `config`, a whole configuration as plain values, asks for.

    users: that Locust was asked for in a closed loop. seed: of the arrivals. mean_audio_s: tells how long a clip is
    on average; called where a rate of audio is asked for.
    """
    load = config["load"]
    stages = tuple(map(_stage, load["stages"] or ()))
    if load["stages"] is not None and "users" in load["stages"][0]:
        most = int(max(max(stage.first, stage.last) for stage in stages))
        return ClosedLoop(users=most, request_delay_s=config["request_delay"], stages=stages)
    if all(load[name] is None for name in SHAPES):
        return ClosedLoop(users=users, request_delay_s=config["request_delay"])
    measure_for_s: float | None = config["measure_for"]
    rate = load["rate"] if load["audio_rate"] is None else load["audio_rate"] / mean_audio_s()
    if rate is not None:
        stages = (Stage(first=float(rate), last=float(rate), for_s=measure_for_s),)
    asked = OpenLoop(
        stages=stages,
        staged=load["stages"] is not None,
        audio_rate=load["audio_rate"],
        arrivals=load["arrivals"],
        burstiness=load["burstiness"],
        trace=None if load["trace"] is None else Trace(file=load["trace"], speed=load["speed"]),
        planned=None if config["total_requests"] is None else config["total_requests"] - config["warmup_requests"],
        warmup_users=config["concurrent_requests"],
        max_in_flight=load["max_in_flight"],
        max_lag_s=load["max_lag"],
    )
    return asked if asked.planned is not None else replace(asked, planned=_planned(asked, seed))


def levels_asked(config: Mapping[str, Any]) -> Levels | None:
    """The levels, or the search, that `config`, a whole configuration as plain values, asks for; None: neither."""
    levels, search = config["load"]["levels"], config["load"]["search"]
    if search is not None:
        known = [search[name] for name in ("from", "at_least") if search[name] is not None]
        most = max([MOST_USERS_SEARCHED, *known]) if search["axis"] == "users" else None
        return Levels(
            axis=search["axis"],
            search=Search(
                start=search["from"],
                to=most if search["to"] is None else search["to"],
                resolution=search["resolution"],
                max_time_s=search["max_time"],
                max_requests=search["max_requests"],
                at_least=search["at_least"],
                mode=search["mode"],
            ),
        )
    if levels is None:
        return None
    axis: Axis = next(axis for axis in get_args(Axis) if axis in levels)
    values = tuple(map(float, levels[axis]))
    return Levels(axis=axis, values=values, requests=levels.get("requests"), seconds=levels.get("seconds"))


def _stage(given: Mapping[str, Any]) -> Stage:
    value = given.get("rate", given.get("users"))
    first, last = value if isinstance(value, list) else (value, value)
    return Stage(first=float(first), last=float(last), for_s=float(given["for"]))


def _planned(load: OpenLoop, seed: int) -> int | None:
    """How many arrivals there are; None where nothing ends them. A trace has an end of its own."""
    lengths = [stage.for_s for stage in load.stages]
    if None in lengths:
        return None
    ends_s = math.inf if load.trace is not None else sum(length for length in lengths if length is not None)
    return timetable_of(load, seed).arrivals_within(ends_s)

"""Levels: loads that are tried one after the other in one run, by a sweep or a search. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

Axis = Literal["users", "rate", "audio_rate"]
"""What a level is a number of: requests in flight, arrivals per second, seconds of audio per second."""
Tier = Literal["sweep", "screen", "confirm"]
"""sweep: measured, and held against nothing. screen: looked at, to find the place. confirm: tested for longer."""
Outcome = Literal["measured", "pass", "fail", "open"]
"""measured: of a sweep. open: it can't be told, with so many requests."""
Mode = Literal["auto", "default", "careful", "quick", "coarse"]
"""How much a search does to be right; `auto` takes what fits into its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """When the rows of a level are looked at, and how sure one has to be: at n = max(first, first_each x N) rows,
    then `growth` times as many again and again, up to max(last, last_each x N), where N is the concurrency."""

    first: Annotated[int, "Rows at the first look, at least,"]
    first_each: Annotated[float, "and for each one in flight."]
    last: Annotated[int, "Rows at the last look, at least,"]
    last_each: Annotated[float, "and for each one in flight."]
    growth: Annotated[float, "How many times as many rows the next look has."]
    alpha: Annotated[float, "Probability of an error of each look."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A level that is to be tried."""

    axis: Annotated[Axis, "What it is a number of."]
    value: Annotated[float, "That number."]
    tier: Annotated[
        Tier, "sweep: held against nothing. screen: looked at, to find the place. confirm: tested for longer."
    ]
    looks: Annotated[Looks | None, "How it is tested; null: not at all."] = None
    requests: Annotated[int | None, "Without a test, its measured requests; null: so many seconds."] = None
    seconds: Annotated[float | None, "Without a test, how long it is measured; null: so many requests."] = None
    concurrency: Annotated[
        int | None, "Of a rate, how many requests are in flight where none waits; null: not known, or of users."
    ] = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the test of a level has found."""

    outcome: Annotated[Outcome, "open: it can't be told, with so many requests."]
    binding: Annotated[
        str | None, "The SLO that fails, or is nearest to it, as it was written; null: no row tells of any."
    ]
    n: Annotated[int, "In so many rows, the first ones."]
    leans: Annotated[
        Literal["pass", "fail"], "On which side of their limits these rows are, whether or not that is certain."
    ] = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The search that was asked for."""

    start: Annotated[float | None, "Where it begins; null: at one user, or at 0.4 of the rate that users carried."]
    to: Annotated[float | None, "No level above that; null: none."]
    resolution: Annotated[float, "The share by which both ends may differ."]
    max_time_s: Annotated[float, "How long it may take."]
    max_requests: Annotated[int | None, "How many requests it may make; null: no limit."]
    at_least: Annotated[float | None, "What the service is to carry; null: nothing is asked."]
    mode: Annotated[Mode, "How much it does to be right."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The levels that were asked for: of a sweep all of them, or a search."""

    axis: Annotated[Axis, "What they are numbers of."]
    values: Annotated[tuple[float, ...], "Those of a sweep, in their order; none of a search."] = ()
    requests: Annotated[int | None, "Measured requests of each level of a sweep; null: so many seconds."] = None
    seconds: Annotated[float | None, "How long each level of a sweep is measured; null: so many requests."] = None
    search: Annotated[Search | None, "The search; null: a sweep."] = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Which ends of a bracket were confirmed by a long test; the other one was screened only, or there is none."""

    carries: Annotated[bool, "The level that is carried."]
    fails_at: Annotated[bool, "The one that is not."]


Limited = Literal["generator", "max_time", "max_requests", "to", "interrupted", "broken", "gone"]
"""What kept a search from finding its upper end, or from confirming it. gone: no request succeeded any more, where as
much load was carried before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """The answer of a search: what the service carries, and where it does not any more."""

    axis: Annotated[Axis, "What the numbers here are numbers of."]
    carries: Annotated[float | None, "The highest level whose SLOs hold; null: none does."]
    fails_at: Annotated[float | None, "The lowest level above where they don't; null: none was found."]
    confirmed: Annotated[Confirmed, "Which of both a long test has confirmed; otherwise it is screened only."]
    binding: Annotated[str | None, "The SLO that fails first, as it was written; null: none failed."]
    boundary: Annotated[
        Literal["cliff", "slope"] | None,
        "cliff: between both ends the binding figure grows by more than twice what the load does. slope: not.",
    ]
    mode: Annotated[Mode, "How much was done to be right; never auto."]
    resolution: Annotated[float, "The share by which both ends were to differ at most."]
    limited: Annotated[Limited | None, "What kept it from more; null: nothing."]
    monotone: Annotated[bool, "False: a higher level was carried than one that was not."]
    knee: Annotated[float | None, "The level from which more load brings waiting instead of throughput; null: none."]
    sentence: Annotated[str, "The answer in words."] = ""

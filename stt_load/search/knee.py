"""The knee: from which level on more load brings waiting instead of throughput."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stt_load.samples.levels import Axis
from stt_load.stats.model import Summary

LEAST_GAIN = 0.4
"""Of what the requests in flight grow by, as a share on a logarithmic scale: less throughput than that, and most of
what is added waits. Four times the users on a service that is full at twice as many have half."""
NEAR = 2.5
"""Levels that are further apart than so many times don't tell where between them it is."""
CHANCE = 3.0
"""Standard deviations of a number of arrivals that chance makes."""


@dataclass(frozen=True, slots=True)
class Point:
    """A level: its value, what it does in a second, and how many requests were in flight."""

    value: float
    rps: float
    in_flight: float


def points(levels: Iterable[tuple[float, Summary]], axis: Axis, pause_s: float = 0.0) -> tuple[Point, ...]:
    """Of levels of one axis, each its value and what it came to; of one that was tried again the last. Lowest first;
    without those of which there is no throughput. pause_s: of a user between an answer and its next request.

    By Little's law, which needs no steady beginning: users do as many as there are of them in the time that each
    takes. What arrives is done, unless it is clear that less is: in a short level chance makes it more or less.
    """
    found: dict[float, Point] = {}
    for value, summary in levels:
        mean_s = summary.metrics.response_time_s.mean
        if not mean_s:
            continue
        rps = value / (mean_s + pause_s) if axis == "users" else _done(value, summary, axis)
        if rps:
            found[value] = Point(value, rps, rps * mean_s)
    return tuple(found[value] for value in sorted(found))


def knee(some: Sequence[Point]) -> float | None:
    """The lowest level from which throughput grows by less than a part of what the requests in flight do, up to each
    level above it. None where it always grows by more, or too few levels are known."""
    for number, this in enumerate(some):
        above = some[number + 1 :]
        if above and above[0].value <= NEAR * this.value and all(_waits(this, other) for other in above):
            return this.value
    return None


def _waits(this: Point, above: Point) -> bool:
    more = math.log(above.in_flight / this.in_flight)
    return more > 0 and math.log(above.rps / this.rps) < LEAST_GAIN * more


def _done(value: float, summary: Summary, axis: Axis) -> float | None:
    """What is done of a rate, in its unit."""
    figures = summary.metrics
    done = figures.audio_throughput if axis == "audio_rate" else figures.throughput_rps
    if not done:
        return None
    least = 1 - CHANCE / math.sqrt(figures.requests.total)
    return done if done < least * value else value

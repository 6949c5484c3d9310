"""How much a search does to be right: when a level is looked at, and how sure one has to be.

The numbers, and what they cost, were found by simulating queues: of k slots, of processor sharing, of batches, and
one that sheds. They hold for such services, and no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from stt_load.samples.levels import Axis, Looks, Mode, Tier

COARSE_RESOLUTION = 1.0
"""Of the mode `coarse`: both ends a factor of two apart."""
RARE = 0.03
"""A share that may be over the limit, as the 1% of a P99: below this it takes more requests to tell."""
RARER = 0.003
"""Likewise, as the 0.1% of a P99.9."""


@dataclass(frozen=True, slots=True)
class Tiers:
    """How the levels of a mode are tested.

    units: how long a search takes, in mean service times, at the dearest of the services that were simulated but the
    one of batches (883, 454 and 1,453 in the modes default, quick and careful); the median of many searches. levels:
    the most it took. requests: all that were sent, at 64 slots.
    """

    screen: Looks
    confirm: Looks
    units: float
    levels: int
    requests: int


def _looks(first: tuple[int, float], last: tuple[int, float], growth: float, alpha: float) -> Looks:
    return Looks(first=first[0], first_each=first[1], last=last[0], last_each=last[1], growth=growth, alpha=alpha)


DEFAULT = Tiers(
    _looks((8, 2), (40, 4), 2, 0.1), _looks((60, 4), (600, 40), 1.5, 0.05), units=530, levels=16, requests=9_600
)
CAREFUL = Tiers(
    _looks((8, 2), (60, 6), 2, 0.1), _looks((60, 4), (1_000, 60), 1.5, 0.025), units=785, levels=16, requests=12_600
)
QUICK = Tiers(
    _looks((8, 2), (24, 3), 2, 0.1), _looks((60, 3), (120, 12), 1.5, 0.05), units=250, levels=16, requests=6_400
)
COARSE = replace(DEFAULT, units=200, levels=11)
P99 = Tiers(
    _looks((40, 3), (160, 8), 2, 0.1),
    _looks((300, 6), (1_500, 40), 1.5, 0.05),
    units=1_620,
    levels=16,
    requests=9_600,
)
RATE = Tiers(
    _looks((40, 5), (160, 20), 2, 0.1),
    _looks((200, 10), (1_600, 60), 1.5, 0.01),
    units=1_800,
    levels=16,
    requests=10_700,
)
_OF_USERS: Mapping[Mode, Tiers] = {"default": DEFAULT, "careful": CAREFUL, "quick": QUICK, "coarse": DEFAULT}


def tiers(mode: Mode, axis: Axis, rarest: float) -> Tiers:
    """Those of `mode`, which is not auto. rarest: the smallest share of requests that may be over a limit."""
    found = _OF_USERS[mode]
    if rarest < RARE:
        found = _joined(found, P99)
    if rarest < RARER:
        found = _rarer(found)
    if axis != "users":
        found = _joined(found, RATE)
    if mode != "coarse":
        return found
    less = COARSE.units / DEFAULT.units
    return replace(
        found,
        units=round(found.units * less),
        levels=COARSE.levels,
        requests=math.ceil(found.requests * less),
    )


def chosen(axis: Axis, rarest: float, service_s: float, max_time_s: float) -> Mode:
    """The most careful mode that fits into `max_time_s` where a request takes `service_s` at the first level."""
    fitting: Iterable[Mode] = ("default", "quick") if axis == "users" and rarest >= RARE else ("default",)
    for mode in fitting:
        if tiers(mode, axis, rarest).units * service_s <= max_time_s:
            return mode
    return "coarse"


def resolution(mode: Mode, asked: float) -> float:
    """By how much both ends may differ, as a share: of `coarse` what it has, whatever was asked for."""
    return max(asked, COARSE_RESOLUTION) if mode == "coarse" else asked


def looks_at(looks: Looks, concurrency: int) -> tuple[int, ...]:
    """At how many rows a level is looked at, with so many requests in flight; the last one is the end."""
    last = max(looks.last, math.ceil(looks.last_each * concurrency))
    found = [max(looks.first, math.ceil(looks.first_each * concurrency))]
    while found[-1] < last:
        found.append(min(last, math.ceil(found[-1] * looks.growth)))
    return tuple(found)


def of_tier(found: Tiers, tier: Tier) -> Looks:
    """The looks of a tier of a search."""
    return found.confirm if tier == "confirm" else found.screen


def _joined(one: Tiers, other: Tiers) -> Tiers:
    """What is enough for both."""
    return Tiers(
        _of_both(one.screen, other.screen),
        _of_both(one.confirm, other.confirm),
        max(one.units, other.units),
        max(one.levels, other.levels),
        max(one.requests, other.requests),
    )


def _of_both(one: Looks, other: Looks) -> Looks:
    return Looks(
        first=max(one.first, other.first),
        first_each=max(one.first_each, other.first_each),
        last=max(one.last, other.last),
        last_each=max(one.last_each, other.last_each),
        growth=min(one.growth, other.growth),
        alpha=min(one.alpha, other.alpha),
    )


def _rarer(one: Tiers) -> Tiers:
    """Ten times as many rows, for what is a tenth as frequent."""
    screen, confirm = (
        replace(looks, first=10 * looks.first, last=10 * looks.last) for looks in (one.screen, one.confirm)
    )
    return replace(one, screen=screen, confirm=confirm, units=10 * one.units, requests=10 * one.requests)

"""What a run of levels will cost at most, said before it begins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stt_load.samples.levels import Levels, Mode, Search
from stt_load.search.indicators import rarest
from stt_load.search.modes import chosen, tiers
from stt_load.slo.model import Slo


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """At most so many levels, and about so much of the rest.

    seconds: None where that depends on how long a request takes, which is not known. requests: of a search all that
    are sent, of a sweep measured ones; None where only the time is known. audio_s: of these; None where nobody knows
    how long a clip is. units: how many times a request takes, in seconds, a search lasts; None of a sweep. mode: how
    much a search does, None of a sweep and where that depends on the first level. enough: whether all that fits into
    the time it may take; None: not known.
    """

    levels: int
    seconds: float | None
    requests: int | None
    audio_s: float | None
    units: float | None = None
    mode: Mode | None = None
    enough: bool | None = None


def estimate(
    levels: Levels, slos: Sequence[Slo], *, service_s: float | None = None, audio_s: float | None = None
) -> Estimate:
    """service_s: mean response time of the first level, None before it. audio_s: mean length of a clip, None where it
    isn't known."""
    if levels.search is not None:
        return _of_search(levels, levels.search, slos, service_s, audio_s)
    count = len(levels.values)
    requests = None if levels.requests is None else count * levels.requests
    if levels.seconds is not None and levels.axis != "users":
        rate = sum(levels.values) if levels.axis == "rate" else sum(levels.values) / audio_s if audio_s else None
        requests = None if rate is None else math.ceil(rate * levels.seconds)
    return Estimate(
        levels=count,
        seconds=None if levels.seconds is None else count * levels.seconds,
        requests=requests,
        audio_s=_of_all(requests, audio_s),
    )


def _of_search(
    levels: Levels, search: Search, slos: Sequence[Slo], service_s: float | None, audio_s: float | None
) -> Estimate:
    rare = rarest(slos)
    mode: Mode | None = search.mode if search.mode != "auto" else None
    if mode is None and service_s is not None:
        mode = chosen(levels.axis, rare, service_s, search.max_time_s)
    found = tiers(mode or "default", levels.axis, rare)
    needed_s = None if service_s is None else found.units * service_s
    requests = found.requests if search.max_requests is None else min(found.requests, search.max_requests)
    return Estimate(
        levels=found.levels,
        seconds=None if needed_s is None else min(needed_s, search.max_time_s),
        requests=requests,
        audio_s=_of_all(requests, audio_s),
        units=found.units,
        mode=mode,
        enough=None if needed_s is None else needed_s <= search.max_time_s,
    )


def _of_all(requests: int | None, audio_s: float | None) -> float | None:
    return None if requests is None or audio_s is None else requests * audio_s

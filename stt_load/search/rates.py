"""What levels that were tried tell of rates: where a search of one begins, how many requests it keeps in flight."""

from __future__ import annotations

import math
from collections.abc import Iterable

from stt_load.samples.levels import Axis
from stt_load.search.strategy import Tried
from stt_load.stats.model import Summary

OF_CARRIED = 0.4
"""Where a search of a rate begins, as a share of what users carried: well below what is searched for."""


def first_rate(carried: Tried, axis: Axis) -> float | None:
    """carried: the highest level of users that was. None where nothing was answered."""
    rate_rps = steady_rps(carried)
    audio_s = mean_audio_s(carried.summary) if axis == "audio_rate" else 1.0
    return None if rate_rps is None or audio_s is None else float(f"{OF_CARRIED * rate_rps * audio_s:.3g}")


def steady_rps(tried: Tried) -> float | None:
    """Requests per second of a level of users, by Little's law: so many in flight, each for so long. A short level's
    own rate is too low by what it takes to begin and to end."""
    mean_s = tried.summary.metrics.response_time_s.mean
    return tried.trial.value / mean_s if mean_s else None


def mean_audio_s(summary: Summary) -> float | None:
    """How long a clip was that was answered well."""
    audio_per_s, rps = summary.metrics.audio_throughput, summary.metrics.throughput_rps
    return audio_per_s / rps if audio_per_s and rps else None


def concurrency_of(value: float, axis: Axis, tried: Iterable[Tried]) -> int | None:
    """How many requests a rate keeps in flight where none of them waits: by the shortest mean service time of all
    levels so far. None where there was none."""
    found = [one.summary for one in tried if one.summary.metrics.service_time_s.mean]
    if not found:
        return None
    quickest = min(found, key=lambda one: one.metrics.service_time_s.mean or math.inf)
    audio_s = mean_audio_s(quickest) if axis == "audio_rate" else 1.0
    if not audio_s:
        return None
    return max(1, math.floor(value / audio_s * (quickest.metrics.service_time_s.mean or 0.0)))

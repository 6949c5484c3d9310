"""What a load means in other units: each number follows from the others by Little's law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from stt_load.report.messages import Messages
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import Phase
from stt_load.storage.levels_record import TriedLevel

MINUTE = 60.0
MOST_OF_ITS_OWN = 0.05
"""A closed loop whose generator takes a larger share of the time than that has fewer in flight than users."""


@dataclass(frozen=True, slots=True)
class AtLoad:
    """in_flight = rate_rps x mean_s, and audio_per_s = rate_rps x the mean length of a clip, exactly. mean_s: mean
    response time, failed ones too. audio_per_s: seconds of audio per second, of what was answered."""

    in_flight: float
    rate_rps: float
    mean_s: float
    audio_per_s: float


def at_load(level: TriedLevel) -> AtLoad | None:
    """What `level` means, from its own number and what was measured of one request; None: none was answered."""
    measured = level.run.samples.phase(Phase.MEASURED)
    judged = measured.where(measured.ok | measured.failed)
    ok = measured.where(measured.ok)
    if not len(ok):
        return None
    mean_s = float(np.mean(judged.response_s))
    good, audio_s = len(ok) / len(judged), float(np.mean(ok.seconds("audio_s")))
    rate_rps = _rate_rps(level, mean_s, audio_s)
    return AtLoad(rate_rps * mean_s, rate_rps, mean_s, rate_rps * good * audio_s)


def _rate_rps(level: TriedLevel, mean_s: float, audio_s: float) -> float:
    """Requests per second: of users what they make, with a response time and a pause each."""
    trial, load = level.trial, level.run.info.load
    if trial.axis == "rate":
        return trial.value
    if trial.axis == "audio_rate":
        return trial.value / audio_s
    pause_s = load.request_delay_s if isinstance(load, ClosedLoop) else 0.0
    checks = level.run.summary.validity.checks
    own = next((check.value for check in checks if check.name == "closed_loop_share" and check.value), 0.0)
    users = trial.value * (1 - own) if own > MOST_OF_ITS_OWN else trial.value
    return users / (mean_s + pause_s)


def audio_hour(cost: Mapping[str, Any] | None, audio_per_s: float) -> float | None:
    """The price of an hour of audio at a load; None where no price is known. What a deployment costs per hour is
    shared by all the audio of that hour, what a service asks for each minute is the same at any load."""
    prices = []
    if cost and cost.get("per_hour") is not None and audio_per_s > 0:
        prices.append(cost["per_hour"] / audio_per_s)
    if cost and cost.get("per_audio_minute") is not None:
        prices.append(cost["per_audio_minute"] * MINUTE)
    return sum(prices) if prices else None


def fine(value: float) -> str:
    """Three digits or more, never fewer than a person needs to compute with it."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def means(say: Messages, found: AtLoad) -> dict[str, str]:
    """The numbers as they are written."""
    return {
        "in_flight": fine(found.in_flight),
        "rate": fine(found.rate_rps),
        "mean": say.seconds(found.mean_s),
        "audio": fine(found.audio_per_s),
        "hours": fine(found.audio_per_s / MINUTE),
    }

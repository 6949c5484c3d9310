"""The order of one level: a plain run of the configuration that the level comes down to."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from stt_load.config import Config
from stt_load.run.order import Order
from stt_load.samples.levels import Levels, Trial
from stt_load.storage import result_file

SEED_BITS = 32
OWN = {
    *("load", "total_requests", "measure_for", "stop_when", "repeat", "wait_ready", "continue_on_dead_warmup"),
    "max_consecutive_failures",
    *("warmup_requests", "concurrent_requests", "request_delay"),
}
"""Keys that a level has values of its own of."""


def level_order(
    whole: Order, asked: Levels, trial: Trial, number: int, *, seed: int, service_s: float | None, path: Path
) -> Order:
    """What is asked for in the `number`-th level of `asked`, which is what `whole` asks for.

    seed: of all levels together; the clips of each are others, which can be had again. service_s: the mean service
    time as far as it is known; None: it isn't. path: of the result of the whole.
    """
    config = _config(whole, trial, seed, first=number == 0, service_s=service_s)
    return replace(
        whole,
        config=config,
        shown=whole.shown | _changed(config),
        save_path=str(result_file.level_path(path, number)),
        level=number,
        levels=asked,
        drawn=random.Random(f"{seed} level {number}").getrandbits(SEED_BITS),
    )


def _config(whole: Order, trial: Trial, seed: int, *, first: bool, service_s: float | None) -> Config:
    """The warm-up has the load of the level: as many requests in flight, and one each at least; before the first
    level as many as were asked for, as the service may be cold."""
    given = whole.config
    by_rate = trial.axis != "users"
    load = given.load.model_copy(
        update={
            "levels": None,
            "search": None,
            "rate": trial.value if trial.axis == "rate" else None,
            "audio_rate": trial.value if trial.axis == "audio_rate" else None,
        }
    )
    users = _in_flight(whole, trial, seed, service_s) if by_rate else round(trial.value)
    warmup = max(users, given.warmup_requests if first else 0)
    return given.model_copy(
        update={
            "load": load,
            "total_requests": None if trial.requests is None else warmup + trial.requests,
            "measure_for": trial.seconds,
            "stop_when": None,
            "repeat": 1,
            "warmup_requests": warmup,
            "concurrent_requests": users,
            "request_delay": 0.0 if by_rate else given.request_delay,
            # The service has been there before: what it answers now is what the level comes to.
            "wait_ready": given.wait_ready if first else 0.0,
            "continue_on_dead_warmup": given.continue_on_dead_warmup or not first,
            "max_consecutive_failures": given.max_consecutive_failures if first else None,
        }
    )


def _in_flight(whole: Order, trial: Trial, seed: int, service_s: float | None) -> int:
    """How many requests a rate keeps in flight, where none waits."""
    most = whole.config.load.max_in_flight
    if service_s is None:
        return min(most, whole.config.concurrent_requests)
    rate = trial.value if trial.axis == "rate" else trial.value / whole.mean_audio_s(seed)
    return max(1, min(most, math.ceil(rate * service_s)))


def _changed(config: Config) -> dict[str, Any]:
    """What a level's configuration has of its own, as it is shown."""
    return config.model_dump(mode="json", include=OWN)

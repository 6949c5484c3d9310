"""Timetables and loads for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stt_load.load.timetable import WhenReady
from stt_load.samples.run_info import OpenLoop, Stage


class When(WhenReady):
    """Due as a function has it."""

    def __init__(self, due_s: Callable[[int], float | None]) -> None:
        self.due_s = due_s  # type: ignore[assignment]


def open_loop(*stages: tuple[float, float, float | None], staged: bool | None = None, **values: Any) -> OpenLoop:
    """An open loop of these stages, (first rate, last rate, seconds); evenly spread unless said otherwise."""
    usual: dict[str, Any] = {
        "audio_rate": None,
        "arrivals": "constant",
        "burstiness": 1.0,
        "trace": None,
        "planned": None,
        "warmup_users": 5,
        "max_in_flight": 1_000,
        "max_lag_s": 1.0,
    }
    return OpenLoop(stages=stages_of(stages), staged=len(stages) > 1 if staged is None else staged, **usual | values)


def stages_of(stages: Sequence[tuple[float, float, float | None]]) -> tuple[Stage, ...]:
    """The same as a load has them."""
    return tuple(Stage(first=first, last=last, for_s=for_s) for first, last, for_s in stages)

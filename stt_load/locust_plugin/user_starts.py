"""Users that start: the stage that they play on, and how many of them have not come to their first task."""

from __future__ import annotations

from collections.abc import Hashable
from typing import cast

from gevent.event import AsyncResult
from locust.env import Environment

from stt_load.run.context import Stage


def enter(environment: Environment, stage: Stage) -> None:
    """Makes `stage` the one that users of this environment play on from now on, those that wait for one included."""
    if _next_stage(environment).ready():
        clear(environment)
    _next_stage(environment).set(stage)
    _tell(environment)


def clear(environment: Environment) -> None:
    """Users that start from now on wait for the next stage."""
    environment.stt_stage = AsyncResult()  # type: ignore[attr-defined]


def stage_of(environment: Environment) -> Stage:
    """The one that users who start now play on. Waits until there is one."""
    return cast(Stage, _next_stage(environment).get())


def begins(environment: Environment, user: Hashable) -> None:
    """A user was spawned: its `on_start`, which may take its time, goes on."""
    _starting(environment).add(user)
    _tell(environment)


def has_begun(environment: Environment, user: Hashable) -> None:
    """It has come to its first task, or is gone. May be said more than once."""
    if user in _starting(environment):
        _starting(environment).remove(user)
        _tell(environment)


def _next_stage(environment: Environment) -> AsyncResult[Stage]:
    """On a worker that joins a run, users are there before anything of ours has been called."""
    if not hasattr(environment, "stt_stage"):
        clear(environment)
    return cast("AsyncResult[Stage]", environment.stt_stage)  # type: ignore[attr-defined]


def _starting(environment: Environment) -> set[Hashable]:
    if not hasattr(environment, "stt_starting"):
        environment.stt_starting = set()  # type: ignore[attr-defined]
    return cast("set[Hashable]", environment.stt_starting)  # type: ignore[attr-defined]


def _tell(environment: Environment) -> None:
    """How many they are, to the run that they will be part of."""
    if _next_stage(environment).ready():
        stage_of(environment).desk.starting(len(_starting(environment)))

"""Users that start: the run that they will be part of, and how many of them have not come to their first task."""

from __future__ import annotations

from collections.abc import Hashable
from typing import cast

from gevent.event import AsyncResult
from locust.env import Environment

from stt_load.locust_plugin import shown_errors
from stt_load.run.context import RunContext


def enter(environment: Environment, context: RunContext) -> None:
    """Makes `context` that of all users of this environment from now on, those that wait for one, or for something to
    do in the run before, included."""
    previous = None
    if _next_context(environment).ready():
        previous = context_of(environment)
        clear(environment)
    shown_errors.begin(environment)
    _next_context(environment).set(context)
    _tell(environment)
    if previous is not None:
        previous.dispatcher.retire()


def clear(environment: Environment) -> None:
    """Users that start from now on wait for the next context."""
    environment.stt_context = AsyncResult()  # type: ignore[attr-defined]


def context_of(environment: Environment) -> RunContext:
    """That of users who start now. Waits until there is one."""
    return cast(RunContext, _next_context(environment).get())


def begins(environment: Environment, user: Hashable) -> None:
    """A user was spawned: its `on_start`, which may take its time, goes on."""
    _starting(environment).add(user)
    _tell(environment)


def has_begun(environment: Environment, user: Hashable) -> None:
    """It has come to its first task, or is gone. May be said more than once."""
    if user in _starting(environment):
        _starting(environment).remove(user)
        _tell(environment)


def _next_context(environment: Environment) -> AsyncResult[RunContext]:
    """On a worker that joins a run, users are there before anything of ours has been called."""
    if not hasattr(environment, "stt_context"):
        clear(environment)
    return cast("AsyncResult[RunContext]", environment.stt_context)  # type: ignore[attr-defined]


def _starting(environment: Environment) -> set[Hashable]:
    if not hasattr(environment, "stt_starting"):
        environment.stt_starting = set()  # type: ignore[attr-defined]
    return cast("set[Hashable]", environment.stt_starting)  # type: ignore[attr-defined]


def _tell(environment: Environment) -> None:
    """How many they are, to the run that they will be part of."""
    if _next_context(environment).ready():
        context_of(environment).dispatcher.starting(len(_starting(environment)))

"""Users that start: they wait for the run that they will be part of, and it knows how many they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gevent
import pytest

from stt_load.locust_plugin import user_starts


class Context:
    """A run's context as far as starting users see it."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.dispatcher = SimpleNamespace(starting=self.told.append)


@pytest.fixture
def environment() -> Any:
    return SimpleNamespace()


def test_who_starts_before_there_is_a_run_waits_for_it(environment: Any) -> None:
    waiting = gevent.spawn(user_starts.context_of, environment)
    gevent.sleep(0)
    assert not waiting.ready()
    context: Any = Context()
    user_starts.enter(environment, context)
    assert waiting.get(timeout=60) is context


def test_whoever_starts_after_a_run_waits_for_the_next_one(environment: Any) -> None:
    first: Any = Context()
    second: Any = Context()
    user_starts.enter(environment, first)
    user_starts.clear(environment)
    waiting = gevent.spawn(user_starts.context_of, environment)
    user_starts.enter(environment, second)
    assert waiting.get(timeout=60) is second


def test_a_run_knows_how_many_are_in_their_on_start(environment: Any) -> None:
    user_starts.begins(environment, "one")
    context: Any = Context()
    user_starts.enter(environment, context)
    user_starts.begins(environment, "two")
    user_starts.has_begun(environment, "one")
    user_starts.has_begun(environment, "one")  # may be said again
    user_starts.has_begun(environment, "two")
    assert context.told == [1, 2, 1, 0]

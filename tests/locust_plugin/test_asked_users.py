"""How many users Locust starts, by the load that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from locust import HttpUser, LoadTestShape
from locust.runners import STATE_RUNNING, STATE_STOPPED

from stt_load.config import Config, ConfigError
from stt_load.locust_plugin import asked_users
from tests.locusts import command_line, local_environment

Started = list[tuple[int, float]]
STAGES = {"users": [{"users": 2, "for": 1}, {"users": [3, 9], "for": 1}], "rate": [{"rate": [1, 500], "for": 1}]}


class Shape(LoadTestShape):
    """Ends at once."""

    def tick(self) -> None:
        return None


def config_of(**load: Any) -> Config:
    return Config.model_validate({"load": load})


@pytest.mark.parametrize(
    ("load", "users"),
    [
        ({}, None),
        ({"rate": 3}, 1000),
        ({"audio_rate": 3, "max_in_flight": 7}, 7),
        ({"trace": "trace.jsonl", "max_in_flight": 7}, 7),
        ({"stages": STAGES["rate"], "max_in_flight": 7}, 7),
        ({"stages": STAGES["users"], "max_in_flight": 7}, 9),
        ({"levels": "users 3, 9", "max_in_flight": 7}, 3),
        ({"levels": "rate 3, 9", "max_in_flight": 7}, 7),
        ({"search": "users"}, 1),
        ({"search": "users from 4"}, 4),
        ({"search": "audio_rate from 4", "max_in_flight": 7}, 7),
    ],
)
def test_an_open_loop_has_its_slots_stages_their_most_users_and_levels_those_of_the_first(
    load: dict[str, Any], users: int | None
) -> None:
    assert asked_users.fixed(config_of(**load)) == users


@pytest.fixture
def runner_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[Any, Started]]:
    """A runner that says what it is told to start, for a configuration that may change."""

    def make(asked: Callable[[], Config]) -> tuple[Any, Started]:
        _, options = command_line(monkeypatch, tmp_path, None, "--headless")
        runner = local_environment(options).runner
        assert runner is not None
        runner.greenlet.kill()
        started: Started = []

        def start(user_count: int, spawn_rate: float) -> None:
            started.append((user_count, spawn_rate))
            runner.target_user_count, runner.state = user_count, STATE_RUNNING

        monkeypatch.setattr(runner, "start", start)
        asked_users.start_as_asked(runner, asked)
        return runner, started

    return make


def test_a_closed_loop_starts_what_locust_was_asked_for_at_any_time(
    runner_of: Callable[..., tuple[Any, Started]],
) -> None:
    runner, started = runner_of(Config)
    runner.start(4, 2.0)
    runner.start(5, 100)
    assert started == [(4, 2.0), (5, 100)]


def test_an_open_loop_starts_its_slots_at_once_and_keeps_them(
    runner_of: Callable[..., tuple[Any, Started]], caplog: pytest.LogCaptureFixture
) -> None:
    runner, started = runner_of(lambda: config_of(rate=3, max_in_flight=7))
    runner.start(4, 2.0)
    assert started == [(7, 7)]
    runner.start(8, 100)
    assert started == [(7, 7)]
    assert "load.rate" in caplog.text
    runner.start(7, 2.0)
    assert started == [(7, 7), (7, 7)], "they are shared out anew when a worker has gone"


def test_the_users_of_the_next_level_come_and_go_all_at_once_and_no_one_else_changes_them(
    runner_of: Callable[..., tuple[Any, Started]], caplog: pytest.LogCaptureFixture
) -> None:
    runner, started = runner_of(lambda: config_of(levels="users 2, 9, 4"))
    runner.start(5, 2.0)
    for users in (9, 4):
        asked_users.scale(runner, users)
    assert started == [(2, 2), (9, 9), (4, 4)]
    assert not caplog.text
    runner.start(9, 1)
    assert started[3:] == []
    assert "load.levels" in caplog.text
    runner.start(4, 1)
    assert started[3:] == [(4, 4)], "they are shared out anew when a worker has gone"


def test_each_start_goes_by_what_holds_then_and_one_that_can_not_be_is_told_by_itself(
    runner_of: Callable[..., tuple[Any, Started]],
) -> None:
    asked = [config_of(rate=3, max_in_flight=7), Config()]

    def next_one() -> Config:
        if not asked:
            raise ConfigError([])
        return asked.pop(0)

    runner, started = runner_of(next_one)
    for _ in range(3):
        runner.start(4, 2.0)
        runner.state = STATE_STOPPED
    assert started == [(7, 7), (4, 2.0), (4, 2.0)]


@pytest.mark.parametrize(("load", "refused"), [({}, False), ({"rate": 1}, True), ({"search": "users"}, True)])
def test_a_shape_or_users_of_others_would_not_be_what_the_load_says(
    runner_of: Callable[..., tuple[Any, Started]], load: dict[str, Any], refused: bool
) -> None:
    runner, _ = runner_of(Config)
    asked_users.check(config_of(**load), runner)
    runner.environment.shape_class = Shape()
    _check(load, runner, "LoadTestShape" if refused else None)
    runner.environment.shape_class = None
    runner.environment.user_classes = [*runner.environment.user_classes, HttpUser]
    _check(load, runner, "HttpUser" if refused else None)


def _check(load: dict[str, Any], runner: Any, said: str | None) -> None:
    if said is None:
        asked_users.check(config_of(**load), runner)
    else:
        with pytest.raises(ConfigError, match=said):
            asked_users.check(config_of(**load), runner)

"""Users of this process: who waits for what they have in flight, and who ends it."""

from __future__ import annotations

from pathlib import Path

import gevent
import pytest

from stt_load.clock import clock
from stt_load.config import Config
from stt_load.load.iteration import Iteration
from stt_load.locust_plugin.executors import LocalExecutors
from tests.locusts import command_line, local_environment


@pytest.fixture
def executors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalExecutors:
    _, options = command_line(monkeypatch, tmp_path, "", "--headless")
    return LocalExecutors(local_environment(options))


def one_in_flight(executors: LocalExecutors) -> Iteration:
    executors.executor(Config.model_validate({"total_requests": None, "measure_for": 9, "warmup_requests": 0}), 0)
    budget = executors._budget
    assert budget is not None
    budget.slots.join("user")
    budget.open = True
    iteration = budget.take("user")
    assert iteration is not None
    return iteration


def test_a_planned_end_waits_until_nothing_is_in_flight(executors: LocalExecutors) -> None:
    iteration = one_in_flight(executors)
    assert executors._budget is not None
    waiting = gevent.spawn(executors.finish, 60.0)
    gevent.sleep(0.05)
    assert not waiting.ready()
    executors._budget.finish(iteration)
    waiting.join(1)
    assert waiting.ready()


def test_it_waits_no_longer_than_it_may(executors: LocalExecutors) -> None:
    one_in_flight(executors)
    began_s = clock()
    executors.finish(0.1)
    assert 0.1 <= clock() - began_s < 1.0


def test_before_the_first_run_there_is_nothing_to_wait_for(executors: LocalExecutors) -> None:
    executors.finish(60.0)


def test_what_is_cut_off_does_not_hold_up_who_cuts(executors: LocalExecutors) -> None:
    user = executors._runner.user_greenlets.spawn(gevent.sleep, 60)
    gevent.sleep(0)
    executors.cut()
    user.join(1)
    assert user.ready()

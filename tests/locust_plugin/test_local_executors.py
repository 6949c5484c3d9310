"""Users of this process: who waits for what they have in flight, and who ends it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import gevent
import pytest

from stt_load.clock import clock
from stt_load.config import Config
from stt_load.load.iteration import Iteration
from stt_load.locust_plugin import shown_errors
from stt_load.locust_plugin.executors import LocalExecutors
from stt_load.locust_plugin.locust_stats import Reports
from stt_load.run.executor import LocalExecutor
from stt_load.samples.sample import ErrorKind, Phase
from tests.locusts import command_line, local_environment
from tests.making import sample_of


@pytest.fixture
def executors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalExecutors:
    _, options = command_line(monkeypatch, tmp_path, "", "--headless")
    return LocalExecutors(local_environment(options), Reports())


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


def test_an_arrival_that_nobody_sent_is_a_failed_request_on_locusts_screens(executors: LocalExecutors) -> None:
    """No user tells Locust of it, as none has had it."""
    config = Config.model_validate({"total_requests": 9, "warmup_requests": 0})
    executor = cast(LocalExecutor, executors.executor(config, 0))
    shown_errors.begin(executors._environment)
    iteration = Iteration(3, 0, Phase.MEASURED)
    dropped = sample_of(iteration, ErrorKind.DROPPED, sent_s=None, done_s=1.25)
    executor._on_dropped(dropped)
    total = executors._environment.stats.total
    assert (total.num_requests, total.num_failures, total.max_response_time) == (1, 1, 250)
    (error,) = executors._environment.stats.errors.values()
    assert "dropped" in str(error.error)


def test_slots_of_an_open_loop_are_stopped_when_the_answers_are_in_and_a_closed_loops_users_at_once(
    executors: LocalExecutors,
) -> None:
    iteration = one_in_flight(executors)
    budget = executors._budget
    assert budget is not None
    began_s = clock()
    executors.drain(30.0)
    assert clock() - began_s < 1.0
    budget.slots.opens = True
    draining = gevent.spawn(executors.drain, 30.0)
    gevent.sleep(0.05)
    assert not draining.ready()
    budget.finish(iteration)
    draining.join(1)
    assert draining.ready()


def test_what_has_not_been_answered_by_then_is_cut_off_in_an_open_loop(executors: LocalExecutors) -> None:
    one_in_flight(executors)
    assert executors._budget is not None
    executors._budget.slots.opens = True
    user = executors._runner.user_greenlets.spawn(gevent.sleep, 60)
    gevent.sleep(0)
    executors.drain(0.1)
    user.join(1)
    assert user.ready()

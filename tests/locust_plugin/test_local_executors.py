"""Users of this process: who waits for what they have in flight, and who ends it."""

from __future__ import annotations

from pathlib import Path

import gevent
import pytest

from stt_load.clock import clock
from stt_load.config import Config
from stt_load.load.budget import Job
from stt_load.locust_plugin.executors import LocalWorkforce
from tests.locusts import command_line, local_environment


@pytest.fixture
def workforce(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalWorkforce:
    _, options = command_line(monkeypatch, tmp_path, "", "--headless")
    return LocalWorkforce(local_environment(options))


def one_in_flight(workforce: LocalWorkforce) -> Job:
    workforce.team(Config.model_validate({"total_requests": None, "measure_for": 9, "warmup_requests": 0}), 0)
    phases = workforce._phases
    assert phases is not None
    phases.join("user")
    phases.open = True
    job = phases.take("user")
    assert job is not None
    return job


def test_a_planned_end_waits_until_nothing_is_in_flight(workforce: LocalWorkforce) -> None:
    job = one_in_flight(workforce)
    assert workforce._phases is not None
    waiting = gevent.spawn(workforce.finish, 60.0)
    gevent.sleep(0.05)
    assert not waiting.ready()
    workforce._phases.finish(job)
    waiting.join(1)
    assert waiting.ready()


def test_it_waits_no_longer_than_it_may(workforce: LocalWorkforce) -> None:
    one_in_flight(workforce)
    began_s = clock()
    workforce.finish(0.1)
    assert 0.1 <= clock() - began_s < 1.0


def test_before_the_first_run_there_is_nothing_to_wait_for(workforce: LocalWorkforce) -> None:
    workforce.finish(60.0)


def test_what_is_cut_off_does_not_hold_up_who_cuts(workforce: LocalWorkforce) -> None:
    user = workforce._runner.user_greenlets.spawn(gevent.sleep, 60)
    gevent.sleep(0)
    workforce.cut()
    user.join(1)
    assert user.ready()

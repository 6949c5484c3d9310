"""A step of the time of day is no news for Locust's master and workers; and the end waits for a whole runner."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gevent
import locust.runners
import pytest
from gevent.event import Event
from locust.rpc import Message
from locust.runners import WorkerRunner

from stt_load.locust_plugin import quirks
from tests.worker_process import Process, until


@pytest.fixture(autouse=True)
def locusts_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is changed here is Locust's again after the test."""
    monkeypatch.setattr(locust.runners, "time", time)
    for name in "connect_to_master", "handle_message":
        monkeypatch.setattr(WorkerRunner, name, quirks.original(getattr(WorkerRunner, name)))


@pytest.fixture
def process() -> Iterator[Process]:
    made = Process()
    made.runner.retry = 0
    yield made
    made.runner.greenlet.kill()


def step(monkeypatch: pytest.MonkeyPatch, by_s: float) -> None:
    """The time of day jumps; the monotonic clock does not."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + by_s)


def check_heartbeat(runner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has Locust's checker look once."""
    looks: list[float] = []

    def sleep_once(seconds: float) -> None:
        if looks:
            raise gevent.GreenletExit
        looks.append(seconds)

    with monkeypatch.context() as patch:
        patch.setattr(locust.runners.gevent, "sleep", sleep_once)  # type: ignore[attr-defined]
        with pytest.raises(gevent.GreenletExit):
            runner.heartbeat_timeout_checker()


@pytest.mark.parametrize("steady", [False, True])
def test_a_step_of_the_time_of_day_is_no_silence_of_the_master(
    steady: bool, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first case shows that Locust still does what is mended."""
    if steady:
        quirks.keep_time_steady()
    process.runner.handle_message(Message("heartbeat", None, "worker"))
    step(monkeypatch, 90)
    check_heartbeat(process.runner, monkeypatch)
    assert process.quits == (0 if steady else 1)


@pytest.mark.parametrize("steady", [False, True])
def test_after_a_step_back_users_that_the_master_sends_are_not_taken_for_old_news(
    steady: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if steady:
        quirks.keep_time_steady()
    now: Any = locust.runners.time  # type: ignore[attr-defined]
    before_s = now.time()
    step(monkeypatch, -90)
    assert (now.time() >= before_s) == steady


def test_a_master_that_really_is_silent_is_still_noticed(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    quirks.keep_time_steady()
    process.runner.handle_message(Message("heartbeat", None, "worker"))
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + 61)
    check_heartbeat(process.runner, monkeypatch)
    assert process.quits == 1


def test_steady_time_is_the_time_of_day_and_all_else_of_the_module() -> None:
    steady = quirks.SteadyTime()
    assert steady.time() == pytest.approx(time.time(), abs=1)
    assert steady.sleep is time.sleep
    source = Path(str(locust.runners.__file__)).read_text(encoding="utf-8")
    assert set(re.findall(r"\btime\.(\w+)", source)) == {"time"}, "what Locust's runners read of it"


def connects(runner: Any, events: list[str]) -> None:
    """As Locust connects: it calls itself where nobody has answered yet."""
    runner.retry += 1
    events.append("connect")
    if runner.retry < 3:
        runner.connect_to_master()


def test_a_worker_is_prepared_before_it_hears_anything_and_told_when_it_has_a_master(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    monkeypatch.setattr(WorkerRunner, "connect_to_master", lambda runner: connects(runner, events))
    for _ in range(2):  # as of two locustfiles
        quirks.on_connect(lambda _: events.append("prepare"), lambda _: events.append("connected"))
    process.runner.connect_to_master()
    assert events == ["prepare", "connect", "connect", "connect", "connected"]


def test_the_end_waits_for_a_whole_runner(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    handled: list[str] = []
    monkeypatch.setattr(WorkerRunner, "handle_message", lambda _, msg: handled.append(msg.type))
    quirks.on_connect(lambda _: None, lambda _: None)
    process.environment.runner = None
    process.runner.handle_message(Message("ack", None, "worker"))
    end = gevent.spawn(process.runner.handle_message, Message("quit", None, "worker"))
    gevent.sleep(0.05)
    assert handled == ["ack"]
    process.environment.runner = process.runner
    end.join(5)
    assert handled == ["ack", "quit"]


def test_users_are_distributed_when_locust_is_done_with_what_it_is_at() -> None:
    started: list[tuple[int, float]] = []
    runner: Any = SimpleNamespace(
        state="spawning",
        worker_count=2,
        target_user_count=4,
        spawn_rate=2.0,
        start=lambda users, rate: started.append((users, rate)),
    )
    done = Event()
    waiting = gevent.spawn(quirks.distribute_anew, runner)
    waiting.link(lambda _: done.set())
    gevent.sleep(0.02)
    assert not started
    runner.state = "running"
    until(done.is_set)
    assert started == [(4, 2.0)]
    runner.worker_count = 0
    quirks.distribute_anew(runner)
    assert len(started) == 1, "there is nobody"

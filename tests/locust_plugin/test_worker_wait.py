"""A master that waits for its workers: for how long, and what it says meanwhile."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from stt_load.locust_plugin import worker_wait as worker_waits
from stt_load.locust_plugin.worker_wait import WorkerWait


class Waiting:
    """A master to which the test sends workers; `follow` goes on for `passes_s` at most."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, expected: int, limit_s: int = 0) -> None:
        self.now_s = 1_000.0
        self.given_up = 0
        self.here: list[str] = []
        self.comes: dict[float, str] = {}
        self.starts_s = 1_000.0
        self.options = SimpleNamespace(expect_workers=expected, expect_workers_max_wait=limit_s, headless=True)
        self.runner: Any = SimpleNamespace(state="ready", clients=SimpleNamespace(ready=self.here))
        monkeypatch.setattr(worker_waits, "clock", lambda: self.now_s)
        monkeypatch.setattr(worker_waits.gevent, "sleep", self._sleep)
        self.worker_wait = WorkerWait(self.runner, self.options, self._give_up)

    def follow(self, passes_s: float) -> None:
        self.starts_s = self.now_s + passes_s
        self.worker_wait.follow()

    def _give_up(self) -> None:
        self.given_up += 1

    def _sleep(self, duration_s: float) -> None:
        self.now_s += duration_s
        self.here.extend(name for at_s, name in self.comes.items() if at_s <= self.now_s and name not in self.here)
        if self.now_s >= self.starts_s:
            self.runner.state = "spawning"


def test_locust_is_not_told_of_the_limit_and_the_suite_keeps_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = Waiting(monkeypatch, expected=2, limit_s=5)
    waiting.comes = {1_001.0: "a"}
    assert waiting.options.expect_workers_max_wait == 0
    waiting.follow(60)
    assert waiting.given_up == 1
    assert waiting.now_s == pytest.approx(1_005, abs=0.3)
    assert "1 of 2 workers have come within 5 s (--expect-workers-max-wait)" in caplog.text


@pytest.mark.parametrize("state", ["stopping", "stopped"])
def test_a_worker_that_comes_and_dies_before_any_run_does_not_end_the_limit(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locust takes the silence of the only one that it knows for the end of a test."""
    waiting = Waiting(monkeypatch, expected=2, limit_s=5)
    waiting.runner.state = state
    waiting.follow(60)
    assert waiting.given_up == 1


def test_workers_that_come_in_time_are_not_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = Waiting(monkeypatch, expected=2, limit_s=5)
    waiting.comes = {1_001.0: "a", 1_004.0: "b"}
    waiting.follow(30)
    assert (waiting.given_up, caplog.text) == (0, "")


def test_who_waits_without_a_limit_says_so_now_and_then(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    waiting = Waiting(monkeypatch, expected=3)
    waiting.comes = {1_001.0: "a", 1_015.0: "b"}
    waiting.follow(35)
    assert waiting.given_up == 0
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"stt-load: waiting for workers: {n} of 3 are here" for n in (1, 2, 2)]


@pytest.mark.parametrize(
    ("expected", "left", "given_up", "awaited"), [(3, 2, 0, 2), (1, 1, 0, 1), (2, 0, 0, 1), (1, 0, 1, 0)]
)
def test_a_worker_that_is_refused_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, expected: int, left: int, given_up: int, awaited: int
) -> None:
    waiting = Waiting(monkeypatch, expected=expected)
    waiting.worker_wait.refused(left)
    assert (waiting.options.expect_workers, waiting.given_up) == (awaited, given_up)
    waiting.worker_wait.give_up()
    assert waiting.options.expect_workers == 0


def test_a_page_waits_for_other_workers_for_as_long_as_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = Waiting(monkeypatch, expected=1)
    waiting.options.headless = False
    waiting.worker_wait.refused(0)
    assert waiting.given_up == 0

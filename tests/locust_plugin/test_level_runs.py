"""Levels one after the other while Locust's users stay, without Locust and without users."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import pytest

from stt_load.config import Config, masked
from stt_load.load.budget import Budget
from stt_load.locust_plugin import asked_users, level_runs
from stt_load.locust_plugin.level_runs import LevelRuns
from stt_load.locust_plugin.levels_display import LevelsDisplay
from stt_load.run.executor import LocalExecutor
from stt_load.run.levels import LevelsRun
from stt_load.run.order import Order
from stt_load.run.run import LocustControls, Run
from stt_load.samples.levels import Judged, Trial
from stt_load.search.strategy import Spent
from stt_load.storage.levels_record import LevelsRecord
from tests.factory import FakeUsers
from tests.making import Idle, sample_of
from tests.run.test_levels import Scripted
from tests.storage.trying import LOOKS, SWEEP


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class FakeRunner:
    """Has as many users as it is asked for; a moment later, as Locust."""

    def __init__(self) -> None:
        self.user_count = 1

    def scale(self, users: int) -> None:
        gevent.spawn_later(0.02, setattr, self, "user_count", users)


class LevelsOfFour:
    """Levels of 4 requests; the test is their users."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **keys: Any) -> None:
        config = Config(save_path="whole.json", warmup_requests=2, **keys)
        self.shown = masked(config)
        self.out = io.StringIO()
        self.runner = FakeRunner()
        self.scaled = list[int]()
        monkeypatch.setattr(asked_users, "scale", self.scale)
        self.screen = LevelsDisplay("en", self.shown, report=self.out, aside=io.StringIO())
        levels = LevelsRun(Order(config, self.shown, "http://127.0.0.1:1"), SWEEP, Scripted())
        self.runs = LevelRuns(levels, self.make, self.screen, self.runner)  # type: ignore[arg-type]

    def scale(self, _: Any, users: int) -> None:
        self.scaled.append(users)
        self.runner.scale(users)

    def make(self, order: Order) -> Run:
        config = order.config
        budget = Budget(config.warmup_requests + 4, config.warmup_requests, 1)
        controls = LocustControls(wanted=lambda: 1, reset_statistics=lambda: None, stop_users=lambda: None)
        executor = LocalExecutor(budget, FakeUsers(), lambda _: None)
        return Run(order, executor, Idle(), controls, self.screen, users=config.locust_users, user_class="SttUser")

    def carry_out(self, run: Run, requests: int = 99) -> None:
        """So many of its requests, all if not said."""
        run.start()
        run.barrier.release()
        budget = run.barrier.budget
        assert isinstance(budget, Budget)
        budget.slots.join("one")
        run.barrier.check_barrier()
        for number in range(requests):
            if (iteration := budget.take("one")) is None:
                break
            at_s = 1.0 + number
            row = sample_of(iteration, start_s=at_s, sent_s=at_s, done_s=at_s + 0.5)
            run.barrier.finish(iteration, row, "text")


def test_users_are_as_many_as_the_next_level_has_when_that_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = LevelsOfFour(monkeypatch)
    run: Run | None = tried.runs.first()
    numbers = list[int | None]()
    while run is not None:
        numbers.append(run.order.level)
        tried.carry_out(run)
        run = tried.runs.follow(last := run)
        if run is not None:
            assert tried.runner.user_count == run.order.config.locust_users
    assert numbers == [0, 1, 2]
    assert tried.scaled == [2, 4], "for the first level Locust has started them"
    tried.runs.stopped("stopped")  # as Locust does, once it is told that all is over
    record = tried.runs.conclude(last)
    assert (record.info.end_reason, len(record.levels)) == ("finished", 3)
    assert [path.name for path in Path.cwd().iterdir()] == ["whole.json"]
    assert "1 in flight" in tried.out.getvalue()


def test_what_is_stopped_while_it_goes_on_is_a_level_of_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = LevelsOfFour(monkeypatch)
    first = tried.runs.first()
    tried.carry_out(first, requests=3)
    tried.runs.stopped("time_limit")
    first.lifecycle.stop("time_limit")
    record = tried.runs.conclude(first)
    assert isinstance(record, LevelsRecord)
    assert [len(one.run.samples) for one in record.levels] == [3]
    assert record.info.end_reason == "time_limit"


def test_who_stops_it_between_two_levels_waits_until_none_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = LevelsOfFour(monkeypatch)
    monkeypatch.setattr(tried.runner, "scale", lambda _: None)  # Locust's users are being stopped, and never come
    first = tried.runs.first()
    tried.carry_out(first)
    following = gevent.spawn(tried.runs.follow, first)
    gevent.sleep(0.05)
    tried.runs.stopped("stopped")
    with gevent.Timeout(60):
        record = tried.runs.conclude(first)
    assert following.get(timeout=60) is None
    assert (record.info.end_reason, len(record.levels)) == ("stopped", 1)


def test_an_end_that_comes_while_the_next_level_is_made_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = LevelsOfFour(monkeypatch)
    first = tried.runs.first()
    tried.carry_out(first)

    def ends_meanwhile(order: Order) -> Run:
        tried.runs.end("interrupted")
        return LevelsOfFour.make(tried, order)

    monkeypatch.setattr(tried.runs, "_make", ends_meanwhile)
    assert tried.runs.follow(first) is None
    record = tried.runs.conclude(first)
    assert (record.info.end_reason, len(record.levels)) == ("interrupted", 1)
    assert [path.name for path in Path.cwd().iterdir()] == ["whole.json"]


def test_a_level_is_tested_as_the_search_has_it_and_what_that_finds_is_of_the_level(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried, made = LevelsOfFour(monkeypatch), list[tuple[Any, ...]]()
    found = Judged("pass", None, 4)

    class Search(Scripted):
        def next(self, spent: Spent) -> Trial | None:
            trial = super().next(spent)
            return trial and replace(trial, tier="screen", requests=None, looks=LOOKS, concurrency=3)

    class Test:
        def __init__(self, *given: Any, concurrency: int | None) -> None:
            made.append((*given, concurrency))

        def look(self, *_: Any) -> Judged:
            return found

    monkeypatch.setattr(level_runs, "LevelTest", Test)
    tried.runs.levels.strategy = Search([2.0])
    run = tried.runs.first()
    tried.carry_out(run)
    (_, watch) = run.watches[0]
    watch.__self__.look()  # type: ignore[attr-defined]
    assert tried.runs.follow(run) is None
    assert made == [((), LOOKS, "users", 3)]
    (level,) = tried.runs.levels.tried
    assert (level.judged, level.outcome) == (found, "pass")

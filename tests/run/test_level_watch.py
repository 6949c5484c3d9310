"""What looks at the rows of a level while it is measured, and ends it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from stt_load.clock import clock
from stt_load.run import level_watch
from stt_load.run.level_watch import LevelWatch, concurrency
from stt_load.run.lifecycle import Ending
from stt_load.samples.levels import Judged
from stt_load.samples.run_info import ClosedLoop, Load, Stage
from stt_load.samples.table import Samples
from tests.factory import AT_A_RATE, table
from tests.run.trial import Trial

THREE = ClosedLoop(users=3, request_delay_s=0.0)


@dataclass
class Scripted:
    """A test that has its verdict when there are so many rows. looks: what it was given each time."""

    enough: int
    looks: list[tuple[int, int, int]] = field(default_factory=list)

    def look(self, measured: Samples, waiting_s: list[float], now_s: float, users: int) -> Judged | None:
        assert all(0 <= since_s <= now_s for since_s in waiting_s), "instants of one clock"
        self.looks.append((len(measured), len(waiting_s), users))
        return Judged("pass", None, len(measured)) if len(measured) >= self.enough else None


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))


def test_a_level_ends_when_its_rows_tell_enough_and_no_row_of_the_warm_up_is_among_them() -> None:
    trial, test = Trial(total=9, warmup=2), Scripted(3)
    watch = LevelWatch(trial.run.barrier, THREE, test, lambda _: False)
    watch.look()
    assert not test.looks, "before the barrier there is nothing to look at"
    for requests in (4, 1):
        trial.go(requests)
        watch.look()
    assert [rows for rows, _, _ in test.looks] == [2, 3]
    assert {users for _, _, users in test.looks} == {3}
    assert watch.judged == Judged("pass", None, 3)
    assert trial.run.lifecycle.ending == Ending("judged")
    trial.finish()


def test_what_is_under_way_is_told_too() -> None:
    trial, test = Trial(total=9, warmup=2), Scripted(99)
    watch = LevelWatch(trial.run.barrier, THREE, test, lambda _: False)
    trial.go(3)
    iteration = trial.budget.take("one")
    assert iteration is not None
    iteration.begun_s = clock()
    watch.look()
    assert test.looks == [(1, 1, 3)]
    trial.finish()


def test_where_there_is_no_time_left_it_ends_as_it_is_and_nothing_is_known_of_it() -> None:
    trial, told = Trial(total=9, warmup=2), list[int]()
    watch = LevelWatch(trial.run.barrier, THREE, None, lambda requests: bool(told.append(requests)) or requests > 3)
    trial.go(3)
    watch.look()
    assert not trial.run.lifecycle.closed
    trial.go(1)
    watch.look()
    assert (told, watch.judged) == ([3, 4], None)
    assert trial.run.lifecycle.ending == Ending("finished")
    watch.run()  # comes back, as the level is over
    trial.finish()


def test_looks_that_take_long_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    trial, now_s, slept_s = Trial(total=9, warmup=2), [0.0], list[float]()

    class Slow(Scripted):
        def look(self, *_: Any) -> Judged | None:
            now_s[0] += 0.02
            return Judged("pass", None, 1) if len(slept_s) == 3 else None

    monkeypatch.setattr(level_watch, "clock", lambda: now_s[0])
    monkeypatch.setattr(level_watch, "gevent", SimpleNamespace(sleep=slept_s.append))
    trial.go(3)
    LevelWatch(trial.run.barrier, THREE, Slow(9), lambda _: False).run()
    assert slept_s == pytest.approx([0.1, 0.4, 0.4])
    trial.finish()


def test_an_open_loop_keeps_in_flight_what_its_rate_brings_while_one_is_served() -> None:
    rows = table([1.0, 2.0, 3.0, 4.0], [0.2, 0.3, 0.4, 0.3])
    assert concurrency(_rate(22), rows) == 6
    assert concurrency(_rate(0.1), rows) == 1
    assert concurrency(_rate(20), rows.where(rows["seq"] < 0)) == 1, "nothing was answered"
    assert concurrency(THREE, rows) == 3


def _rate(rate: float) -> Load:
    return replace(AT_A_RATE, stages=(Stage(first=rate, last=rate, for_s=None),))

"""A run of levels, without users: what is tried next, and what there is at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stt_load.config import Config, masked
from stt_load.run.faults import Faults
from stt_load.run.levels import LevelsRun
from stt_load.run.order import Order
from stt_load.samples.levels import Axis, Capacity, Limited, Trial
from stt_load.search.strategy import Spent, Tried
from stt_load.storage import result_file
from stt_load.storage.levels_record import LevelsRecord
from tests.report.runs import steady
from tests.storage.trying import CAPACITY, SWEEP, level

VALUES = (1.0, 2.0, 4.0)


@pytest.fixture(autouse=True)
def _in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Scripted:
    """Tries `values`, and keeps what it is told."""

    def __init__(self, values: Sequence[float] = VALUES, most: int = 10_000) -> None:
        self.left = list(values)
        self.most = most
        self.axis: Axis = "users"
        self.tried = list[Tried]()
        self.spent = list[Spent]()
        self.limited = list[Limited | None]()

    def next(self, spent: Spent) -> Trial | None:
        self.spent.append(spent)
        return Trial(axis=self.axis, value=self.left.pop(0), tier="sweep", requests=40) if self.left else None

    def is_spent(self, spent: Spent) -> bool:
        return spent.requests > self.most

    def took(self, tried: Tried) -> None:
        self.tried.append(tried)

    def answer(self, limited: Limited | None = None) -> Capacity | None:
        self.limited.append(limited)
        return replace(CAPACITY, limited=limited)


class Discarded:
    """What a level has left, which goes."""

    def discard(self) -> None:
        """It is gone."""


def begun(strategy: Scripted, **keys: Any) -> LevelsRun:
    config = Config(save_path="whole.json", **keys)
    return LevelsRun(Order(config, masked(config), "http://127.0.0.1:1"), SWEEP, strategy)


def carried_out(levels: LevelsRun, most: int = 99, *, each_s: float | None = None, **info: Any) -> None:
    """Each level that is asked for has 40 requests; the last one ends as `info` says. each_s: what a request takes
    of the time, where all wait for the one before; None: they take 0.3 s each, whatever the load."""
    while levels.number < most and levels.next() is not None:
        last = info if levels.number == most - 1 else {}
        users = round(levels.trial.value if levels.trial is not None else 0)
        rows = steady(40, users, 0.3 if each_s is None else each_s * users, users)
        made = level(levels.number, rows, **({"end_reason": "finished"} | last))
        levels.took(made.run, None)


def said(record: LevelsRecord) -> LevelsRecord:
    assert record.capacity is not None
    return replace(record, capacity=replace(record.capacity, sentence="so much"))


def concluded(levels: LevelsRun) -> LevelsRecord:
    return levels.conclude(Faults(str), said)


def test_every_level_is_tried_and_told_with_what_it_has_cost() -> None:
    strategy = Scripted()
    levels = begun(strategy)
    carried_out(levels)
    assert [one.trial.value for one in strategy.tried] == list(VALUES)
    assert {one.outcome for one in strategy.tried} == {"measured"}
    assert [one.requests for one in strategy.spent] == [0, 41, 83, 127], "the warm-up's are sent as well"
    assert [one.spent.requests for one in strategy.tried] == [41, 42, 44]
    assert [one.seconds for one in strategy.spent] == sorted(one.seconds for one in strategy.spent)
    assert [one.number for one in levels.tried] == [0, 1, 2]
    assert levels.trial is None


def test_all_of_them_are_one_result_with_the_answer_in_words() -> None:
    levels = begun(Scripted())
    carried_out(levels)
    record = concluded(levels)
    assert record.path == Path("whole.json")
    assert record.capacity is not None
    assert (record.capacity.sentence, record.capacity.limited) == ("so much", None)
    assert (record.info.end_reason, record.info.complete) == ("finished", True)
    assert record.info.levels == SWEEP
    assert record.info.seed == levels.seed
    loaded = result_file.load(record.path)
    assert isinstance(loaded, LevelsRecord)
    assert [one.trial.value for one in loaded.levels] == list(VALUES)


@pytest.mark.parametrize(
    ("reason", "limited"), [("interrupted", "interrupted"), ("time_limit", "interrupted"), ("no_users", "broken")]
)
def test_what_ends_a_level_from_outside_ends_them_all_and_is_why(reason: Any, limited: Limited) -> None:
    strategy = Scripted()
    levels = begun(strategy)
    carried_out(levels, 2, end_reason=reason, detail="as it is", complete=False)
    assert levels.next() is None
    assert len(strategy.tried) == 1, "what was cut short tells nothing of the service"
    record = concluded(levels)
    assert len(record.levels) == 2
    assert (record.info.end_reason, record.info.detail, record.info.complete) == (reason, "as it is", False)
    assert strategy.limited[-1] == limited


def test_levels_of_users_that_tell_where_a_rate_begins_are_no_part_of_its_knee() -> None:
    strategy = Scripted([1.0, 2.0, 4.0])
    levels = begun(strategy)
    levels.asked = replace(SWEEP, axis="rate")
    carried_out(levels, each_s=0.3)
    assert concluded(levels).knee is None
    of_users = begun(Scripted([1.0, 2.0, 4.0]))
    carried_out(of_users, each_s=0.3)
    assert concluded(of_users).knee is not None


def test_somebody_who_wants_the_end_between_two_levels_gets_it() -> None:
    levels = begun(Scripted())
    carried_out(levels, 1)
    levels.end("interrupted")
    levels.end("stopped")
    assert levels.next() is None
    assert concluded(levels).info.end_reason == "interrupted", "the first reason stays"


def test_time_and_requests_are_those_of_all_levels_together() -> None:
    levels = begun(Scripted(most=88))
    carried_out(levels, 2)
    assert not levels.is_spent(5)
    assert levels.is_spent(6)


def test_a_folder_that_is_gone_is_no_reason_to_lose_the_result() -> None:
    levels = begun(Scripted())
    carried_out(levels)
    levels.path = Path("no/such/folder/whole.json")
    record = concluded(levels)
    assert record.path == Path("whole.json")
    assert isinstance(result_file.load(record.path), LevelsRecord)


def test_where_the_folder_has_gone_the_next_level_has_its_files_elsewhere() -> None:
    levels = begun(Scripted())
    levels.path = Path("no/such/folder/whole.json")
    order = levels.next()
    assert order is not None
    assert order.save_path == "whole.level_0.json"


def test_what_can_not_be_written_is_told_and_no_level_is_lost() -> None:
    levels = begun(Scripted(), report={"rows": "there/is/no/such/folder.csv"})
    carried_out(levels)
    Path("whole.json").touch()
    record = concluded(levels)
    assert record.path is None
    assert len(record.levels) == 3
    assert any("folder.csv" in sentence for sentence in record.info.faults)
    assert any("whole.json" in sentence for sentence in record.info.faults)


def test_rows_go_into_a_table_of_their_own_where_that_is_asked_for() -> None:
    levels = begun(Scripted(), report={"rows": "rows.csv"})
    carried_out(levels)
    record = concluded(levels)
    assert record.rows_path == Path("rows.csv")
    assert len(Path("rows.csv").read_text().splitlines()) == 128


def test_a_given_seed_brings_the_same_levels_again() -> None:
    def seeds() -> list[int]:
        levels, found = begun(Scripted(), seed=5), []
        while (order := levels.next()) is not None:
            found.append(order.seed())
            levels.took(level(levels.number, steady(40, 1, 0.3, 1), end_reason="finished").run, None)
        return found

    first = seeds()
    assert len(set(first)) == 3
    assert seeds() == first


def test_the_warm_up_of_a_rate_is_as_large_as_the_fastest_level_needs() -> None:
    strategy = Scripted()
    levels = begun(strategy)
    for service_s in (0.3, 0.15, 2.0):
        levels.next()
        levels.took(level(levels.number, steady(40, 1, service_s, 1), end_reason="finished").run, None)
    strategy.left = [10.0]
    strategy.axis = "rate"
    order = levels.next()
    assert order is not None
    assert order.config.concurrent_requests == 2, "10/s, 0.15 s each, rounded up"


def test_what_breaks_between_two_levels_is_in_the_result() -> None:
    levels = begun(Scripted())
    faults = Faults(str)
    levels.began(SimpleNamespace(lifecycle=SimpleNamespace(), faults=faults, result=Discarded()))  # type: ignore[arg-type]
    carried_out(levels, 2)
    faults.note("Something broke")
    assert concluded(levels).info.faults == ("Something broke",)


def test_the_whole_has_the_workers_of_all_its_levels_and_is_as_complete_as_each_of_them() -> None:
    levels = begun(Scripted([1.0, 2.0]))
    for workers, ended_at, complete in ((("a",), "2026-01-01", False), (("a", "b"), "2026-01-02", True)):
        levels.next()
        made = level(levels.number, steady(40, 1, 0.3, 1), workers=workers, ended_at=ended_at, complete=complete)
        levels.took(replace(made.run, info=replace(made.run.info, end_reason="finished")), None)
    info = concluded(levels).info
    assert (info.workers, info.ended_at, info.complete) == (("a", "b"), "2026-01-02", False)

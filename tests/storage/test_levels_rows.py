"""The rows of all levels in one file: each there once, on one clock, as a program that knows no levels reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.levels_rows import Place, parts, places, row_slices
from stt_load.storage.result_file import write_levels
from tests.factory import table
from tests.report.runs import run_of, steady
from tests.storage.trying import level, levels_of


def rows(record: LevelsRecord) -> list[dict[str, object]]:
    return [json.loads(line) for lines in row_slices(record) for line in lines]


def test_each_iteration_has_a_number_of_its_own() -> None:
    found = rows(levels_of())
    assert [row["seq"] for row in found] == [*range(127)]
    assert [row["level"] for row in found] == [0] * 41 + [1] * 42 + [2] * 44


def test_numbers_go_on_behind_a_level_without_rows_and_behind_leaps() -> None:
    levels = (level(0, table([], [])), level(1, table([0.0, 1.0], 0.5, first_seq=70)), level(2, table([0.0], 0.5)))
    assert [(row["level"], row["seq"]) for row in rows(levels_of(*levels))] == [(1, 70), (1, 71), (2, 72)]


def test_instants_count_from_the_first_levels_barrier() -> None:
    levels = (level(0, table([0.1], 0.5)), level(1, table([-0.25], 0.5)), level(2, table([0.3], 0.5)))
    found = rows(levels_of(*levels))
    assert [row["start_s"] for row in found] == [0.1, 59.75, 120.3]
    assert [row["done_s"] for row in found] == [0.6, 60.25, 120.8]
    assert [row["response_time_s"] for row in found] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("first", "second", "zero_s"),
    [
        ({}, {"barrier_s": 4712.0000004}, 0.75),
        ({}, {"barrier_s": None, "barrier_at": None, "started_at": "2024-01-01T12:00:31.750+09:00"}, 30.25),
        ({}, {"barrier_s": None, "barrier_at": "2024-01-01T03:00:11.500000+00:00"}, 10.0),
        (
            {"barrier_s": None, "barrier_at": None},
            {"barrier_s": None, "barrier_at": None, "started_at": "2024-01-01T12:00:01.500+09:00"},
            1.5,
        ),
    ],
    ids=["both", "none in the second", "by the wall clock", "none at all"],
)
def test_a_level_that_came_to_no_barrier_counts_from_its_beginning(
    first: dict[str, object], second: dict[str, object], zero_s: float
) -> None:
    one, other = level(0, table([0.0], 0.5), **first), level(1, table([0.0], 0.5), **second)
    assert places(levels_of(one, other)) == [Place(0, 0.0), Place(1, zero_s)]


def test_workers_are_those_of_each_level() -> None:
    """One may come between two levels, and be the first of the next one."""
    one = level(0, table([0.0], 0.5), workers=("a", "b"))
    samples = table([0.0, 1.0], 0.5)
    samples.rows["worker"] = [1, 0]
    other = level(1, samples, workers=("c", "a"))
    assert [row["worker"] for row in rows(levels_of(one, other))] == ["a", "a", "c"]


def test_the_levels_own_rows_stay_as_they_are() -> None:
    record = levels_of()
    before = [one.run.samples.rows.tobytes() for one in record.levels]
    list(parts(record))
    assert [one.run.samples.rows.tobytes() for one in record.levels] == before


def test_of_one_load_the_rows_are_its_own() -> None:
    run = run_of(steady())
    ((samples, workers),) = parts(run)
    assert samples is run.samples
    assert workers == run.info.workers


def test_the_base_of_each_level_makes_its_own_rows_again(tmp_path: Path) -> None:
    """What the document says of a level's place is enough for any program."""
    path = tmp_path / "result.json"
    record = levels_of()
    write_levels(path, record)
    values = json.loads(path.read_text(encoding="utf-8"))
    for entry, one in zip(values["levels"], record.levels, strict=True):
        own = [row for row in values["requests"] if row["level"] == entry["number"]]
        assert [row["seq"] - entry["first_seq"] for row in own] == one.run.samples["seq"].tolist()
        starts = [row["start_s"] - entry["zero_s"] for row in own]
        assert starts == pytest.approx(one.run.samples["start_s"].tolist(), abs=1e-9)

"""Rows of a result: their keys, and what can't be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stt_load.samples.rows import ORDER, RowError, lines, table
from stt_load.samples.sample import Sample
from tests.factory import table as columns

WORKERS = {"local": 0}


def row(**changes: Any) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(next(lines(columns([1.0], 0.5), ("local",))))
    return written | changes


def read(*rows: dict[str, Any]) -> list[Sample]:
    return list(table(rows, WORKERS))


def test_a_row_has_all_keys_in_their_order() -> None:
    assert list(row()) == list(ORDER)
    assert ORDER.index("response_time_s") == ORDER.index("done_s") + 1


def test_slot_level_and_stage_come_back() -> None:
    first, second = read(row(slot=3, level=2, stage=0), row(seq=1))
    assert (first.slot, first.level, first.stage) == (3, 2, 0)
    assert (second.slot, second.level, second.stage) == (0, None, None)


def test_rows_of_before_these_columns_are_read() -> None:
    former = {name: value for name, value in row().items() if name not in ("slot", "level", "stage", "json_for_text")}
    assert read(former) == read(row())


def test_marks_of_a_session_do_no_harm() -> None:
    assert read(row(ready_s=0.5, final_s=None)) == read(row())


@pytest.mark.parametrize(
    "wrong",
    [
        {"slot": -1},
        {"slot": 2**32},
        {"level": -1},
        {"stage": 1.5},
        {"slot": None},
        {"status": "200"},
        {"phase": "warm-up"},
        {"worker": "else"},
        {"error": 5},
    ],
)
def test_what_no_sample_can_have_is_named_with_its_number(wrong: dict[str, Any]) -> None:
    with pytest.raises(RowError, match=r"^request 2: "):
        read(row(), row(**wrong))


def test_a_column_that_is_missing_is_damage() -> None:
    damaged = row()
    del damaged["done_s"]
    with pytest.raises(RowError, match="request 1: KeyError: 'done_s'"):
        read(damaged)


def test_a_row_of_before_may_have_keys_of_somebody_elses() -> None:
    former = {name: value for name, value in row().items() if name not in ("slot", "level", "stage", "json_for_text")}
    (found,) = read(former | {f"theirs_{number}": number for number in range(9)})
    assert (found.slot, found.level, found.json_for_text) == (0, None, False)

"""The one table of a sample's fields: columns, JSON, ranges follow from it."""

from __future__ import annotations

from dataclasses import fields as fields_of
from typing import Any

import numpy as np
import pytest

from stt_load.samples.fields import BY_NAME, FIELDS, ROW, TABLE, TOLD, bits_of, in_range, kept, names_of
from stt_load.samples.rows import DERIVED, ORDER
from stt_load.samples.sample import Sample


def test_a_sample_has_these_fields_and_no_others_in_this_order() -> None:
    assert [field.name for field in fields_of(Sample)] == [field.name for field in FIELDS]


def test_each_field_has_a_column_and_a_place_in_a_row() -> None:
    assert set(ROW.names or ()) == set(BY_NAME)
    assert [name for name in ORDER if name in BY_NAME] == [field.name for field in FIELDS]
    assert set(ORDER) - set(BY_NAME) == set(DERIVED) == {"response_time_s", "service_time_s", "ok"}


def test_marks_of_sessions_are_known_and_cost_other_runs_nothing() -> None:
    marks = [field for field in TABLE if field.applies_to == "session"]
    assert [mark.name for mark in marks] == ["ready_s", "speech_from_s", "speech_to_s", "first_partial_s", "final_s"]
    assert all(mark.instant and mark.absent is not None for mark in marks)
    assert not {mark.name for mark in marks} & {*(ROW.names or ()), *ORDER}
    assert ROW.itemsize <= 160


def test_each_field_says_what_it_is() -> None:
    assert all(field.about.endswith(".") for field in TABLE)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_column_can_hold_the_whole_range_and_what_stands_for_nothing(field: Any) -> None:
    column = np.zeros(3, field.dtype)
    column[0], column[1] = field.least, field.most
    assert np.isclose(float(column[0]), field.least)
    assert np.isclose(float(column[1]), field.most)
    if field.absent is not None:
        column[2] = field.absent
        assert np.isnan(column[2]) or column[2] == field.absent
        assert not field.holds(field.absent) or field.form != "number", "a value can't be taken for nothing"


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("tokens", 2**31 - 1, 3_000_000_000),
        ("tokens", 24.0, 1.5),
        ("server_audio_s", 30.0, 1e39),
        ("processing_s", 0.0, float("inf")),
        ("processing_s", 1.5, float("nan")),
        ("processing_s", 1.5, -0.1),
        ("polls", 65_536, 2**32),
        ("status", 599, 40_000),
        ("status", 100, 0),
        ("text_length", 0, -1),
        ("deltas", 70_000, 2**31),
    ],
)
def test_what_no_row_can_hold_is_told_from_what_it_can(name: str, good: float, bad: float) -> None:
    assert in_range(name, good)
    assert kept(name, good) == good
    assert not in_range(name, bad)
    assert kept(name, bad) is None


def test_nothing_is_in_range_where_there_can_be_nothing() -> None:
    assert in_range("tokens", None)
    assert not in_range("users", None)


def test_names_of_fields_become_one_number_and_names_again() -> None:
    assert len(TOLD) <= 16
    assert names_of(bits_of(None)) is None
    assert names_of(bits_of(TOLD)) == TOLD
    assert names_of(bits_of(("tokens", "status"))) == ("status", "tokens")
    assert names_of(bits_of(("no such field",))) is None

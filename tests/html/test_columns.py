"""Columns without a word in them are left out."""

from __future__ import annotations

from stt_load.html.blocks import Table
from stt_load.html.columns import filled


def test_what_no_row_has_is_no_column_and_the_rest_stays_as_it_was() -> None:
    table = Table("t", ("", "a", "b", "c"), (("x", "", "1", ""), ("y", "", "", "2")), ("bad", "plain"))
    assert filled(table) == Table("t", ("", "b", "c"), (("x", "1", ""), ("y", "", "2")), ("bad", "plain"))


def test_of_a_table_without_rows_the_names_of_rows_are_left() -> None:
    assert filled(Table("t", ("name", "a"), ())) == Table("t", ("name",), ())

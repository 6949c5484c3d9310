"""Rows below each other, or as sentences where there is no room."""

from __future__ import annotations

from stt_load.report.tables import table
from stt_load.report.width import columns

HEADS = ["pod", "requests", "median"]
ROWS = [["whisper-large-v3-7d9f-abcde", "12", "0.500"], ["해당 없음", "3", "10.250"]]


def test_columns_are_as_wide_as_what_is_in_them_and_two_apart() -> None:
    assert list(table(HEADS[1:], [row[1:] for row in ROWS], 80)) == [
        "  requests  median",
        "        12   0.500",
        "         3  10.250",
    ]


def test_a_name_stands_on_the_left_and_gives_way_first() -> None:
    for width in (80, 40):
        lines = list(table(HEADS, ROWS, width, named=True))
        assert {columns(line) for line in lines} == {min(width, 47)}
        assert lines[2].startswith("  해당 없음 ")
    assert lines[1].startswith("  whisper-large-v3-... ")


def test_where_there_is_no_room_each_row_is_a_sentence() -> None:
    lines = list(table(HEADS, ROWS, 30, named=True))
    said = " ".join(" ".join(lines).split())
    assert said.startswith("pod whisper-large-v3-7d9f-abcde, requests 12, median 0.500 pod")
    assert max(map(columns, lines[1:])) <= 30

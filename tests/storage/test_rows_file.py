"""The rows as a table of their own: what the result has, for other programs to read."""

from __future__ import annotations

import csv
import json
import os
import stat
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from stt_load.samples.rows import ORDER, lines
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import SLICE, Samples
from stt_load.storage import result_file
from stt_load.storage.rows_file import write
from tests.factory import table
from tests.report.runs import run_of, steady
from tests.report.tables import tables
from tests.storage.trying import levels_of

WORKERS = ("here", "there")


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@given(tables())
def test_json_lines_are_the_rows_of_the_result(samples: Samples) -> None:
    run = run_of(samples, workers=WORKERS)
    with tempfile.TemporaryDirectory() as folder:
        written = write(Path(folder) / "rows.jsonl", run).read_bytes()
    saved = [json.loads(line) for line in lines(run.samples, WORKERS)]
    assert [json.loads(line) for line in written.splitlines()] == saved


@given(tables())
def test_each_cell_says_what_the_row_says(samples: Samples) -> None:
    run = run_of(samples, workers=WORKERS)
    with tempfile.TemporaryDirectory() as folder:
        found = read_csv(write(Path(folder) / "rows.csv", run))
    assert len(found) == len(samples)
    for cells, line in zip(found, lines(run.samples, WORKERS), strict=True):
        row = json.loads(line)
        assert tuple(cells) == ORDER
        for name, value in row.items():
            if isinstance(value, bool):
                assert cells[name] == ("true" if value else "false")
            elif isinstance(value, int | float):
                assert float(cells[name]) == value
            elif value is None:
                assert cells[name] == ""


def test_a_long_run_has_all_of_its_rows_and_one_head(tmp_path: Path) -> None:
    count = 2 * SLICE + 1
    found = read_csv(write(tmp_path / "rows.csv", run_of(table(np.arange(count) / 100, 0.5))))
    assert [int(row["seq"]) for row in found] == list(range(count))


@pytest.mark.parametrize("text", ["=HYPERLINK(0)", "+1", "-1+2", "@SUM(A1)", "\t=1", " =1", "\uff1d1"])
def test_a_spreadsheet_computes_nothing_that_a_server_said(tmp_path: Path, text: str) -> None:
    rows = table([-1.5], 0.5, kind=ErrorKind.HTTP_5XX).rows
    rows["error"] = 0
    (row,) = read_csv(write(tmp_path / "rows.csv", run_of(Samples(rows, (text,)))))
    assert row["error"].startswith("'")
    assert row["start_s"] == "-1.5", "a number is one"


def test_a_servers_text_is_one_line_whatever_is_in_it(tmp_path: Path) -> None:
    rows = table([0.0], 0.5, kind=ErrorKind.HTTP_5XX).rows
    rows["error"] = 0
    path = write(tmp_path / "rows.csv", run_of(Samples(rows, ('a,"b"\nc\x1b[2J\u2028\ud800',))))
    assert len(path.read_text(encoding="utf-8").split("\n")) == 3
    (row,) = read_csv(path)
    assert row["error"].startswith('a,"b"\ufffdc\ufffd[2J')


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_nothing_is_overwritten_and_all_is_its_owners_alone(tmp_path: Path, suffix: str) -> None:
    first = tmp_path / f"rows.{suffix}"
    first.write_text("mine", encoding="utf-8")
    before = os.umask(0)
    try:
        second = write(first, run_of(steady()))
    finally:
        os.umask(before)
    assert first.read_text(encoding="utf-8") == "mine"
    assert second == tmp_path / f"rows_2.{suffix}"
    assert stat.S_IMODE(second.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == [first.name, second.name]


def test_what_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write(tmp_path / "nowhere" / "rows.csv", run_of(steady()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_the_rows_of_all_levels_are_those_of_their_result(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"rows{suffix}", levels_of())
    result_file.write_levels(tmp_path / "result.json", levels_of())
    saved = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))["requests"]
    if suffix == ".jsonl":
        assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == saved
        return
    found = read_csv(path)
    assert [(int(row["seq"]), int(row["level"]), float(row["start_s"])) for row in found] == [
        (row["seq"], row["level"], row["start_s"]) for row in saved
    ]

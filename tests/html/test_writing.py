"""A page in a file: whole or not at all, small, and made in little time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from stt_load.html.writing import write, write_report
from stt_load.report.messages import Messages
from tests.html.reading import Reader
from tests.html.rich import rich_run
from tests.report.runs import run_of, steady
from tests.storage.trying import search_of

SAY = Messages("en")
MOST_BYTES, MOST_WITH_ROWS = 300_000, 3_000_000


def test_what_was_there_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("an older one", encoding="utf-8")
    (tmp_path / "link.html").hardlink_to(path)
    write_report(path, SAY, run_of(steady()))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.html", "report.html"]
    assert (tmp_path / "link.html").read_text(encoding="utf-8") == "an older one", "nobody meets half a page"
    assert Reader(path.read_text(encoding="utf-8")).texts("h1")[0].startswith("Load test of http://")


def test_what_no_encoding_has_is_written_as_it_can_be(tmp_path: Path) -> None:
    """A lone surrogate comes out of JSON that somebody else has written."""
    write(tmp_path / "x.html", "a\ud800b")
    assert (tmp_path / "x.html").read_bytes() == b"a\\ud800b"


def test_where_there_is_no_folder_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_report(tmp_path / "none" / "report.html", SAY, run_of(steady()))


def test_a_page_is_small_beside_its_rows(tmp_path: Path) -> None:
    for name, record in (("run", run_of(steady())), ("search", search_of())):
        path = tmp_path / f"{name}.html"
        write_report(path, SAY, record)
        assert path.stat().st_size < MOST_BYTES


def test_a_hundred_thousand_rows_are_written_in_less_than_three_seconds(tmp_path: Path) -> None:
    """Of this process's time, figures included: how long others keep the machine to themselves is not its."""
    run, path = rich_run(100_000, 3_600.0), tmp_path / "report.html"
    before = time.process_time()
    write_report(path, SAY, run)
    assert time.process_time() - before < 3.0
    assert path.stat().st_size < MOST_WITH_ROWS

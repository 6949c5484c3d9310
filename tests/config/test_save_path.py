"""Whether the result can be written is tried, not guessed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stt_load.config import Config, ConfigError, check_save_path, load
from stt_load.config.save_path import check_html_path, check_junit_path, check_rows_path


@pytest.mark.parametrize("save_path", [None, "r.json", "sub/r.json", "./sub/../r"])
def test_a_path_that_can_be_written_leaves_nothing_behind(tmp_path: Path, save_path: str | None) -> None:
    (tmp_path / "sub").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert check_save_path(Config(save_path=save_path), tmp_path) == []
    assert sorted(tmp_path.rglob("*")) == before


def test_an_existing_result_is_no_fault_and_stays(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("old")
    assert check_save_path(Config(save_path="r.json"), tmp_path) == []
    assert (tmp_path / "r.json").read_text() == "old"


@pytest.mark.parametrize(
    ("save_path", "part"),
    [
        ("gone/r.json", "is in a directory that doesn't exist"),
        (".", "is a directory"),
        ("new/", "is a directory"),
        ("file/r.json", "can't be written (Not a directory)"),
        ("x" * 250 + ".json", "can't be written (File name too long)"),
        ("nul\0.json", "embedded null"),
    ],
)
def test_what_can_not_be_written_is_a_fault(tmp_path: Path, save_path: str, part: str) -> None:
    (tmp_path / "file").touch()
    (fault,) = check_save_path(Config(save_path=save_path), tmp_path)
    assert fault.key == "save_path"
    assert part in fault.message
    assert "choose a file in a directory that can be written to" in fault.message


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
def test_where_even_root_can_not_write(tmp_path: Path) -> None:
    (fault,) = check_save_path(Config(save_path="/proc/r.json"), tmp_path)
    assert "can't be written" in fault.message
    (fault,) = check_save_path(Config(), Path("/proc"))
    assert "null puts the result into /proc, where nothing can be written" in fault.message


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root ignores permission bits")
def test_a_directory_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    (fault,) = check_save_path(Config(save_path="r.json"), tmp_path)
    assert "Permission denied" in fault.message


def test_load_tries_it_when_asked_and_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("seed: x\nsave_path: gone/r.json")
    with pytest.raises(ConfigError) as caught:
        load(path, environ={}, save_directory=tmp_path)
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(1, "seed"), (2, "save_path")]
    path.write_text("save_path: gone/r.json")
    assert load(path, environ={}).config.save_path == "gone/r.json"


def test_where_the_rows_go_is_tried_as_well(tmp_path: Path) -> None:
    def rows(path: str | None) -> Config:
        return Config.model_validate({"report": {"rows": path}})

    assert check_rows_path(rows(None), Path("/nowhere")) == []
    assert check_rows_path(rows("rows.csv"), tmp_path) == []
    (fault,) = check_rows_path(rows("gone/rows.csv"), tmp_path)
    assert (fault.key, "gone/rows.csv is in a directory that doesn't exist" in str(fault)) == ("report.rows", True)
    path = tmp_path / "c.yaml"
    path.write_text("seed: x\nreport:\n  rows: gone/rows.csv")
    with pytest.raises(ConfigError) as caught:
        load(path, environ={}, save_directory=tmp_path)
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(1, "seed"), (3, "report.rows")]


def test_and_so_is_where_the_verdicts_go(tmp_path: Path) -> None:
    def verdicts(path: str | None) -> Config:
        return Config.model_validate({"report": {"junit": path}})

    assert check_junit_path(verdicts(None), Path("/nowhere")) == []
    assert check_junit_path(verdicts("v.xml"), tmp_path) == []
    (fault,) = check_junit_path(verdicts("gone/v.xml"), tmp_path)
    assert (fault.key, "gone/v.xml is in a directory that doesn't exist" in str(fault)) == ("report.junit", True)
    path = tmp_path / "config.yaml"
    path.write_text("report: {junit: gone/v.xml}")
    with pytest.raises(ConfigError) as caught:
        load(path, environ={}, save_directory=tmp_path)
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(1, "report.junit")]


def test_and_where_the_page_goes_which_may_be_beside_the_result(tmp_path: Path) -> None:
    def page(path: str | None) -> Config:
        return Config.model_validate({"report": {"html": path}})

    assert check_html_path(page(None), Path("/nowhere")) == []
    assert check_html_path(page("auto"), Path("/nowhere")) == [], "the result's folder is tried by itself"
    assert check_html_path(page("page.html"), tmp_path) == []
    (fault,) = check_html_path(page("gone/page.html"), tmp_path)
    assert (fault.key, "gone/page.html is in a directory that doesn't exist" in str(fault)) == ("report.html", True)
    path = tmp_path / "config.yaml"
    path.write_text("report: {html: gone/page.html}")
    with pytest.raises(ConfigError) as caught:
        load(path, environ={}, save_directory=tmp_path)
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(1, "report.html")]

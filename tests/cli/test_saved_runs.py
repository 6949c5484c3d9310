"""Runs that were saved, several of them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from stt_load.cli.saved_runs import check_apart, runs_of
from stt_load.storage import series
from stt_load.storage.result_file import write, write_levels
from stt_load.storage.run_record import ReportError
from stt_load.storage.series import SeriesRecord, one_run
from stt_load.storage.spool import Spool
from tests.report.runs import run_of, series_of, steady
from tests.storage.trying import levels_of


def saved(folder: Path, name: str, seed: int = 1) -> Path:
    path = folder / name
    write(path, run_of(steady(), seed=seed))
    return path


def test_runs_in_the_order_of_their_names(tmp_path: Path) -> None:
    paths = [saved(tmp_path, f"{name}.json", seed) for seed, name in enumerate("bca")]
    found = runs_of(paths)
    assert [run.path for run in found] == paths
    assert [run.info.seed for run in found] == [0, 1, 2]


def test_a_summary_stands_for_its_runs(tmp_path: Path) -> None:
    summary = series_of(tmp_path / "run.json", 3)
    assert [run.path for run in runs_of([summary])] == [tmp_path / f"run_{number}.json" for number in (1, 2, 3)]


def test_run_star_json_names_a_summary_and_its_runs(tmp_path: Path) -> None:
    series_of(tmp_path / "run.json", 3)
    names = sorted(tmp_path.glob("run*.json"))
    assert len(names) == 4
    assert [run.path for run in runs_of(names)] == [tmp_path / f"run_{number}.json" for number in (1, 2, 3)]


def test_a_run_that_a_series_never_wrote(tmp_path: Path) -> None:
    lost = one_run(1, run_of(steady()), 0)
    summary = series.write(tmp_path / "run.json", SeriesRecord(1, "http://h/", (lost,), 0))
    with pytest.raises(ReportError, match=r"run\.summary\.json: run 1 was never written; name the results"):
        runs_of([summary])


@pytest.mark.parametrize("name", ["../result.json", "/etc/passwd", "", ".."])
def test_a_summary_that_names_files_elsewhere(tmp_path: Path, name: str) -> None:
    summary = series_of(tmp_path / "run.json", 3)
    values = json.loads(summary.read_text(encoding="utf-8"))
    values["runs"][0]["file"] = name
    summary.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ReportError, match="is no name of a file beside it"):
        runs_of([summary])


def test_a_run_that_is_named_twice(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.json")
    (tmp_path / "link.json").symlink_to(path)
    shutil.copy(path, tmp_path / "copy.json")
    with pytest.raises(ReportError, match=r"a\.json is named twice; name each run once"):
        runs_of([path, path])
    with pytest.raises(ReportError, match=r"link\.json is named twice"):
        runs_of([path, tmp_path / "link.json"])
    with pytest.raises(ReportError, match=r"a\.json and .*copy\.json are one run; name each run once"):
        runs_of([path, tmp_path / "copy.json"])


def test_a_run_on_both_sides(tmp_path: Path) -> None:
    path, other = saved(tmp_path, "a.json", 1), saved(tmp_path, "b.json", 2)
    copy = Path(shutil.copy(path, tmp_path / "copy.json"))
    check_apart(runs_of([path]), runs_of([other]))
    with pytest.raises(ReportError, match=r"a\.json is on both sides"):
        check_apart(runs_of([path, other]), runs_of([path]))
    with pytest.raises(ReportError, match=r"a\.json and .*copy\.json are one run, which is on both sides"):
        check_apart(runs_of([path]), runs_of([copy]))


def test_levels_have_no_figures_to_compare(tmp_path: Path) -> None:
    path = tmp_path / "levels.json"
    write_levels(path, levels_of())
    with pytest.raises(ReportError, match=r"levels\.json is of \d levels: name results of runs that had one load"):
        runs_of([path])


def test_what_a_killed_run_has_left(tmp_path: Path) -> None:
    run = run_of(steady())
    spool = Spool(tmp_path / "run.json", run.info, run.config)
    spool.barrier(0.0, 0.0, "")
    spool.write(run.samples)
    spool.close()
    with pytest.raises(ReportError, match="is what a killed run has left"):
        runs_of([spool.path])


@pytest.mark.parametrize("text", ["", "{}", "[]", "{", "\x00", '{"schema_version": 7, "run": 1}'])
def test_what_is_no_result(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"odd\.json"):
        runs_of([path])


def test_a_result_with_values_of_other_types(tmp_path: Path) -> None:
    path = saved(tmp_path, "a.json")
    values = json.loads(path.read_text(encoding="utf-8"))
    values["config"]["api"] = 1
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ReportError, match=r"a\.json: damaged, it can't be used"):
        runs_of([path])


def test_files_that_are_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    for path in (tmp_path / "gone.json", tmp_path, tmp_path / "pipe.json"):
        with pytest.raises(ReportError):
            runs_of([path])

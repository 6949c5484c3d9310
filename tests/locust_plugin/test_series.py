"""Which run of a series it is, whether another one follows, and what all of them end with."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stt_load.config import Config
from stt_load.locust_plugin.process_exit import ProcessExit
from stt_load.locust_plugin.series import Series
from stt_load.report.exit_code import exit_code
from stt_load.storage.run_record import RunRecord
from tests.gates.made import P95, RATE, held, limit
from tests.locust_plugin.test_levels_notice import level, record
from tests.report.runs import run_of, steady


def of(count: int, folder: Path, *, repeats: bool = True) -> Series:
    series = Series()
    series.begin(config(count, folder), repeats=repeats)
    return series


def config(count: int, folder: Path) -> Config:
    return Config.model_validate({"repeat": count, "save_path": str(folder / "x.json"), "report": {"language": "en"}})


def ended(series: Series, **info: Any) -> RunRecord:
    path = None if series.save_path is None else Path(series.save_path)
    return replace(run_of(steady(), **info), path=path)


def test_a_single_run_is_no_series(tmp_path: Path) -> None:
    for series in (of(1, tmp_path), of(5, tmp_path, repeats=False)):
        assert (series.is_one, series.save_path, series.goes_on) == (True, None, False)
        assert not series.is_followed("finished")
        assert series.add(run_of(steady()), 4) == 4
        assert not series.goes_on
        out = io.StringIO()
        series.conclude(ProcessExit(code=4), out)
        assert out.getvalue() == ""
    assert list(tmp_path.iterdir()) == []


def test_runs_follow_each_other_each_with_a_file_of_its_own(tmp_path: Path) -> None:
    series, names = of(3, tmp_path), []
    for code in (0, 1, 0):
        names.append(Path(series.save_path or "").name)
        assert not series.goes_on, "this one has not ended"
        assert series.is_followed("finished") == (len(names) < 3)
        series.add(ended(series), code)
        if series.goes_on:
            series.begin(config(3, tmp_path), repeats=True)
    assert names == ["x_1.json", "x_2.json", "x_3.json"]
    assert not series.is_cut_short
    out = io.StringIO()
    series.conclude(ProcessExit(code=1), out)
    series.conclude(ProcessExit(code=1), out)
    assert out.getvalue().count("3 of 3 runs") == 1, "once"
    found = json.loads((tmp_path / "x.summary.json").read_text(encoding="utf-8"))
    assert [(run["number"], run["exit_code"]) for run in found["runs"]] == [(1, 0), (2, 1), (3, 0)]
    assert found["exit_code"] == 1


@pytest.mark.parametrize(
    ("reason", "follows"),
    [
        ("finished", True),
        ("precise", True),
        ("slo_lost", False),
        ("time_limit", False),
        ("stopped", False),
        ("interrupted", False),
        ("dead_warmup", False),
        ("gave_up", False),
        ("workers_lost", False),
    ],
)
def test_only_after_an_end_that_was_planned_another_one_is_begun(tmp_path: Path, reason: Any, follows: bool) -> None:
    series = of(2, tmp_path)
    assert series.is_followed(reason) is follows
    series.add(ended(series, end_reason=reason), 0)
    assert series.goes_on is follows
    assert series.is_cut_short


def test_the_worst_code_is_that_of_all(tmp_path: Path) -> None:
    series = of(3, tmp_path)
    assert series.add(ended(series), 1) == 1
    series.begin(config(3, tmp_path), repeats=True)
    assert series.add(ended(series), 0) == 1
    assert series.goes_on
    assert series.failed(2) == 2
    assert not series.goes_on


@pytest.mark.parametrize(("interrupted", "code"), [(True, 5), (False, 1)])
def test_one_that_is_cut_short_was_interrupted_if_it_was_a_signal(
    interrupted: bool, code: int, tmp_path: Path
) -> None:
    series = of(3, tmp_path)
    process_exit = ProcessExit(code=series.add(ended(series, end_reason="time_limit"), 1), interrupted=interrupted)
    series.conclude(process_exit, io.StringIO())
    assert process_exit.code == code


def test_a_summary_that_can_not_be_written_is_shown_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    series = of(2, folder)
    series.add(ended(series), 0)
    folder.rmdir()
    out = io.StringIO()
    with pytest.raises(FileNotFoundError):
        series.conclude(ProcessExit(), out)
    assert "1 of 2 runs" in out.getvalue()


def test_a_sweep_is_repeated_as_a_whole(tmp_path: Path) -> None:
    series = of(2, tmp_path)
    for _ in range(2):
        swept = record(level(0, 1), level(1, 2))
        assert series.is_followed("judged") is series.is_followed("finished")
        series.add(replace(swept, path=Path(series.save_path or "")), 0)
        if series.goes_on:
            series.begin(config(2, tmp_path), repeats=True)
    out = io.StringIO()
    series.conclude(ProcessExit(), out)
    found = json.loads((tmp_path / "x.summary.json").read_text(encoding="utf-8"))
    assert [run["file"] for run in found["runs"]] == ["x_1.json", "x_2.json"]
    assert [one["value"] for one in found["level_spread"]] == [1, 2]
    assert "response_time_s.p95 of each level:" in out.getvalue()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (("p95", "p95"), 3),
        (("p95", ""), 0),
        (("", "p95"), 6),
        (("p95", "rate"), 6),
        (("p95", "", "p95", ""), 0),
        (("p95", "both", "", ""), 3),
    ],
)
def test_runs_of_a_series_decide_on_a_gate_together(tmp_path: Path, limits: tuple[str, ...], code: int) -> None:
    """Over a limit that the next run keeps is forgiven; over the same limit twice in a row is worse."""
    low, high = limit(P95, 0.4), limit(P95, 0.6)
    slow, fine = (limit(RATE, least, better="higher") for least in (20.0, 5.0))
    gates = {"p95": (low, fine), "rate": (high, slow), "both": (low, slow), "": (high, fine)}
    series, found = of(len(limits), tmp_path), 0
    for name in limits:
        run = held(ended(series), *gates[name])
        found = series.add(run, exit_code(run), exit_code(run, gated=False))
        if series.goes_on:
            series.begin(config(len(limits), tmp_path), repeats=True)
    assert found == code
    process_exit, out = ProcessExit(code=found), io.StringIO()
    series.conclude(process_exit, out)
    assert process_exit.code == code
    assert ("two runs in a row over p95(response_time_s): worse" in out.getvalue()) == (code == 3)
    assert ("the last run is over a limit: run it again" in out.getvalue()) == (code == 6)


def test_what_else_a_run_ends_with_stays_where_the_gate_is_forgiven(tmp_path: Path) -> None:
    series = of(2, tmp_path)
    series.add(held(ended(series), limit(P95, 0.4)), 6, 1)
    series.begin(config(2, tmp_path), repeats=True)
    assert series.add(held(ended(series), limit(P95, 0.6)), 0, 0) == 1


def test_a_single_run_over_a_limit_is_6(tmp_path: Path) -> None:
    run = held(run_of(steady()), limit(P95, 0.4))
    assert of(1, tmp_path).add(run, exit_code(run), exit_code(run, gated=False)) == 6

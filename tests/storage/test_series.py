"""The names of a series' files, and its summary."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from stt_load.stats.model import Verdict
from stt_load.storage import series
from stt_load.storage.run_record import ReportError
from stt_load.storage.series import OneLevel, OneRun, SeriesRecord
from tests.locust_plugin.test_levels_notice import KNOWN, level, record
from tests.report.runs import run_of, steady

NOON = datetime(2024, 1, 2, 12, 0, 0)


def a_run(number: int, **figures: float) -> OneRun:
    return OneRun(number, f"x_{number}.json", number, "2024", True, "finished", "VALID", 0, figures)


def test_each_run_has_a_number_before_the_suffix_and_the_summary_a_suffix_of_its_own(tmp_path: Path) -> None:
    path = series.reserve(str(tmp_path / "night.json"), NOON, 3)
    assert [series.run_path(path, number).name for number in (1, 2, 3)] == [
        "night_1.json",
        "night_2.json",
        "night_3.json",
    ]
    assert series.summary_path(path).name == "night.summary.json"
    assert series.summary_path(tmp_path / "night.of.may").name == "night.of.summary.json"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("there", "base"),
    [
        ("night.json", "night"),
        ("night_4.json", "night"),
        ("night_3.json", "night_2"),
        ("night_1.partial.jsonl", "night_2"),
        ("night.summary.json", "night_2"),
    ],
)
def test_a_series_takes_names_that_are_all_free(tmp_path: Path, there: str, base: str) -> None:
    (tmp_path / there).touch()
    assert series.reserve(str(tmp_path / "night.json"), NOON, 3).stem == base


def test_without_a_path_the_time_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert series.reserve(None, NOON, 2) == Path("stt_load_test_results_20240102_120000.json")


def test_the_summary_has_each_run_and_the_spread_of_their_figures(tmp_path: Path) -> None:
    runs = (a_run(1, throughput_rps=10.0), a_run(2, throughput_rps=14.0))
    path = series.write(tmp_path / "x.json", SeriesRecord(3, "http://it", runs, 4))
    found = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == "x.summary.json"
    assert (found["kind"], found["planned"], found["exit_code"]) == ("repeat", 3, 4)
    assert [run["file"] for run in found["runs"]] == ["x_1.json", "x_2.json"]
    spread = found["spread"]["throughput_rps"]
    assert (spread["n"], spread["mean"], spread["min"], spread["max"], spread["range"]) == (2, 12, 10, 14, 4)
    assert spread["stdev"] == pytest.approx(2.828427)
    assert spread["interval"]["low"] == pytest.approx(12 - 12.7062 * 2, abs=1e-4)


def test_a_summary_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.summary.json").write_text("mine", encoding="utf-8")
    path = series.write(tmp_path / "x.json", SeriesRecord(1, "it", (a_run(1),), 0))
    assert (path.name, (tmp_path / "x.summary.json").read_text(encoding="utf-8")) == ("x_2.summary.json", "mine")


def test_of_a_run_its_figures_are_kept_and_no_rows() -> None:
    run = replace(run_of(steady()), path=Path("there/out_2.json"))
    one = series.one_run(2, run, 0)
    assert (one.number, one.file, one.seed, one.verdict) == (2, "out_2.json", 7, "VALID")
    assert one.figures["requests.total"] == 90
    assert series.one_run(2, run_of(steady()), 0).file is None


def test_a_summary_is_read_back_as_it_was(tmp_path: Path) -> None:
    run = replace(a_run(1, throughput_rps=10.0), slo={"error_rate < 1%": "met"})
    record = SeriesRecord(3, "http://it", (run,), 4, "ko")
    path = series.write(tmp_path / "x.json", record)
    assert series.is_summary(path)
    assert series.load(path) == record


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "not JSON"), ("[]", "not the summary"), ('{"kind": "repeat"}', "damaged"), ('{"kind": "x"}', "not the")],
)
def test_what_is_no_summary_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "x.summary.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=said):
        series.load(path)
    with pytest.raises(ReportError, match="No such file"):
        series.load(tmp_path / "gone.summary.json")


def a_sweep(number: int, *values: float, p95_s: float = 1.0, verdict: Verdict = "VALID") -> OneRun:
    levels = tuple(OneLevel("users", value, verdict, {"response_time_s.p95": p95_s * value}) for value in values)
    return replace(a_run(number), levels=levels)


def test_of_a_sweep_each_level_has_the_spread_of_the_runs_that_came_to_it(tmp_path: Path) -> None:
    runs = (a_sweep(1, 1, 2, 4), a_sweep(2, 1, 2, p95_s=2.0))
    path = series.write(tmp_path / "x.json", SeriesRecord(2, "http://it", runs, 0))
    found = json.loads(path.read_text(encoding="utf-8"))
    assert [(one["axis"], one["value"]) for one in found["level_spread"]] == [
        ("users", 1),
        ("users", 2),
        ("users", 4),
    ]
    spreads = [one["spread"]["response_time_s.p95"] for one in found["level_spread"]]
    assert [(one["n"], one["mean"]) for one in spreads] == [(2, 1.5), (2, 3.0), (1, 4.0)]
    assert found["spread"] == found["capacity_spread"] == {}
    assert found["runs"][1]["levels"][1]["figures"] == {"response_time_s.p95": 4.0}
    assert series.load(path).runs == runs


def test_of_searches_both_ends_have_the_spread_of_those_that_have_found_them(tmp_path: Path) -> None:
    answers = (KNOWN, replace(KNOWN, carries=6.0, fails_at=None, limited="max_time"))
    runs = tuple(replace(a_run(number), capacity=one) for number, one in enumerate(answers, 1))
    path = series.write(tmp_path / "x.json", SeriesRecord(2, "http://it", runs, 0))
    found = json.loads(path.read_text(encoding="utf-8"))
    ends = found["capacity_spread"]
    assert (ends["carries"]["n"], ends["carries"]["min"], ends["carries"]["max"]) == (2, 4.0, 6.0)
    assert (ends["fails_at"]["n"], ends["fails_at"]["mean"]) == (1, 8.0)
    assert found["runs"][0]["capacity"]["sentence"] == KNOWN.sentence
    assert found["level_spread"] == []
    assert series.load(path).runs == runs


def test_of_levels_the_worst_verdict_is_kept_and_figures_of_a_sweep_alone() -> None:
    good, bad = level(0, 1), level(1, 2)
    doubtful = replace(bad, run=bad.run.invalid(bad.run.info))
    one = series.one_run(3, record(good, doubtful), 4)
    assert (one.number, one.verdict, one.exit_code, one.figures) == (3, "INVALID", 4, {})
    assert [(of.value, of.verdict) for of in one.levels] == [(1, "VALID"), (2, "INVALID")]
    assert one.levels[0].figures["requests.total"] == 90
    searched = series.one_run(1, record(good, capacity=KNOWN), 0)
    assert (searched.levels, searched.capacity) == ((), KNOWN)

"""`repeat`: the same several times in one process, each with clips of its own, and what they come to together."""

from __future__ import annotations

import json
import signal
import statistics
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import SCHEMA, Ran, finish, quick, run, start

pytestmark = pytest.mark.locust


def results(folder: Path) -> list[dict[str, Any]]:
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("out_*.json"))]
    for one in found:
        SCHEMA.validate(one)
    return found


def summary(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "out.summary.json").read_text(encoding="utf-8")))


def check_series(folder: Path, ran: Ran, count: int, measured: int) -> None:
    """`count` runs are there, each of them whole, and the summary is of these."""
    found, whole = results(folder), summary(folder)
    assert sorted(path.name for path in folder.glob("out*")) == [
        "out.summary.json",
        *(f"out_{number}.json" for number in range(1, count + 1)),
    ]
    assert [one["run"]["complete"] for one in found] == [True] * count
    assert [one["metrics"]["requests"]["total"] for one in found] == [measured] * count
    seeds = [one["run"]["seed"] for one in found]
    assert len(set(seeds)) == count
    assert [one["seed"] for one in whole["runs"]] == seeds
    codes = [one["exit_code"] for one in whole["runs"]]
    assert ran.code == whole["exit_code"] == (4 if 4 in codes else 0), "4: this machine had other things to do"
    rates = [one["metrics"]["throughput_rps"] for one in found]
    spread = whole["spread"]["throughput_rps"]
    assert (spread["n"], spread["min"], spread["max"]) == (count, min(rates), max(rates))
    assert spread["mean"] == pytest.approx(statistics.fmean(rates), abs=1e-6)
    assert spread["stdev"] == pytest.approx(statistics.stdev(rates), abs=1e-6)
    assert f"{count} of {count} runs" in ran.out
    assert ran.out.count("measured, 0 failed") == count


def test_runs_follow_each_other_and_each_begins_as_the_others_do(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(16, 4, 2), "--repeat", "3", "--save-path", "out.json", "--seed", "11")
    check_series(tmp_path, ran, 3, 12)
    for one in results(tmp_path):
        phases = [row["phase"] for row in one["requests"]]
        assert (phases.count("warmup"), phases.count("settling")) == (4, 4), "2 x users, on top of what is asked for"
    first = results(tmp_path)[0]["run"]["seed"]
    assert first == 11


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--processes", "2")])
def test_an_open_loop_is_repeated_with_arrivals_of_its_own(tmp_path: Path, words: tuple[str, ...]) -> None:
    config = quick(34, 4, 2, load={"rate": 20, "max_in_flight": 10})
    ran = run(tmp_path, config, "--repeat", "2", "--save-path", "out.json", *words)
    phases = [[row["phase"] for row in one["requests"]] for one in results(tmp_path)]
    assert [one.count("measured") for one in phases] == [30, 30]
    assert all(one.count("settling") > 0 for one in phases), "what arrives in 10 medians, on top of what is asked for"
    whole = summary(tmp_path)
    assert [one["complete"] for one in whole["runs"]] == [True, True]
    assert ran.code == whole["exit_code"]
    due = [[row["start_s"] for row in one["requests"] if row["phase"] == "measured"] for one in results(tmp_path)]
    assert due[0] != due[1], "another seed, other arrivals"


@pytest.mark.slow
def test_with_workers_each_run_has_all_of_them(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(24, 4, 4), "--repeat", "3", "--save-path", "out.json", "--processes", "2")
    check_series(tmp_path, ran, 3, 20)
    for one in results(tmp_path):
        assert len(one["run"]["workers"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_series_and_what_there_is_of_it_is_summed_up(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = start(tmp_path, quick(24, 4, 4), "--repeat", "9", "--save-path", "out.json")
    assert process.stdout
    said = ""
    while "Result saved to out_1.json" not in said:
        said += process.stdout.readline()
    process.send_signal(number)
    ran = finish(process, tmp_path)
    assert ran.code == 5
    assert summary(tmp_path)["exit_code"] == 5
    assert summary(tmp_path)["planned"] == 9
    assert 1 <= len(summary(tmp_path)["runs"]) <= 3
    assert "Not complete" in ran.out


@pytest.mark.slow
def test_a_service_that_does_not_answer_is_asked_once(tmp_path: Path) -> None:
    config = quick(24, 4, 4, api={"base_url": "http://127.0.0.1:9"})
    ran = run(tmp_path, config, "--repeat", "3", "--save-path", "out.json")
    assert ran.code == 1
    assert [one["end_reason"] for one in summary(tmp_path)["runs"]] == ["dead_warmup"]


@pytest.mark.slow
def test_a_time_limit_is_that_of_all_runs_together(tmp_path: Path) -> None:
    ran = run(tmp_path, quick(24, 4, 4), "--repeat", "50", "--save-path", "out.json", "-t", "4")
    runs = summary(tmp_path)["runs"]
    assert 1 < len(runs) < 12
    assert ran.code == summary(tmp_path)["exit_code"]
    assert runs[-1]["end_reason"] in ("time_limit", "finished")


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--processes", "2")])
def test_a_sweep_is_repeated_as_a_whole(tmp_path: Path, words: tuple[str, ...]) -> None:
    levels = ("--levels", "users 2, 4 for 40 requests")
    ran = run(tmp_path, quick(None, 4, 2), *levels, "--repeat", "2", "--save-path", "out.json", *words)
    found, whole = results(tmp_path), summary(tmp_path)
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.summary.json", "out_1.json", "out_2.json"]
    assert [[one["trial"]["value"] for one in result["levels"]] for result in found] == [[2, 4], [2, 4]]
    seeds = [one["run"]["seed"] for result in found for one in result["levels"]]
    assert len(set(seeds)) == 4, "each level has clips of its own"
    spreads = [one["spread"]["throughput_rps"] for one in whole["level_spread"]]
    for number, spread in enumerate(spreads):
        rates = [result["levels"][number]["metrics"]["throughput_rps"] for result in found]
        assert (spread["n"], spread["min"], spread["max"]) == (2, min(rates), max(rates))
    assert ran.code == whole["exit_code"] == (4 if 4 in [one["exit_code"] for one in whole["runs"]] else 0)
    assert ran.out.count("all levels") == 2
    assert "throughput_rps of each level:" in ran.out
    assert "2 of 2 runs" in ran.out

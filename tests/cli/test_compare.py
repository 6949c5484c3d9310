"""`stt-load compare`: what it says, writes and ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.cli.compare import arranged
from stt_load.config import Config
from stt_load.samples.generator import Generator
from stt_load.samples.sample import Phase
from stt_load.storage import series
from stt_load.storage.result_file import write, write_levels
from stt_load.storage.series import SeriesRecord, one_run
from tests.cli.within import within
from tests.factory import joined, table
from tests.report.runs import HEALTHY, run_of
from tests.storage.trying import levels_of

ONE_METRIC = ("--metric", "p95(response_time_s)")


def compare(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return within("compare", *map(str, words), environ=os.environ | environ)


def saved(
    folder: Path, name: str, seed: int, response_s: float = 0.5, config: Config | None = None, **info: Any
) -> Path:
    """A run of 5 users with 200 measured requests that take about `response_s`, up to 1% more or less in each run."""
    numbers = np.random.default_rng(seed)
    times_s = response_s * numbers.uniform(0.99, 1.01) * numbers.uniform(0.8, 1.2, 200)
    starts_s = np.cumsum(times_s.reshape(40, 5), axis=0) - times_s.reshape(40, 5)
    warmup = table([-1.0 - number / 10 for number in range(10)], 0.5, phase=Phase.WARMUP, users=5)
    samples = joined(warmup, table(starts_s.ravel(), times_s, users=5, first_seq=10))
    path = folder / name
    write(path, run_of(samples, config, seed=seed, **info))
    return path


def side(folder: Path, name: str, count: int, response_s: float = 0.5, **more: Any) -> list[Path]:
    first = sum(map(ord, name))
    return [saved(folder, f"{name}_{number}.json", first + number, response_s, **more) for number in range(count)]


def test_a_slower_candidate_six_against_six(tmp_path: Path) -> None:
    base, slow = side(tmp_path, "base", 6), side(tmp_path, "slow", 6, 0.6)
    ran = compare(*base, "--", *slow)
    assert (ran.returncode, ran.stderr) == (0, "")
    text = " ".join(ran.stdout.split())
    assert "❌ The candidate is worse: p95(response_time_s), p99(response_time_s), throughput_rps." in text
    assert compare(*base, "--", *slow, "--fail-on-regression", "5%").returncode == 3
    assert compare(*base, "--", *slow, "--fail-on-regression", "50%").returncode == 0
    assert compare(*slow, "--", *base, "--fail-on-regression", "5%").returncode == 0
    values = json.loads(compare(*base, "--", *slow, "--json").stdout)
    p95 = values["differences"][0]
    assert (values["verdict"], p95["claim"], len(p95["baseline"])) == ("worse", "worse", 6)
    assert 0.15 < p95["change"] < 0.25
    assert values["baseline"] == [str(path) for path in base]


def test_one_run_a_side_ends_with_cant_tell_where_that_is_asked(tmp_path: Path) -> None:
    base, slow = side(tmp_path, "base", 1), side(tmp_path, "slow", 1, 0.6)
    ran = compare(*base, "--", *slow, *ONE_METRIC)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "differs within these runs: p95(response_time_s)" in ran.stdout
    assert compare(*base, "--", *slow, *ONE_METRIC, "--fail-on-regression", "5%").returncode == 6


def test_three_against_three_are_too_few(tmp_path: Path) -> None:
    base, slow = side(tmp_path, "base", 3), side(tmp_path, "slow", 3, 0.6)
    ran = compare("--fail-on-regression", "5%", *base, "--", *slow)
    assert ran.returncode == 6
    assert "(1 in 20 by chance)" in " ".join(ran.stdout.split())


def test_options_may_stand_anywhere(tmp_path: Path) -> None:
    base, slow = side(tmp_path, "base", 1), side(tmp_path, "slow", 1, 0.6)
    said = [
        compare("--json", *ONE_METRIC, *base, "--", *slow).stdout,
        compare(*base, "--json", *ONE_METRIC, "--", *slow).stdout,
        compare(*base, "--", *slow, *ONE_METRIC, "--json").stdout,
        compare(*base, "--candidate", *slow, *ONE_METRIC, "--json").stdout,
    ]
    assert len(json.loads(said[0])["differences"]) == 1
    assert set(said) == {said[0]}


def test_two_dashes_are_an_option() -> None:
    assert arranged(["a", "--", "b", "--json"]) == ["a", "--candidate", "b", "--json"]


def test_a_metric_that_is_named_twice_is_one(tmp_path: Path) -> None:
    base, slow = side(tmp_path, "base", 1), side(tmp_path, "slow", 1)
    more = ("--metric", "all.response_time_s.p95", "--metric", "wer", "--json")
    values = json.loads(compare(*base, "--", *slow, *ONE_METRIC, *more).stdout)
    assert [one["metric"] for one in values["differences"]] == ["all.response_time_s.p95", "accuracy.wer"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["BASE"], "no run of the candidate: name one or more behind `--`"),
        (["BASE", "--"], "no run of the candidate: name one or more behind `--`"),
        (["--", "SLOW"], "no run of the baseline: name one or more before `--`"),
        ([], "no run of the baseline: name one or more before `--`"),
        (["BASE", "--", "SLOW", "--", "SLOW"], "`--` stands twice: name the runs of the baseline, --, those of"),
        (["BASE", "--", "BASE"], "base_0.json is on both sides; a run can't be compared with itself"),
        (["BASE", "BASE", "--", "SLOW"], "base_0.json is named twice; name each run once"),
        (["BASE", "--", "gone.json"], "gone.json: No such file or directory"),
        (["BASE", "--", "LEVELS"], "levels.json is of 3 levels: name results of runs that had one load"),
        (["BASE", "--", "SLOW", "--html", "no/page.html"], "no/page.html can't be written: No such file"),
        (
            ["BASE", "--", "SLOW", "--html", "BASE"],
            "base_0.json is one of the runs that are compared; choose another",
        ),
        (["BASE", "--", "SLOW", "--markdown", "SLOW"], "slow_0.json is one of the runs that are compared"),
        (
            ["BASE", "--", "SLOW", "--html", "a", "--markdown", "./a"],
            "--html and --markdown both name a; choose a file",
        ),
        (["BASE", "--", "SLOW", "--markdown", "no/page.md"], "no/page.md can't be written: No such file"),
    ],
)
def test_what_cant_be_compared(tmp_path: Path, words: list[str], said: str) -> None:
    levels = tmp_path / "levels.json"
    write_levels(levels, levels_of())
    files = {"BASE": side(tmp_path, "base", 1)[0], "SLOW": side(tmp_path, "slow", 1)[0], "LEVELS": levels}
    ran = compare(*(files.get(word, word) for word in words))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("stt-load: ")
    assert ran.stderr.count("\n") == 1
    assert said in ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--metric", "p95(respnse_time_s)"],
            "`p95(respnse_time_s)` has no figure 'respnse_time_s' to take p95 of; did",
        ),
        (["--metric", "window_s"], "`window_s` has no better direction"),
        (["--fail-on-regression", "5"], "has 5 as its least change; did you mean 5%? Else choose a share such as 5%"),
        (["--fail-on-regression=-5%"], "`-5%` has -5% as its least change; choose a share such as 5%"),
        (["--fail-on-regression", "100%"], "`100%` has 100% as its least change; choose a share such as 5%"),
        (["--fail-on-regression", "much"], "`much` has no share as its least change; choose a share such as 5%"),
        (["--languge", "ko"], "--languge"),
    ],
)
def test_options_that_are_wrong(words: list[str], said: str) -> None:
    command = [sys.executable, "-m", "stt_load.cli", "compare", "a.json", "--", "b.json", *words]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_unlike_runs_are_refused_with_all_that_differs(tmp_path: Path) -> None:
    base = side(tmp_path, "base", 2)
    other = Config(api={"model": "large-v3"}, warmup_requests=20)
    unlike = side(tmp_path, "next", 2, config=other)
    ran = compare(*base, "--", *unlike)
    assert (ran.returncode, ran.stdout) == (2, "")
    first, *lines, last = ran.stderr.splitlines()
    assert first == "stt-load: these runs can't be compared, as they differ in more than the service:"
    assert "  - api.model: whisper-1 (baseline), large-v3 (candidate)" in lines
    assert "  - warmup_requests: 10 (baseline), 20 (candidate)" in lines
    assert "--force" in last
    forced = compare(*base, "--", *unlike, "--force")
    assert (forced.returncode, forced.stderr) == (0, "")
    assert "❗ Compared by force" in forced.stdout
    assert "  - api.model: whisper-1 (baseline), large-v3 (candidate)" in forced.stdout.splitlines()


def test_a_run_that_is_not_to_be_believed_is_named(tmp_path: Path) -> None:
    base, good = side(tmp_path, "base", 1), side(tmp_path, "next", 1)
    lost = Generator(workers=HEALTHY.workers, rows_lost=1)
    bad = saved(tmp_path, "bad.json", 99, generator=lost)
    ran = compare(*base, "--", *good, bad)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"  - {bad} is INVALID: `stt-load report` says why" in ran.stderr.splitlines()
    assert ran.stderr.count(" is INVALID") == 1
    assert compare(*base, "--", *good, bad, "--force").returncode == 0


def test_a_series_stands_for_its_runs(tmp_path: Path) -> None:
    paths = side(tmp_path, "base", 2)
    runs = [one_run(number, run_of(table(0.0, 1.0), path=path), 0) for number, path in enumerate(paths, 1)]
    summary = series.write(tmp_path / "base.json", SeriesRecord(2, "http://h/", tuple(runs), 0))
    values = json.loads(compare(summary, "--", *side(tmp_path, "slow", 2), "--json").stdout)
    assert values["baseline"] == [str(path) for path in paths]


def test_files_for_whoever_looks_at_it(tmp_path: Path) -> None:
    base, slow = side(tmp_path, "base", 2), side(tmp_path, "slow", 2, 0.6)
    page, summary = tmp_path / "page.html", tmp_path / "summary.md"
    page.write_text("old", encoding="utf-8")
    summary.write_text("# before\n", encoding="utf-8")
    ran = compare(*base, "--", *slow, "--html", page, "--markdown", summary, "--language", "ko")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "🆚 비교: 비교 대상 실행 2회, 기준 실행 2회" in ran.stdout
    assert summary.read_text(encoding="utf-8").startswith("# before\n## 🟡 🆚 비교")
    text = page.read_text(encoding="utf-8")
    assert '<html lang="ko"' in text
    assert "백분위별 응답 시간" in text


def test_the_language_is_that_of_the_candidate_where_none_is_asked_for(tmp_path: Path) -> None:
    korean = Config(report={"language": "ko"})
    base, slow = side(tmp_path, "base", 1), side(tmp_path, "slow", 1, config=korean)
    assert "🆚 비교" in compare(*base, "--", *slow).stdout
    assert "🆚 Comparison" in compare(*slow, "--", *base).stdout


@pytest.mark.parametrize(("place", "value"), [(("report", "language"), "xx"), (("report",), None), (("report",), {})])
def test_results_that_were_edited_end_with_a_sentence(tmp_path: Path, place: tuple[str, ...], value: object) -> None:
    base, odd = side(tmp_path, "base", 1), saved(tmp_path, "odd.json", 7)
    values = json.loads(odd.read_text(encoding="utf-8"))
    section = values["config"]
    for name in place[:-1]:
        section = section[name]
    section[place[-1]] = value
    odd.write_text(json.dumps(values), encoding="utf-8")
    ran = compare(*base, "--", odd, "--force")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.startswith("stt-load: ")


def test_help_says_how_it_is_called() -> None:
    command = [sys.executable, "-m", "stt_load.cli", "compare", "--help"]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "usage: stt-load compare BASELINE... -- CANDIDATE... [options]" in ran.stdout
    assert "--fail-on-regression" in ran.stdout

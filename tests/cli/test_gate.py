"""`stt-load gate`: what it says of saved runs, and what it ends with."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stt_load.comparison.conditions import conditions
from stt_load.gates.file import write as write_gate
from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind
from stt_load.storage.result_file import write, write_levels
from stt_load.storage.run_record import RunRecord
from tests.cli.within import within
from tests.factory import table
from tests.gates.made import P95, gate
from tests.report.runs import run_of, steady
from tests.storage.trying import levels_of

LATER = "2024-01-01T13:00:00.000+09:00"
SAME_INSTANT_ELSEWHERE = "2024-01-01T04:30:00.000+00:00"
"""Half an hour after LATER, by another clock."""


def judged(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return within("gate", *words, folder=folder, environ=os.environ)


def at(started: str, response_s: float = 0.5, **info: Any) -> RunRecord:
    """A run of 5 users: 10 requests a second with 0.5 s each."""
    return run_of(steady(response_s=response_s), started_at=started, **info)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A gate (0.6 s, 5 a second), a run within it, and later ones."""
    first = at("2024-01-01T12:00:00.000+09:00")
    write_gate(tmp_path / "gate.json", gate(kind=conditions(first)))
    for name, run in {
        "good": first,
        "slow": at(LATER, 0.8),
        "slower": at(SAME_INSTANT_ELSEWHERE, 1.2),
        "good_again": at("2024-01-01T14:00:00.000+09:00"),
    }.items():
        write(tmp_path / f"{name}.json", run)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("good.json",), 0, "✅ Within the gate.\n"),
        (("slow.json",), 6, "🟡 Not decided: over p95(response_time_s), which may be bad luck."),
        (("slow.json", "slower.json"), 3, "❌ Worse: both runs are over p95(response_time_s).\n"),
        (("slow.json", "good_again.json"), 0, "✅ Within the gate: the second run is within all limits"),
        (("good.json", "slow.json"), 6, "🟡 Not decided: over p95(response_time_s)"),
        (("good.json", "good_again.json"), 0, "✅ Within the gate.\n"),
    ],
)
def test_what_runs_come_to(folder: Path, words: tuple[str, ...], code: int, said: str) -> None:
    found = judged(folder, "gate.json", *words)
    assert (found.returncode, found.stderr) == (code, "")
    assert found.stdout.startswith(said)


def test_a_second_run_over_another_limit_alone_decides_nothing(folder: Path) -> None:
    write(folder / "few.json", run_of(steady(users=2), users=2, started_at="2024-01-01T15:00:00.000+09:00"))
    found = judged(folder, "gate.json", "slow.json", "few.json")
    assert (found.returncode, found.stderr) == (6, "")
    assert found.stdout.startswith("🟡 Not decided: the runs are over other limits, the second over throughput_rps.")


def test_a_run_that_ended_by_its_time_is_whole_as_it_is_for_a_baseline(folder: Path) -> None:
    write(folder / "timed.json", at(LATER, complete=False, end_reason="time_limit"))
    assert judged(folder, "gate.json", "timed.json").returncode == 0


def test_as_json(folder: Path) -> None:
    found = judged(folder, "gate.json", "slow.json", "slower.json", "--json")
    values = json.loads(found.stdout)
    assert (found.returncode, values["exit_code"], values["decision"], values["gate"]) == (3, 3, "over", "gate.json")
    assert [one["file"] for one in values["runs"]] == ["slow.json", "slower.json"]
    first = {"metric": P95, "observed": pytest.approx(0.8), "limit": 0.6, "is_over": True}
    assert values["runs"][0]["results"][0] == first


def test_the_language_is_the_run_s_unless_another_is_asked_for(folder: Path) -> None:
    assert judged(folder, "gate.json", "good.json", "--language", "ko").stdout.startswith("✅ 게이트를 통과했습니다.")


def other_kind(folder: Path) -> None:
    write(folder / "x.json", at(LATER, host={"name": "here", "platform": "Linux", "cpus": 64}))


def invalid(folder: Path) -> None:
    write(folder / "x.json", at(LATER, generator=Generator(listener_errors=1)))


def cut_short(folder: Path) -> None:
    write(folder / "x.json", at(LATER, complete=False, end_reason="interrupted"))


def all_failed(folder: Path) -> None:
    write(folder / "x.json", run_of(table([0.0], 0.5, kind=[ErrorKind.HTTP_5XX]), started_at=LATER))


def of_levels(folder: Path) -> None:
    write_levels(folder / "x.json", levels_of())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            other_kind,
            "x.json is of another kind: host.cpus is 64 here, and 2 in the runs that the gate was learnt from",
        ),
        (invalid, "x.json is INVALID: its figures are not to be believed"),
        (cut_short, "x.json did not run to its end (interrupted): a gate is of whole runs"),
        (all_failed, "x.json measured nothing: no request succeeded"),
        (of_levels, "x.json is of 3 levels"),
        (lambda _: None, "x.json: No such file or directory"),
        (lambda folder: (folder / "x.json").write_text("{}"), "x.json is not a result of stt-load"),
    ],
    ids=["kind", "invalid", "cut", "failed", "levels", "missing", "none"],
)
def test_what_can_not_be_held_against_it_is_2_and_says_why(
    folder: Path, make: Callable[[Path], None], said: str
) -> None:
    make(folder)
    found = judged(folder, "gate.json", "x.json")
    assert (found.returncode, found.stdout) == (2, "")
    assert said in found.stderr


def test_all_that_is_in_the_way_is_told_at_once(folder: Path) -> None:
    host = {"name": "here", "platform": "Linux", "cpus": 64}
    write(folder / "x.json", at(LATER, host=host, generator=Generator(listener_errors=1)))
    found = judged(folder, "gate.json", "x.json")
    assert len(found.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gate.json", "slower.json", "slow.json"), "slow.json is of an earlier run than slower.json"),
        (("gate.json", "good.json", "good.json"), "good.json is named twice"),
        (("good.json", "good.json"), "good.json is no gate: it has no gate_version"),
        (("none.json", "good.json"), "none.json can't be read: No such file or directory"),
    ],
)
def test_words_that_make_no_sense(folder: Path, words: tuple[str, ...], said: str) -> None:
    found = judged(folder, *words)
    assert (found.returncode, found.stdout) == (2, "")
    assert said in found.stderr


def test_a_run_without_a_time_is_damaged(folder: Path) -> None:
    for name in ("a", "b"):
        write(folder / f"{name}.json", at(f"once {name}"))
    found = judged(folder, "gate.json", "a.json", "b.json")
    assert (found.returncode, "has no time at which it began" in found.stderr) == (2, True)


def test_a_summary_of_more_runs_than_two_is_refused(folder: Path) -> None:
    """Two runs of a series may be named by its summary."""
    from stt_load.storage.series import SeriesRecord, one_run
    from stt_load.storage.series import write as write_summary

    runs = [
        replace(at(f"2024-01-02T0{number}:00:00+00:00", 0.8), path=folder / f"s_{number}.json")
        for number in (1, 2, 3)
    ]
    for number, one in enumerate(runs, start=1):
        write(folder / f"s_{number}.json", one)
    kept = tuple(one_run(number, one, 0) for number, one in enumerate(runs, start=1))
    three = write_summary(folder / "s.json", SeriesRecord(3, "", kept, 0))
    two = write_summary(folder / "t.json", SeriesRecord(2, "", kept[:2], 0))
    assert judged(folder, "gate.json", two.name).returncode == 3
    found = judged(folder, "gate.json", three.name)
    assert (found.returncode, "these are 3 runs" in found.stderr) == (2, True)

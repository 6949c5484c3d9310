"""`stt-load selftest`, whole: what it prints and how it ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.cli import main
from stt_load.selftest import command
from stt_load.selftest.bench import TrialError
from stt_load.selftest.cases import TRIALS, Trial
from stt_load.selftest.command import excuses, line
from stt_load.selftest.figure import Figure

LIMIT_S = 240


@pytest.mark.slow
@pytest.mark.locust
@pytest.mark.alone
def test_the_whole_of_it_takes_a_minute_or_two_and_tells_right_from_wrong(tmp_path: Path) -> None:
    """In a folder and an environment that would lead a careless Locust astray."""
    (tmp_path / "locust.conf").write_text("headless = false\nusers = 77\n")
    (tmp_path / ".locust.conf").write_text("users = 66\n")
    astray = {"LOCUST_USERS": "99", "STT_LOAD_SEED": "1", "CONFIG_PATH": "no.yaml", "HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-m", "stt_load.cli", "selftest"],
        cwd=tmp_path,
        env=os.environ | astray,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    lines = ran.stdout.splitlines()
    assert ran.stderr == ""
    assert len([line for line in lines if re.match(r" +\d+\. [✅❌] ", line)]) == len(TRIALS)
    rows = [line for line in lines if line.endswith(("  right", "  WRONG"))]
    assert len(rows) > 40
    exact = [line for line in rows if line.split()[-2] == "exact"]
    assert len(exact) > 15
    assert all(line.endswith("right") for line in exact)
    # How late an answer is read is the machine's affair; that none is early is physics.
    wrong = [line for line in rows if line.endswith("WRONG")]
    assert all(re.search(r" (\+\d+\.\d ms|\+0\.\d{4}|-\d+\.\d\d/s) ", line) for line in wrong), wrong
    assert ran.returncode == (1 if wrong else 0)
    (count,) = (line for line in lines if re.match(r"\d+ figures, \d+ of them wrong; \d+ s\.", line))
    assert int(count.split()[2]) >= len(wrong)
    promise = re.compile(r"  (\w+): at least \d+ requests/s per worker with a P99 error under \d+\.\d ms")
    promises = [promise.fullmatch(line) for line in lines if "at least" in line]
    assert [found and found[1] for found in promises] == ["SttUser", "FastSttUser"]
    assert {path.name for path in tmp_path.iterdir()} == {"locust.conf", ".locust.conf"}, "it leaves nothing"


def test_what_a_busy_machine_may_have_done_is_said() -> None:
    late = Figure("response_time_s.max", "s", 0.5, 0.53, -0.0005, 0.015)
    early, count = replace(late, reported=0.4), Figure("requests.total", "", 8, 7)
    again = "The machine may be why: try again when it has less to do."
    assert list(excuses([late, early], 0.1, [])) == list(excuses([count], 0.1, [])) == []
    assert list(excuses([late], 0.1, [])) == ["What is wrong is late by a little, and nothing else.", again]
    assert list(excuses([count], 1.5, [3, 12])) == [
        "This machine was busy before it began: 1.5 processes at work for each core.",
        "DEGRADED or INVALID by the run's own verdict, as the generator had too little time: 3, 12.",
        again,
    ]


def test_whoever_ends_it_leaves_nothing_running(tmp_path: Path) -> None:
    """In the middle of a run with two workers, by SIGTERM to itself alone, as from a CI system."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "stt_load.cli", "selftest"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    while "1. " not in process.stdout.readline():
        assert process.poll() is None
    process.terminate()
    _, said = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 5
    assert said == "stt-load selftest: interrupted\n"
    assert list(tmp_path.iterdir()) == []
    assert [place for place in map(working_directory, Path("/proc").glob("[0-9]*")) if str(tmp_path) in place] == []


def working_directory(process: Path) -> str:
    """Nothing of one that has ended meanwhile."""
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return ""


def test_what_can_not_be_tried_ends_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(trial: Trial, _: Path) -> None:
        raise TrialError(f"{trial.name}: locust ended with exit code 2")

    monkeypatch.setattr(command, "run_trial", fail)
    assert main(["selftest"]) == 2
    assert "locust ended with exit code 2" in capsys.readouterr().err


def test_each_run_names_what_is_wrong_with_it() -> None:
    """Somebody who interrupts it has seen no table."""
    right = Figure("dropped", "", 0, 0)
    assert line(TRIALS[0], [right, right]).endswith(": 2 of 2 figures right")
    wrong = [Figure(name, "", 0, 1) for name in "abcde"]
    assert line(TRIALS[0], [right, wrong[0]]).endswith(": 1 of 2 figures right (a)")
    assert line(TRIALS[0], wrong).endswith(": 0 of 5 figures right (a, b, c, d, ...)")

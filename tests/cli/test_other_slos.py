"""`stt-load report --slo` with a gate: a saved run is held against it, and one of another kind is not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from stt_load.cli.other_slos import judged
from stt_load.comparison.conditions import conditions
from stt_load.gates.file import write as write_gate
from stt_load.storage.result_file import write
from stt_load.storage.run_record import ReportError
from tests.cli.within import within
from tests.gates.made import P95, gate, held, limit
from tests.report.runs import run_of, steady


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A result (0.5 s), and a gate of the same kind that it is within, and one that it is over."""
    monkeypatch.chdir(tmp_path)
    run = run_of(steady())
    write(tmp_path / "result.json", run)
    for name, most in (("within", 0.6), ("over", 0.4)):
        write_gate(tmp_path / f"{name}.json", gate(limit(P95, most), kind=conditions(run)))
    return tmp_path


def report(folder: Path, *slos: str) -> subprocess.CompletedProcess[str]:
    words = [word for slo in slos for word in ("--slo", slo)]
    return within("report", "result.json", *words, folder=folder, environ=os.environ)


@pytest.mark.parametrize(
    ("slos", "code", "said"),
    [
        (("file: within.json",), 0, "- within: p95(response_time_s) (observed 0.500 s, at most 0.600 s)"),
        (("{file: over.json}",), 6, "- OVER: p95(response_time_s) (observed 0.500 s, at most 0.400 s)"),
        (("file: over.json", "p95(response_time_s) < 0.1"), 3, "- OVER: p95(response_time_s)"),
        (("file: over.json; p95(response_time_s) < 2",), 6, "- met: p95(response_time_s) < 2"),
    ],
)
def test_a_saved_run_is_held_against_a_gate(folder: Path, slos: tuple[str, ...], code: int, said: str) -> None:
    found = report(folder, *slos)
    assert (found.returncode, found.stderr) == (code, "")
    assert said in found.stdout


def test_other_slos_are_in_place_of_the_gate_that_it_had() -> None:
    run = held(run_of(steady()), limit(P95, 0.4))
    assert judged(run, None) is run
    found = judged(run, ["p95(response_time_s) < 2"])
    assert (found.info.gate, found.summary.gate, len(found.summary.slo)) == (None, (), 1)


def test_one_that_can_not_be_used_is_2(folder: Path) -> None:
    (folder / "x.json").write_text('{"gate_version": 1}', encoding="utf-8")
    found = report(folder, "file: x.json")
    assert (found.returncode, found.stdout) == (2, "")
    assert "--slo: x.json lacks version; x.json lacks made_at; " in found.stderr


def test_one_of_another_kind_is_2(folder: Path) -> None:
    write_gate(folder / "other.json", gate(kind={"host.cpus": "64", "api.model": "x"}))
    with pytest.raises(
        ReportError, match=r"is of another kind than other\.json: host\.cpus is 2 here, and 64 .*; api"
    ):
        judged(run_of(steady()), ["file: other.json"])

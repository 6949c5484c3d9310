"""Real runs that are held against gates: what they end with, and what they leave."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from stt_load.comparison.conditions import conditions
from stt_load.gates.file import read, write
from stt_load.samples.gate import GateLimit
from stt_load.storage.result_file import load_run
from tests.cli.within import within
from tests.gates.made import P95, RATE, gate, limit
from tests.processes.running import Ran, check_code, quick, rows, run, saved

pytestmark = pytest.mark.locust

TOTAL, WARMUP, USERS = 50, 10, 4
LENIENT = (limit(P95, 60.0), limit(RATE, 0.001, better="higher"))
IMPOSSIBLE = (limit(P95, 0.01), limit(RATE, 0.001, better="higher"))
"""Nobody answers in 10 ms where the service takes 100."""


def config(**more: Any) -> dict[str, Any]:
    return quick(TOTAL, WARMUP, USERS, **more)


@pytest.fixture(scope="module")
def kind(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The conditions of such runs, by one of them."""
    folder = tmp_path_factory.mktemp("kind")
    run(folder, config())
    (file,) = folder.glob("stt_load_test_results_*.json")
    return conditions(load_run(file))


def held(folder: Path, kind: dict[str, str], limits: tuple[GateLimit, ...], *words: str, **more: Any) -> Ran:
    write(folder / "gate.json", gate(*limits, kind=kind), replaces=True)
    return run(folder, config(slo={"file": "gate.json"}, **more), *words)


def test_within_all_limits_is_0_and_the_result_keeps_the_gate(tmp_path: Path, kind: dict[str, str]) -> None:
    ran = held(tmp_path, kind, LENIENT)
    check_code(ran, 0)
    found = ran.result
    assert found["config"]["slo"] == [{"file": "gate.json"}]
    assert found["run"]["gate"]["file"] == "gate.json"
    assert found["run"]["gate"]["learnt"] == json.loads((tmp_path / "gate.json").read_text(encoding="utf-8"))
    assert [(one["metric"], one["is_over"]) for one in found["gate"]] == [(P95, False), (RATE, False)]
    assert "Gate gate.json, limits learnt from 5 good runs:\n  - within: p95(response_time_s) (observed 0." in ran.out


def test_over_a_limit_is_6_and_over_it_again_is_3(tmp_path: Path, kind: dict[str, str]) -> None:
    for _ in range(2):
        ran = held(tmp_path, kind, IMPOSSIBLE)
        assert (ran.code == 6) or any(one["validity"]["verdict"] == "INVALID" for one in ran.results), ran.out
        assert "  - OVER: p95(response_time_s) (observed 0." in ran.out
        assert "run it again" in " ".join(ran.out.split())
    names = sorted(one.name for one in tmp_path.glob("stt_load_test_results_*.json"))
    judged = within("gate", "gate.json", *names, folder=tmp_path, environ=os.environ)
    valid = all(one["validity"]["verdict"] != "INVALID" for one in saved(tmp_path))
    assert judged.returncode == (3 if valid else 2), (judged.stdout, judged.stderr)


def test_two_runs_of_a_series_over_the_same_limit_are_3(tmp_path: Path, kind: dict[str, str]) -> None:
    ran = held(tmp_path, kind, IMPOSSIBLE, "--repeat=2", "--save-path=out.json")
    results = saved(tmp_path, "out_*.json")
    valid = all(one["validity"]["verdict"] != "INVALID" for one in results)
    assert ran.code == (3 if valid else 4), (ran.out, ran.err)
    summary = json.loads((tmp_path / "out.summary.json").read_text(encoding="utf-8"))
    assert [one["over"] for one in summary["runs"]] == [[P95], [P95]]
    if valid:
        assert [one["exit_code"] for one in summary["runs"]] == [6, 6], "what each alone would end with"
    said = " ".join(ran.out.split())
    assert "Gate: run 1, 2 over p95(response_time_s)" in said
    assert "Gate: two runs in a row over p95(response_time_s): worse." in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"request_delay": 0.01}, "request_delay is 0.01 here, and 0 in the runs that the gate was learnt from"),
        ({"api": {"model": "another"}}, "api.model is another here, and "),
    ],
    ids=["load", "model"],
)
def test_a_run_of_another_kind_is_refused_before_the_first_request(
    tmp_path: Path, kind: dict[str, str], more: dict[str, Any], said: str
) -> None:
    ran = held(tmp_path, kind, LENIENT, **more)
    assert (ran.code, ran.results) == (2, [])
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not list(tmp_path.glob("*.jsonl"))


def test_another_machine_is_another_kind(tmp_path: Path, kind: dict[str, str]) -> None:
    ran = held(tmp_path, kind | {"host.cpus": "4096"}, LENIENT)
    assert (ran.code, ran.results) == (2, [])
    assert "and 4096 in the runs that the gate was learnt from" in ran.err


def test_a_broken_gate_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "gate.json").write_text('{"gate_version": 1, "level": "high"}', encoding="utf-8")
    ran = run(tmp_path, config(), "--slo", "{file: gate.json}")
    assert (ran.code, ran.results) == (2, [])
    assert "names gate.json, which has 'high' as level, which should be a valid number" in ran.err
    assert "names gate.json, which lacks limits" in ran.err


@pytest.mark.slow
def test_workers_are_judged_together_and_limits_of_ones_own_beside_the_gate(
    tmp_path: Path, kind: dict[str, str]
) -> None:
    write(tmp_path / "gate.json", gate(*IMPOSSIBLE, kind=kind))
    slos = ["p95(response_time_s) < 60", {"file": "gate.json"}]
    ran = run(tmp_path, config(slo=slos), "--processes=2")
    check_code(ran, 6)
    assert len(rows(ran.result, "measured")) == TOTAL - WARMUP
    assert [one["is_over"] for one in ran.result["gate"]] == [True, False]
    assert [one["verdict"] for one in ran.result["slo"]] == ["met"]


@pytest.mark.slow
def test_a_gate_is_learnt_from_a_series_and_its_own_runs_are_within(tmp_path: Path) -> None:
    run(tmp_path, config(), "--repeat=5", "--save-path=base.json")
    words = ("baseline", "base.summary.json", "-o", "gate.json", "--metric=response_time_s.median")
    learnt = within(*words, folder=tmp_path, environ=os.environ)
    results = saved(tmp_path, "base_*.json")
    if any(one["validity"]["verdict"] == "INVALID" for one in results) or "no metric has a limit" in learnt.stderr:
        assert learnt.returncode == 2, "this machine was busy with something else"
        return
    assert learnt.returncode == 0, learnt.stderr
    (found,) = read(tmp_path / "gate.json").limits
    assert found.values == tuple(one["metrics"]["response_time_s"]["median"] for one in results)
    assert found.limit is not None
    assert found.limit > max(found.values)
    ran = run(tmp_path, config(slo={"file": "gate.json"}), "--save-path=next.json")
    (result,) = saved(tmp_path, "next.json")
    (one,) = result["gate"]
    assert one["observed"] == result["metrics"]["response_time_s"]["median"]
    assert one["is_over"] == (one["observed"] > found.limit)
    if result["validity"]["verdict"] != "INVALID":
        assert ran.code == (6 if one["is_over"] else 0)

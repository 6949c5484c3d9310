"""A result, and a spool, keep the gate that their run was held against, and are judged by it again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.storage.document import document
from stt_load.storage.result_file import load_run, write
from stt_load.storage.run_record import ReportError
from stt_load.storage.spool import SUFFIX, Spool
from stt_load.storage.versions import SCHEMA_VERSION
from tests.gates.made import P95, RATE, held, limit
from tests.report.runs import run_of, steady

RUN = held(run_of(steady()), limit(P95, 0.4), limit(RATE, 5.0, better="higher"))


def saved(folder: Path) -> Path:
    path = folder / "result.json"
    write(path, RUN)
    return path


def test_a_result_is_judged_again_as_it_was(tmp_path: Path) -> None:
    again = load_run(saved(tmp_path))
    assert again.info == RUN.info
    assert [(one.metric, one.is_over) for one in again.summary.gate] == [(P95, True), (RATE, False)]
    assert again.summary.gate == RUN.summary.gate


def test_a_run_without_a_gate_has_none() -> None:
    values = document(run_of(steady()))
    assert (values["run"]["gate"], values["gate"]) == (None, [])


def test_results_of_before_had_no_gate(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    run = run_of(steady())
    write(path, run)
    values = json.loads(path.read_text(encoding="utf-8"))
    assert values["schema_version"] == SCHEMA_VERSION == 8
    del values["run"]["gate"], values["gate"]
    path.write_text(json.dumps(values | {"schema_version": 7}), encoding="utf-8")
    again = load_run(path)
    assert (again.info, again.summary) == (run.info, run.summary)


def test_what_a_killed_run_has_left_knows_its_gate(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "result.json", replace(RUN.info, ended_at=None), RUN.config)
    spool.write(RUN.samples)
    spool.close()
    again = load_run(tmp_path / f"result{SUFFIX}")
    assert again.info.gate == RUN.info.gate


def test_a_gate_that_is_none_is_damage(tmp_path: Path) -> None:
    path = saved(tmp_path)
    values = json.loads(path.read_text(encoding="utf-8"))
    values["run"]["gate"]["learnt"]["limits"][0]["spread"] = "wide"
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(
        ReportError, match=r"damaged, no report can be made of it \(RunInfo gate\.learnt\.limits\.0\."
    ):
        load_run(path)

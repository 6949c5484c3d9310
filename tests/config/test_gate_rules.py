"""A gate in a configuration: read and checked before anything is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stt_load.config import Config
from stt_load.config.gate_rules import gate_can_be_used, gate_file
from stt_load.gates.file import write
from tests.config.conftest import Faults
from tests.gates.made import gate


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def config(*slo: Any, **more: Any) -> Config:
    return Config.model_validate({"slo": list(slo), **more})


def test_without_one_there_is_nothing_to_check() -> None:
    assert gate_file(config("p95(response_time_s) < 2")) is None
    assert list(gate_can_be_used(config("p95(response_time_s) < 2"))) == []


def test_one_that_can_be_read_is_right_alone_and_beside_limits() -> None:
    write(Path("gate.json"), gate())
    for found in (config({"file": "gate.json"}), config("error_rate < 1%", {"file": "gate.json"})):
        assert gate_file(found) == "gate.json"
        assert list(gate_can_be_used(found)) == []


def test_all_that_is_wrong_with_it_is_told_at_its_place(faults: Faults) -> None:
    write(Path("gate.json"), gate())
    values = json.loads(Path("gate.json").read_text(encoding="utf-8"))
    Path("gate.json").write_text(json.dumps(values | {"level": 2, "limits": []}), encoding="utf-8")
    found = faults("slo: [error_rate < 1%, {file: gate.json}]")
    assert [one.key for one in found] == ["slo.1", "slo.1"]
    assert [one.message.partition(" names ")[2] for one in found] == [
        "gate.json, which has 2 as level, which is a probability; choose one between 0 and 1",
        "gate.json, which has no limits, so that nothing would be judged; learn it from other runs, or other metrics",
    ]


def test_one_that_is_not_there_says_where_it_comes_from(faults: Faults) -> None:
    (fault,) = faults("slo: {file: none.json}")
    assert "names none.json, which can't be read: No such file or directory; make one with `stt-load" in fault.message


def test_it_is_of_one_load(faults: Faults) -> None:
    write(Path("gate.json"), gate())
    (fault,) = faults("slo: {file: gate.json}\nload: {levels: {users: [1, 2], requests: 20}}")
    assert "is a gate, which is of runs with one load, and here are levels" in fault.message


def test_there_is_one_at_most(faults: Faults) -> None:
    write(Path("gate.json"), gate())
    (fault,) = faults("slo: [{file: gate.json}, {file: gate.json}]")
    assert (fault.key, fault.message.endswith("is the second gate; a run is held against one")) == ("slo.1", True)

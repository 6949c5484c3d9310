"""The gate of a run that is about to begin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.comparison.conditions import conditions
from stt_load.config import Config, ConfigError, masked
from stt_load.gates.file import write
from stt_load.locust_plugin.gate_check import check, gate_of
from stt_load.run.order import Order
from stt_load.run.run import begun
from stt_load.samples.gate import RunGate
from stt_load.storage.run_record import RunRecord
from tests.factory import table
from tests.gates.made import gate
from tests.locust_plugin.test_launcher import CONFIG, Launch

SOUNDLESS = {"audio": {"source": "noise"}}


def order(**keys: object) -> Order:
    config = Config.model_validate(SOUNDLESS | keys)
    return Order(config, masked(config), "http://service.test/v1/audio/transcriptions")


def kind_of(order: Order, users: int) -> dict[str, str]:
    return conditions(RunRecord(begun(order, ("local",), users, "SttUser"), order.shown, table([], []), None))


def test_without_a_gate_nothing_is_checked() -> None:
    assert gate_of(order().config) is None
    check(order(), 5, "SttUser")


def test_the_gate_is_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = order(slo=["error_rate < 1%", {"file": "gate.json"}]).config
    with pytest.raises(ConfigError) as caught:
        gate_of(config)
    assert "slo: 1 problem\n  file: names gate.json, which can't be read: No such file" in str(caught.value)
    write(Path("gate.json"), gate())
    assert gate_of(config) == RunGate("gate.json", gate())


def test_a_run_of_the_same_kind_may_begin_and_another_may_not() -> None:
    asked = order()
    learnt = RunGate("gate.json", gate(kind=kind_of(asked, 5)))
    check(replace(asked, gate=learnt), 5, "SttUser")
    with pytest.raises(ConfigError) as caught:
        check(replace(order(audio={"source": "noise", "duration": 3}), gate=learnt), 6, "SttUser")
    assert str(caught.value) == (
        "gate.json: 2 problems\n"
        "  audio.duration is 3 here, and 10 in the runs that the gate was learnt from\n"
        "  concurrent_requests is 6 here, and 5 in the runs that the gate was learnt from"
    )


def test_a_run_knows_its_gate_from_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Launch(monkeypatch, tmp_path, "--headless")
    kind = conditions(RunRecord(first.run.info, first.run.order.shown, table([], []), None))
    first.run.abandon()
    write(tmp_path / "gate.json", gate(kind=kind))
    launch = Launch(monkeypatch, tmp_path, "--headless", "--slo", "file: gate.json")
    assert launch.run.info.gate == RunGate("gate.json", gate(kind=kind))
    launch.run.abandon()


def test_a_start_that_asks_for_another_load_is_called_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a person may by the page's form, where the number of users can be changed."""
    write(tmp_path / "gate.json", gate(kind={"concurrent_requests": "3"}))
    with pytest.raises(ConfigError, match="concurrent_requests is 4 here, and 3 in the runs that"):
        Launch(monkeypatch, tmp_path, "--headless", "--slo", "file: gate.json")
    assert "concurrent_requests: 4" in CONFIG
    assert not list(tmp_path.glob("*.jsonl")), "nothing of the run is there"

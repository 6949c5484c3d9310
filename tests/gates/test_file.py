"""A gate's file is written and read back whole, and everything that is wrong with one is told at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stt_load.gates.file import GateFileError, read, write
from stt_load.samples.gate import LeftOut
from tests.gates.made import P95, RATE, gate, limit

COUNTS = limit("error_rate", 1.0, method="errors", errors=3, total=900, clustering=1.0)


def changed(folder: Path, change: Callable[[Any], None]) -> Path:
    """A gate's file in which somebody has changed something by hand."""
    path = folder / "gate.json"
    write(path, gate(kind={"host.cpus": "2"}))
    values = json.loads(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def faults(path: Path) -> tuple[str, ...]:
    with pytest.raises(GateFileError) as caught:
        read(path)
    assert str(caught.value) == "\n".join(f"{path} {fault}" for fault in caught.value.faults)
    return caught.value.faults


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    whole = gate(
        limit(P95, 0.6, finds=None, finds_at=0.7),
        COUNTS,
        left_out=(LeftOut(metric=RATE, reason="It finds only what is worse by 43%."),),
        kind={"api.model": "모델\x1b[31m", "host.cpus": "2"},
    )
    write(path, whole)
    assert read(path) == whole
    assert "\x1b" not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_gate_that_is_there_is_replaced_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    write(path, gate())
    with pytest.raises(FileExistsError):
        write(path, gate(strict=True))
    assert not read(path).strict
    write(path, gate(strict=True), replaces=True)
    assert read(path).strict
    assert [one.name for one in tmp_path.iterdir()] == ["gate.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not JSON (line 1: "),
        (b"\xff\xfe", "is no gate: it is not text; make one with `stt-load baseline`"),
        (b"{\n} x", "is not JSON (line 2: Extra data)"),
        (b"[]", "is no gate: it has no gate_version; "),
        (b'{"schema_version": 8, "run": {}}', "is no gate: it has no gate_version; "),
        (b'{"gate_version": 2}', "has gate_version 2, and this stt-load reads 1: a newer one has made it"),
        (b'{"gate_version": 0}', "has gate_version 0, and this stt-load reads 1; make one"),
        (b'{"gate_version": true}', "has gate_version True, and this stt-load reads 1; "),
        (b'{"gate_version": "' + b"x" * 500 + b'"}', "has gate_version 'xxx"),
        (b"[" * 100_000, "is no gate: nobody writes it so deep, or so long; "),
        (b'{"gate_version": ' + b"1" * 10_000 + b"}", "is no gate: nobody writes it so deep, or so long; "),
        (b" " * 1_000_001, "can't be read: larger than 1 MB, which is the limit; "),
    ],
    ids=["empty", "bytes", "more", "list", "result", "later", "earlier", "bool", "long", "deep", "digits", "large"],
)
def test_what_is_no_gate(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "gate.json"
    path.write_bytes(content)
    (fault,) = faults(path)
    assert fault.startswith(said)
    assert len(fault) < 200


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert faults(tmp_path / "pipe") == (
        "can't be read: a named pipe, not an ordinary file; make one with `stt-load baseline`",
    )
    assert faults(tmp_path)[0].startswith("can't be read: Is a directory; ")
    assert faults(tmp_path / "none")[0].startswith("can't be read: No such file or directory; ")


def test_values_of_other_types_are_all_told_at_once(tmp_path: Path) -> None:
    def change(values: Any) -> None:
        del values["made_at"]
        values["strict"] = "no"
        values["limits"][0]["limit"] = "0.6"
        values["limits"][1]["better"] = "more"
        values["conditions"]["host.cpus"] = 2

    assert faults(changed(tmp_path, change)) == (
        "lacks made_at",
        "has 'no' as strict, which should be a valid boolean",
        "has '0.6' as limits.0.limit, which should be a valid number",
        "has 'more' as limits.1.better, which should be 'lower' or 'higher'",
        "has 2 as conditions.host.cpus, which should be a valid string",
    )


def of_limit(**values: Any) -> Callable[[Any], None]:
    return lambda whole: whole["limits"][0].update(values)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: values.update(level=0), "has 0 as level, which is a probability"),
        (lambda values: values.update(level=1e400), "has inf as level, which is a probability"),
        (lambda values: values.update(false_alarms=1.5), "has 1.5 as false_alarms, which is a probability"),
        (lambda values: values.update(limits=[]), "has no limits, so that nothing would be judged"),
        (lambda values: values["limits"].append(values["limits"][0]), "in limits.2 a second time"),
        (of_limit(metric="p95"), "has no figure of that name, or one of which neither"),
        (of_limit(metric="requests.total"), "has no figure of that name, or one of which neither"),
        (of_limit(better="higher"), "has higher as better, and of that figure lower is"),
        (of_limit(limit=None), "has no limit, which method prediction always has"),
        (of_limit(limit=0), "has 0 as limit, and there are logarithms of numbers above 0 alone"),
        (of_limit(limit=-0.6), "has -0.6 as limit"),
        (of_limit(limit=1e400), "has no finite number as limit"),
        (of_limit(values=[1.0, 1e400]), "has no finite number as values"),
        (of_limit(values=[1.0]), "has 1 values, and each run of the baseline has one"),
        (of_limit(values=[1.0, 0.0]), "has values of 0 or less"),
        (of_limit(spread=-1), "has -1 as spread, which is below 0"),
        (of_limit(finds=0), "has 0 as finds, which is no worsening"),
        (of_limit(method="errors"), "lacks errors and total, which method errors goes by"),
        (of_limit(method="errors", errors=9, total=8), "has 9 errors of 8, which can't be"),
        (of_limit(method="words", errors=-1, total=8), "has -1 errors of 8, which can't be"),
        (of_limit(method="errors", errors=0, total=0), "has 0 errors of 0, which can't be"),
        (of_limit(method="errors", errors=0, total=10**30), "errors of 1000000"),
        (of_limit(method="words", errors=9, total=8, clustering=0.5), "has 0.5 as clustering"),
        (of_limit(method="words", errors=9, total=8, clustering=1e300), "has 1e+300 as clustering"),
        (of_limit(method="words", errors=9, total=80), "has words as method, by which that figure has no limit"),
        (of_limit(mean=1e9), "has 1e+09 as mean and"),
        (of_limit(spread=1e9), "and 1e+09 as spread, which no logarithms of figures are"),
        (lambda values: values.update(level=1e-300), "has 1e-300 as level, which no baseline comes to"),
        (lambda values: values.update(level=0.9), "choose one from 1e-09 to 0.5"),
    ],
)
def test_what_no_baseline_comes_to(tmp_path: Path, change: Callable[[Any], None], said: str) -> None:
    (fault,) = faults(changed(tmp_path, change))
    assert said in fault


def test_a_name_with_escapes_is_told_without_them(tmp_path: Path) -> None:
    (fault,) = faults(changed(tmp_path, of_limit(metric="\x1b[2J" + "x" * 500)))
    assert fault.isprintable()
    assert len(fault) < 250

"""The JSON Schema of the result says what is in it: all of it, and nothing else."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from stt_load.report import schema as tables
from stt_load.samples.fields import TABLE
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.run_info import ClosedLoop, EndReason, RunInfo
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.metrics import AllQuantiles, Metrics, Requests, Rtf
from stt_load.stats.model import Backend, Level, LevelFigures, Validity, Warmup
from stt_load.storage.result_file import MOST_ROWS_INSIDE, write
from tests.factory import joined, table
from tests.report.runs import run_of, steady

SCHEMA: dict[str, Any] = json.loads(tables.FILE.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def written(folder: Path, *args: Any, **info: Any) -> dict[str, Any]:
    path = folder / "result.json"
    write(path, run_of(*args, **info))
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_file_says_what_the_tables_say() -> None:
    written = tables.FILE.read_text(encoding="utf-8")
    assert written == tables.text(), "python -m stt_load.report.schema makes it"


def test_results_of_all_kinds_follow_it(tmp_path: Path) -> None:
    kinds = [None, *ErrorKind]
    one_of_each = table([float(number) for number in range(len(kinds))], 0.5, kind=kinds)  # type: ignore[arg-type]
    ramp = joined(table([0.0, 0.5], 0.5, users=1), table([1.0, 1.1], 0.5, users=2, first_seq=2))
    ramp = Samples(ramp.rows, ('{"pod": "a"}',))
    ramp.rows["headers"] = 0
    many = table([number * 0.001 for number in range(MOST_ROWS_INSIDE + 1)], 0.5)
    for number, samples in enumerate((steady(), steady(1000), one_of_each, ramp, many, table([], []))):
        folder = tmp_path / str(number)
        folder.mkdir()
        VALIDATOR.validate(written(folder, samples, barrier_s=None, ended_at=None))


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("schema_version",), 2),
        (("metrics", "requests", "total"), "90"),
        (("metrics", "requests", "unfinished"), None),
        (("metrics", "all", "response_time_s", "p95"), "> timeout"),
        (("metrics", "all", "response_time_s", "at_least"), ["max"]),
        (("run", "faults"), None),
        (("metrics", "response_time_s", "mean"), "0.5"),
        (("requests", 0, "phase"), "warm-up"),
        (("requests", 0, "start_s"), None),
        (("run", "end_reason"), "tired"),
        (("validity", "verdict"), "FINE"),
    ],
)
def test_what_is_wrong_does_not_follow_it(tmp_path: Path, path: tuple[str | int, ...], wrong: Any) -> None:
    values = written(tmp_path, steady())
    inner: Any = values
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(values)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["$defs"][name] if name else schema  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("record", "path"),
    [
        (RunInfo, ["run"]),
        (Generator, ["run", "generator"]),
        (WorkerHealth, ["run", "generator", "workers", "items"]),
        (Warmup, ["warmup"]),
        (Metrics, ["metrics"]),
        (Requests, ["metrics", "requests"]),
        (AllQuantiles, ["metrics", "all", "response_time_s"]),
        (Backend, ["backends", "items"]),
        (Rtf, ["metrics", "rtf"]),
        (Validity, ["validity"]),
        (ClosedLoop, ["run", "load"]),
        (Level, ["levels", "items"]),
        (LevelFigures, ["levels", "items", "figures"]),
    ],
)
def test_it_names_each_figure(record: type, path: list[str]) -> None:
    schema = SCHEMA
    for step in path:
        schema = resolved(schema["items"] if step == "items" else schema["properties"][step])
    assert is_dataclass(record)
    assert schema["required"] == [one.name for one in fields(record)]
    assert list(schema["properties"]) == schema["required"]


def test_it_names_each_column_phase_kind_and_end(tmp_path: Path) -> None:
    row = SCHEMA["$defs"]["request"]
    assert row["required"] == list(written(tmp_path, steady())["requests"][0])
    assert set(row["properties"]) - set(row["required"]) == {
        field.name for field in TABLE if field.applies_to == "session"
    }
    assert row["properties"]["phase"]["enum"] == [phase.name.lower() for phase in Phase]
    assert row["properties"]["error_kind"]["enum"] == [None, *map(str, ErrorKind)]
    assert SCHEMA["properties"]["run"]["properties"]["end_reason"]["enum"] == list(get_args(EndReason))


def test_everything_has_a_description() -> None:
    def bare(schema: Any, path: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        found = []
        for name, one in schema.get("properties", {}).items():
            if "description" not in resolved(one) and "enum" not in one:
                found.append(f"{path}.{name}")
            found += bare(one, f"{path}.{name}")
        return found

    assert bare(SCHEMA, "") == []

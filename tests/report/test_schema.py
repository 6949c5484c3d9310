"""The JSON Schema of the result says what is in it: all of it, and nothing else."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from stt_load.report import schema as tables
from stt_load.samples.fields import TABLE
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.levels import Confirmed, Judged, Levels, Looks, Search, Trial
from stt_load.samples.run_info import ClosedLoop, EndReason, OpenLoop, RunInfo, Stage, Trace
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.blocks import AllQuantiles, Requests, Rtf, ServiceTimeFit
from stt_load.stats.metrics import Metrics
from stt_load.stats.model import Backend, Check, DurationFigures, Level, LevelFigures, Times, TooFew, Validity, Warmup
from stt_load.storage.document import CurvePoint, LevelHead
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.result_file import MOST_ROWS_INSIDE, write, write_levels
from stt_load.storage.run_record import read_as
from tests.factory import joined, table
from tests.gates.made import P95, RATE, held
from tests.report.runs import run_of, steady
from tests.storage.trying import level, levels_of, search_of

SCHEMA: dict[str, Any] = json.loads(tables.FILE.read_text(encoding="utf-8"))
OF_ONE_LOAD = SCHEMA["$defs"]["of_one_load"]
OF_LEVELS = SCHEMA["$defs"]["of_levels"]
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def written(folder: Path, *args: Any, **info: Any) -> dict[str, Any]:
    path = folder / "result.json"
    write(path, run_of(*args, **info))
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return values


def written_levels(folder: Path, record: LevelsRecord) -> dict[str, Any]:
    path = folder / "result.json"
    write_levels(path, record)
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
    "record",
    [
        levels_of(),
        search_of(),
        levels_of(level(0, table([], []), barrier_s=None, end_reason="interrupted"), knee=None),
    ],
    ids=["sweep", "search", "interrupted"],
)
def test_a_run_of_levels_follows_it(record: LevelsRecord, tmp_path: Path) -> None:
    values = written_levels(tmp_path, record)
    VALIDATOR.validate(values)
    head = {one.name for one in fields(LevelHead)}
    assert set(values["levels"][0]) == head | set(OF_ONE_LOAD["properties"]) - {"schema_version", "requests"}


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("metrics",), {}),
        (("capacity", "carries"), "two"),
        (("capacity", "levels", 0, "p95_s"), "> timeout"),
        (("levels", 1, "trial", "tier"), "guess"),
        (("levels", 1, "outcome"), None),
        (("levels", 1, "first_seq"), -1),
        (("levels", 1, "zero_s"), None),
        (("levels", 1, "metrics"), None),
        (("levels", 1, "run", "seed"), "7"),
        (("levels", 1, "config"), None),
        (("run", "levels", "search", "mode"), "best"),
        (("requests", 0, "level"), "first"),
    ],
)
def test_what_is_wrong_of_levels_does_not_follow_it(tmp_path: Path, path: tuple[str | int, ...], wrong: Any) -> None:
    values = written_levels(tmp_path, search_of())
    inner: Any = values
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = wrong
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(values)


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


def open_loop(**fields: Any) -> OpenLoop:
    """Twelve requests a second for a minute, but for `fields`."""
    plain: dict[str, Any] = {
        "stages": (Stage(first=12.0, last=12.0, for_s=60.0),),
        "staged": False,
        "audio_rate": None,
        "arrivals": "poisson",
        "burstiness": 1.0,
        "trace": None,
        "planned": 720,
        "warmup_users": 5,
        "max_in_flight": 100,
        "max_lag_s": 1.0,
    }
    return OpenLoop(**plain | fields)


@pytest.mark.parametrize(
    "load",
    [
        ClosedLoop(users=8, request_delay_s=0.0, stages=(Stage(first=2.0, last=8.0, for_s=None),)),
        open_loop(),
        open_loop(stages=(), trace=Trace(file="day.csv", speed=2.0), planned=None, audio_rate=120.0),
    ],
    ids=["stages of users", "rate", "trace"],
)
def test_each_load_follows_it_and_is_read_back(load: ClosedLoop | OpenLoop, tmp_path: Path) -> None:
    written = asdict(load)
    inside = OF_ONE_LOAD["properties"]["run"]["properties"]["load"] | {"$defs": SCHEMA["$defs"]}
    validator = jsonschema.Draft202012Validator(inside)
    as_json = json.loads(json.dumps(written))
    validator.validate(as_json)
    assert read_as(RunInfo, asdict(run_of(steady()).info) | {"load": as_json}, tmp_path).load == load
    for name in written:
        assert not validator.is_valid({key: value for key, value in as_json.items() if key != name})


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Any = SCHEMA
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return resolved(found)


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
        (ClosedLoop, ["run", "load", 0]),
        (OpenLoop, ["run", "load", 1]),
        (Stage, ["run", "load", 1, "stages", "items"]),
        (Trace, ["run", "load", 1, "trace", 0]),
        (Level, ["levels", "items"]),
        (LevelFigures, ["levels", "items", "figures"]),
        (DurationFigures, ["durations", "items"]),
        (Times, ["durations", "items", "service_time_s"]),
        (ServiceTimeFit, ["metrics", "service_time_fit"]),
        (Levels, ["run", "levels", 0]),
        (Search, ["run", "levels", 0, "search", 0]),
        (Trial, ["of_levels", "levels", "items", "trial"]),
        (Looks, ["of_levels", "levels", "items", "trial", "looks", 0]),
        (Judged, ["of_levels", "levels", "items", "judged", 0]),
        (Confirmed, ["of_levels", "capacity", 0, "confirmed"]),
        (CurvePoint, ["of_levels", "capacity", 0, "levels", "items"]),
        (Metrics, ["of_levels", "levels", "items", "metrics"]),
    ],
)
def test_it_names_each_figure(record: type, path: list[str | int]) -> None:
    """A number in a path is that of an alternative. What is of levels begins with that word."""
    schema = SCHEMA["$defs"][path[0]] if path[0] == "of_levels" else OF_ONE_LOAD
    path = path[1:] if path[0] == "of_levels" else path
    for step in path:
        if isinstance(step, int):
            schema = resolved((schema.get("oneOf") or schema["anyOf"])[step])
        else:
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
    assert OF_ONE_LOAD["properties"]["run"]["properties"]["end_reason"]["enum"] == list(get_args(EndReason))


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

    assert bare(OF_ONE_LOAD, "") == []
    assert bare(OF_LEVELS, "") == []


def test_a_check_has_what_its_record_has() -> None:
    check = tables.schema()["$defs"]["of_one_load"]["properties"]["validity"]["properties"]["checks"]["items"]
    assert check["required"] == [field.name for field in fields(Check)]
    assert set(check["properties"]["too_few"]["items"]["required"]) == {field.name for field in fields(TooFew)}


def test_a_run_that_was_held_against_a_gate_follows_it(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write(path, held(run_of(steady())))
    values = json.loads(path.read_text(encoding="utf-8"))
    VALIDATOR.validate(values)
    assert [one["metric"] for one in values["gate"]] == [P95, RATE]
    values["gate"][0]["is_over"] = "no"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(values)
    values["gate"][0]["is_over"] = False
    values["run"]["gate"]["learnt"]["limits"][0]["method"] = "guess"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(values)

"""What the tables say of a result, in its JSON Schema. `python -m stt_load.report.schema` makes the file anew."""

from __future__ import annotations

import json
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from stt_load.samples.fields import TABLE, Field
from stt_load.samples.rows import DERIVED, ORDER
from stt_load.samples.run_info import Load
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.stats.metrics import Distribution, Figure, Interval, Metrics, Requests, figures_of
from stt_load.stats.model import Level
from stt_load.stats.quantiles import QUANTILES
from stt_load.storage.versions import SCHEMA_VERSION

FILE = Path(__file__).parent / "result.schema.json"


SHARED = {Interval: "interval", Distribution: "distribution", Requests: "counts"}
"""Records that stand in several places, and what they are called among the definitions."""


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a result: what is in the file, with the parts that tables make made anew."""
    values: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    values["properties"]["schema_version"]["const"] = SCHEMA_VERSION
    values["properties"]["metrics"] = _object(Metrics)
    values["properties"]["levels"]["items"] = _object(Level)
    values["properties"]["run"]["properties"]["load"] = _object(Load)
    values["$defs"] |= {name: _object(record) for record, name in SHARED.items()}
    values["$defs"]["request"] = _request()
    return values


def text() -> str:
    """The schema as the file in the tree holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _object(record: type) -> dict[str, Any]:
    """The schema of `record`: all of its fields, each with what is said of it."""
    figures = figures_of(record)
    return {
        "type": "object",
        "description": " ".join((record.__doc__ or "").split()),
        "required": list(figures),
        "properties": {name: _value(kind, said) for name, (kind, said) in figures.items()},
    }


def _value(kind: Any, said: Figure | str) -> dict[str, Any]:
    about = {"description": said if isinstance(said, str) else said.about}
    if kind in SHARED:
        return {"$ref": f"#/$defs/{SHARED[kind]}"} | about
    if is_dataclass(kind):
        return _object(kind) | about  # type: ignore[arg-type]
    if kind == dict[str, Interval]:
        inner = {"$ref": f"#/$defs/{SHARED[Interval]}"}
        return (
            {"type": "object"} | about | {"propertyNames": {"enum": list(QUANTILES)}, "additionalProperties": inner}
        )
    if kind == dict[str, int]:
        return {"type": "object"} | about | {"additionalProperties": {"type": "integer", "minimum": 1}}
    if kind == tuple[str, ...]:
        return {"type": "array"} | about | {"items": {"enum": list(QUANTILES)}}
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))} | about
    return _NUMBERS[kind] | about


_NUMBERS: dict[Any, dict[str, Any]] = {
    int: {"type": "integer", "minimum": 0},
    int | None: {"type": ["integer", "null"], "minimum": 0},
    float: {"type": "number"},
    float | None: {"type": ["number", "null"]},
    dict[str, int]: {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    dict[str, Interval]: {
        "type": "object",
        "propertyNames": {"enum": list(QUANTILES)},
        "additionalProperties": {"$ref": f"#/$defs/{SHARED[Interval]}"},
    },
    tuple[str, ...]: {"type": "array", "items": {"enum": list(QUANTILES)}},
}


def _request() -> dict[str, Any]:
    """A row: the keys of every request, and those that only sessions have."""
    fields = {field.name: field for field in TABLE}
    names = (*ORDER, *(name for name in fields if name not in ORDER))
    return {
        "type": "object",
        "description": "One request, or session. Instants in seconds from the barrier (from the run's origin when "
        "that was never reached).",
        "required": list(ORDER),
        "properties": {name: _field(fields[name]) if name in fields else _derived(name) for name in names},
    }


def _field(field: Field) -> dict[str, Any]:
    about = {"description": field.about}
    match field.form:
        case "phase":
            return {"enum": [phase.name.lower() for phase in Phase]} | about
        case "kind":
            return {"enum": [None, *map(str, ErrorKind)]} | about
        case "flag":
            return {"type": "boolean"} | about
        case "names":
            return {"type": ["array", "null"]} | about | {"items": {"type": "string"}}
        case "text" if field.name == "headers":
            return {"type": ["object", "null"]} | about | {"additionalProperties": {"type": ["string", "null"]}}
        case "text":
            return {"type": ["string", "null"]} | about
    if field.name == "worker":
        return {"type": "string"} | about
    kind = "number" if field.dtype[-2] == "f" else "integer"
    range_ = {} if field.instant else {"minimum": field.least}
    return {"type": kind if field.absent is None else [kind, "null"]} | range_ | about


def _derived(name: str) -> dict[str, Any]:
    if name == "ok":
        return {"type": "boolean", "description": DERIVED[name]}
    kind = {"type": "number", "minimum": 0} if name == "response_time_s" else {"type": ["number", "null"]}
    return kind | {"description": DERIVED[name]}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

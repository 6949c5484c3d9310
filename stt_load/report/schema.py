"""What the tables say of a result, in its JSON Schema. `python -m stt_load.report.schema` makes the file anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from stt_load.samples.accuracy import FLAWS
from stt_load.samples.fields import TABLE, Field
from stt_load.samples.rows import DERIVED, ORDER
from stt_load.samples.run_info import Load
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.stats.metrics import Bounds, Distribution, Figure, Interval, Metrics, Requests, figures_of
from stt_load.stats.model import DurationFigures, Level
from stt_load.stats.quantiles import QUANTILES
from stt_load.storage.versions import SCHEMA_VERSION

FILE = Path(__file__).parent / "result.schema.json"


SHARED = {Interval: "interval", Distribution: "distribution", Requests: "counts", Bounds: "bounds"}
"""Records that stand in several places, and what they are called among the definitions."""
_OF_TYPE: dict[Any, dict[str, Any]] = {
    int: {"type": "integer", "minimum": 0},
    int | None: {"type": ["integer", "null"], "minimum": 0},
    float: {"type": "number"},
    float | None: {"type": ["number", "null"]},
    dict[str, int]: {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    dict[str, Interval]: {
        "type": "object",
        "propertyNames": {"enum": list(QUANTILES)},
        "additionalProperties": {"$ref": "#/$defs/interval"},
    },
    tuple[str, ...]: {"type": "array", "items": {"enum": list(QUANTILES)}},
    **{record: {"$ref": f"#/$defs/{name}"} for record, name in SHARED.items()},
    Bounds | None: {"anyOf": [{"$ref": "#/$defs/bounds"}, {"type": "null"}]},
}
_IN_ROWS: dict[str, dict[str, Any]] = {
    "phase": {"enum": [phase.name.lower() for phase in Phase]},
    "kind": {"enum": [None, *map(str, ErrorKind)]},
    "flag": {"type": "boolean"},
    "flaw": {"enum": [None, *FLAWS]},
    "names": {"type": ["array", "null"], "items": {"type": "string"}},
    "text": {"type": ["string", "null"]},
    "headers": {"type": ["object", "null"], "additionalProperties": {"type": ["string", "null"]}},
    "worker": {"type": "string"},
    "response_time_s": {"type": "number", "minimum": 0},
    "service_time_s": {"type": ["number", "null"]},
    "ok": {"type": "boolean"},
}
"""By the name of a key of a row, or by a field's form; those of numbers follow from their ranges."""


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a result: what is in the file, with the parts that tables make made anew."""
    values: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    values["properties"]["schema_version"]["const"] = SCHEMA_VERSION
    values["properties"]["metrics"] = _object(Metrics)
    values["properties"]["levels"]["items"] = _object(Level)
    values["properties"]["durations"]["items"] = _object(DurationFigures)
    values["properties"]["run"]["properties"]["load"] = _object(Load)
    values["$defs"] |= {name: _object(record) for record, name in SHARED.items()}
    values["$defs"]["request"] = _request()
    values["$defs"]["example"]["properties"]["flaw"]["enum"] = [None, *FLAWS]
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
    if get_origin(kind) is Literal:
        value: dict[str, Any] = {"enum": list(get_args(kind))}
    else:
        value = _OF_TYPE[kind] if kind in _OF_TYPE else _object(kind)
    return value | {"description": said if isinstance(said, str) else said.about}


def _request() -> dict[str, Any]:
    """A row: the keys of every request, and those that only sessions have."""
    fields = {field.name: field for field in TABLE}
    names = (*ORDER, *(name for name in fields if name not in ORDER))
    return {
        "type": "object",
        "description": "One request, or session. Instants in seconds from the barrier (from the run's origin when "
        "that was never reached).",
        "required": list(ORDER),
        "properties": {
            name: _field(fields[name]) if name in fields else _IN_ROWS[name] | {"description": DERIVED[name]}
            for name in names
        },
    }


def _field(field: Field) -> dict[str, Any]:
    value = _IN_ROWS.get(field.name, _IN_ROWS.get(field.form))
    if value is None:
        kind = "number" if field.dtype[-2] == "f" else "integer"
        value = {"type": kind if field.absent is None else [kind, "null"]}
        value |= {} if field.instant else {"minimum": field.least}
    return value | {"description": field.about}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")

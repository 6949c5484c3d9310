"""What the tables say of a result, in its JSON Schema. `python -m stt_load.report.schema` makes the file anew."""

from __future__ import annotations

import json
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from stt_load.samples.accuracy import FLAWS
from stt_load.samples.fields import TABLE, Field
from stt_load.samples.gate import GateResult, RunGate
from stt_load.samples.levels import Capacity, Levels
from stt_load.samples.rows import DERIVED, ORDER
from stt_load.samples.run_info import ClosedLoop, EndReason, OpenLoop, Stage
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.stats.blocks import Bounds, Distribution, Figure, Interval, Requests
from stt_load.stats.metrics import Metrics, figures_of
from stt_load.stats.model import DurationFigures, Level, Saturation, SloVerdict, TooFew
from stt_load.stats.quantiles import QUANTILES
from stt_load.storage.document import LEFT_OUT, CurvePoint, LevelHead
from stt_load.storage.versions import SCHEMA_VERSION

FILE = Path(__file__).parent / "result.schema.json"


SHARED: dict[Any, str] = {
    Interval: "interval",
    Distribution: "distribution",
    Requests: "counts",
    Bounds: "bounds",
    Saturation: "saturation",
    ClosedLoop: "closed_loop",
    OpenLoop: "open_loop",
    Stage: "stage",
}
"""Records that stand in several places, and what they are called among the definitions."""
_OF_TYPE: dict[Any, dict[str, Any]] = {
    int: {"type": "integer", "minimum": 0},
    int | None: {"type": ["integer", "null"], "minimum": 0},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    bool | None: {"type": ["boolean", "null"]},
    float: {"type": "number"},
    float | None: {"type": ["number", "null"]},
    dict[str, int]: {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
    dict[str, Interval]: {
        "type": "object",
        "propertyNames": {"enum": list(QUANTILES)},
        "additionalProperties": {"$ref": "#/$defs/interval"},
    },
    dict[str, str]: {"type": "object", "additionalProperties": {"type": "string"}},
    tuple[str, ...]: {"type": "array", "items": {"enum": list(QUANTILES)}},
    **{record: {"$ref": f"#/$defs/{name}"} for record, name in SHARED.items()},
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


SATURATION = "Whether the service kept up with the one rate of an open loop; null: the run had another load."
ASKED = "The levels that were asked for; null: there was one load."
BEST = "Of a run of levels the best verdict that one of them has; the checks are each level's own."
ANSWER = "The answer of a search; null: it was a sweep."
KNEE = "The level from which more load brings waiting in place of throughput; null: none was found."
GATE = "Limits learnt from good runs that the run was to be held against; null: none."
RESULTS = "What became of each limit of `run.gate`, in their order; none where there was no gate."
OWN_RUN = "The level as a run of its own; what is missing here is as in `run` of the whole."
OWN_CONFIG = "Keys of the configuration that are other ones in this level."
TOO_FEW = "Of `slo_samples`, the quantiles that it counts."


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a result: what is in the file, with the parts that tables make made anew."""
    values: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    one = values["$defs"]["of_one_load"]["properties"]
    one["schema_version"]["const"] = SCHEMA_VERSION
    one["metrics"] = _object(Metrics)
    one["saturation"] = _type(Saturation | None) | {"description": SATURATION}
    one["levels"]["items"] = _object(Level)
    one["durations"]["items"] = _object(DurationFigures)
    one["slo"] = {
        "type": "array",
        "description": "What became of each limit of the configuration's `slo`, in their order.",
        "items": _object(SloVerdict),
    }
    one["gate"] = {"type": "array", "description": RESULTS, "items": _object(GateResult)}
    run = one["run"]
    run["properties"]["end_reason"]["enum"] = list(get_args(EndReason))
    run["properties"]["levels"] = _type(Levels | None) | {"description": ASKED}
    run["properties"]["gate"] = _gate()
    run["required"] = list(run["properties"])
    run["properties"]["load"] = {
        "description": "The load that was asked for, by its model.",
        "oneOf": [_OF_TYPE[ClosedLoop], _OF_TYPE[OpenLoop]],
    }
    check = one["validity"]["properties"]["checks"]["items"]
    check["properties"]["too_few"] = _type(tuple[TooFew, ...]) | {"description": TOO_FEW}
    check["required"] = list(check["properties"])
    values["$defs"] |= {name: _object(record) for record, name in SHARED.items()}
    values["$defs"]["request"] = _request()
    values["$defs"]["of_levels"] = _of_levels(one)
    values["$defs"]["example"]["properties"]["flaw"]["enum"] = [None, *FLAWS]
    return values


def _gate() -> dict[str, Any]:
    """What a run was to be held against. Its runs are names of files; other tuples of texts are of quantiles."""
    found = _type(RunGate | None) | {"description": GATE}
    learnt = found["anyOf"][0]["properties"]["learnt"]["properties"]
    learnt["runs"] |= {"items": {"type": "string"}}
    return found


def _of_levels(one: dict[str, Any]) -> dict[str, Any]:
    """The schema of a run of levels, of each of which most is there that is in `one`, a run's of one load."""
    same = {name: {"$ref": f"#/$defs/of_one_load/properties/{name}"} for name in one}
    whole = {
        **{name: same[name] for name in ("schema_version", "run", "config")},
        "metrics": {"type": "null", "description": "No figure is of all levels together."},
        "validity": one["validity"] | {"description": BEST},
        "capacity": _type(Capacity | None) | {"description": ANSWER},
        "knee": {"type": ["number", "null"], "description": KNEE},
        "levels": {"type": "array", "description": "Those that were tried, in their order.", "items": {}},
        "requests": same["requests"],
    }
    points = {"type": "array", "description": "The levels in short, for a curve.", "items": _object(CurvePoint)}
    answer = whole["capacity"]["anyOf"][0]
    answer["properties"]["levels"] = points
    answer["required"] = list(answer["properties"])
    own = {name: value for name, value in one["run"]["properties"].items() if name not in LEFT_OUT}
    level = _object(LevelHead)
    level["properties"] |= {name: value for name, value in same.items() if name not in ("schema_version", "requests")}
    level["properties"]["run"] = one["run"] | {"required": list(own), "properties": own, "description": OWN_RUN}
    level["properties"]["config"] = {"type": "object", "description": OWN_CONFIG}
    level["required"] = list(level["properties"])
    whole["levels"]["items"] = level
    about = "A sweep or a search: many loads, one after the other."
    return {"type": "object", "description": about, "required": list(whole), "properties": whole}


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
    return _type(kind) | {"description": said if isinstance(said, str) else said.about}


def _type(kind: Any) -> dict[str, Any]:
    if kind in _OF_TYPE:
        return _OF_TYPE[kind]
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _type(get_args(kind)[0])}
    if get_origin(kind) in (Union, UnionType):  # which of them depends on what stands in it
        return {"anyOf": [{"type": "null"} if one is NoneType else _type(one) for one in get_args(kind)]}
    return _object(kind)


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

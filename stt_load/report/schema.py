"""What the tables say of a result, in its JSON Schema. `python -m stt_load.report.schema` writes it to stdout."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from stt_load.samples.fields import TABLE, Field
from stt_load.samples.rows import DERIVED, ORDER
from stt_load.samples.sample import ErrorKind, Phase

FILE = Path(__file__).parent / "result.schema.json"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a result: what is in the file, with the parts that tables make made anew."""
    values: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    values["$defs"]["request"] = _request()
    return values


def text() -> str:
    """The schema as the file in the tree holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _request() -> dict[str, Any]:
    """A row: the keys of every request, and those that only sessions have."""
    fields = {field.name: field for field in TABLE}
    names = (*ORDER, *(name for name in fields if name not in ORDER))
    return {
        "type": "object",
        "description": "One request, or session. Instants in seconds from the barrier (from the run's origin if that "
        "was never reached).",
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
    sys.stdout.write(text())

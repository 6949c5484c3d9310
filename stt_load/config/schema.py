"""The JSON Schema of config.yaml, for editors. `python -m stt_load.config.schema` writes it to stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from stt_load.config.faults import dotted
from stt_load.config.model import FORMER, Config


class _Untitled(GenerateJsonSchema):
    """Without a title for each key, which would only repeat its name above its description."""

    def field_title_should_be_set(self, _: Any) -> bool:
        return False


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the configuration."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    found = Config.model_json_schema(schema_generator=_Untitled) | {"title": "Configuration of stt-load"}
    for former, present in FORMER.items():
        section, name = present
        its = f"{found['properties'][section]['$ref']}/properties/{name}"
        found["properties"][dotted(former)] = {"$ref": its, "description": f"Another name of {dotted(present)}."}
        found.setdefault("dependentSchemas", {})[dotted(former)] = {
            "properties": {section: {"not": {"required": [name]}}}
        }
    return head | found


def text() -> str:
    """The schema as the file in the tree holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())

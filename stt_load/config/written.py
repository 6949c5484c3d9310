"""Numbers that are texts: versions, ids, telephone numbers. What is sent as text is sent as it stands in the file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from stt_load.config.layers import Origin
from stt_load.config.paths import KeyPath
from stt_load.config.section import MOST_SEED
from stt_load.config.variables import as_text

Origins = Mapping[KeyPath, Origin]


def keep_as_written(values: dict[str, Any], origins: Origins) -> None:
    """Changes `values`: `1.10`, `007` and `True` become texts where they would go out as 1.1, 7 and true.

    values: of all keys, as they were given at `origins`. In extra_fields that are sent as JSON they stay what
    they are in YAML; in headers there is nothing but texts.
    """
    api = values.get("api")
    if not isinstance(api, dict):
        return
    for section in ("headers", "query", "extra_fields"):
        fields = api.get(section)
        if isinstance(fields, dict) and not (section == "extra_fields" and _is_json(api)):
            path = ("api", section)
            for name, value in fields.items():
                fields[name] = _kept(value, (*path, name), origins, always=section == "headers")


def _is_json(api: Mapping[str, Any]) -> bool:
    job = api.get("job")
    return api.get("protocol") == "submit_poll" and isinstance(job, dict) and job.get("audio") == "upload"


def _kept(value: Any, path: KeyPath, origins: Origins, *, always: bool) -> Any:
    if isinstance(value, list):
        return [_kept(item, (*path, str(index)), origins, always=always) for index, item in enumerate(value)]
    origin = origins.get(path)
    if origin is None or not isinstance(value, bool | int | float):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return value  # which is refused
    changes = as_text(value) != origin.written or abs(value) > MOST_SEED  # as a number in the result it would change
    return origin.written if always or changes else value

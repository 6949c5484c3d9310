"""The values of all layers against the model and the rules."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from stt_load.config.faults import Fault, KeyPath, dotted, nearest
from stt_load.config.keys import EXTRA_FIELD, keys, suggestion
from stt_load.config.layers import DEFAULT_ORIGIN, Layers, Origin
from stt_load.config.load_settle import settle_load
from stt_load.config.model import FORMER, Config
from stt_load.config.places import NOT_FILLED, Broken, is_filled
from stt_load.config.rules import broken_rules
from stt_load.config.scalars import scalar
from stt_load.config.section import MOST_SEED
from stt_load.config.settle import settle
from stt_load.config.suspicion import shown
from stt_load.config.variables import as_text


def judge(
    layers: Layers, environ: Mapping[str, str], *, speaks: bool = True
) -> tuple[Config, tuple[str, ...], list[Fault]]:
    """The configuration, with defaults in place of what is wrong; what to tell about it; and all that is wrong.

    speaks: this process is to send requests itself.
    """
    faults = list(layers.faults)
    removed: set[KeyPath] = set()
    values = _prepared(layers)
    config: Config | None = None
    while config is None:
        try:
            config = Config.model_validate(values, strict=True)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                path = _path(details)
                _remove(values, path)
                if path not in removed:
                    faults.append(_fault(details, path, layers.origins))
                removed.add(path)
    config, notes = settle(config, layers.origins)
    config, of_load, excluded = settle_load(config, layers.origins)
    present = {dotted(former): dotted(path) for former, path in FORMER.items()}
    wrong = {present.get(fault.key or "", fault.key) for fault in faults}
    broken = [rule for rule in broken_rules(config, environ, speaks=speaks) if wrong.isdisjoint(map(dotted, rule))]
    return config, (*notes, *of_load), faults + excluded + [_blame(rule, layers.origins) for rule in broken]


def _prepared(layers: Layers) -> dict[str, Any]:
    """A copy of the values in which 1e3 is the whole number 1000 where one is asked, 1.10 is a text where a text is
    sent, and an empty section is one."""
    prepared = copy.deepcopy(layers.values)
    for path, key in keys().items():
        section: Any = prepared
        for name in path[:-1]:
            section = section.get(name) if isinstance(section, dict) else None
        if not isinstance(section, dict) or path[-1] not in section:
            continue
        value = section[path[-1]]
        if key.kind == "integer" and isinstance(value, float) and value.is_integer():
            section[path[-1]] = int(value)
        elif key.kind in ("section", "fields") and value is None:
            section[path[-1]] = {}
    _keep_as_written(prepared, layers.origins)
    return prepared


def _keep_as_written(values: dict[str, Any], origins: Mapping[KeyPath, Origin]) -> None:
    """Changes `values`: `1.10`, `007` and `True` become texts where they would go out as 1.1, 7 and true. Versions,
    ids and telephone numbers are texts, which are sent as they stand in the file.

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
    if api.get("protocol") != "submit_poll" or not isinstance(job, dict):
        return False
    return job.get("audio") == "upload" or job.get("upload") is not None


def _kept(value: Any, path: KeyPath, origins: Mapping[KeyPath, Origin], *, always: bool) -> Any:
    if isinstance(value, list):
        return [_kept(item, (*path, str(index)), origins, always=always) for index, item in enumerate(value)]
    origin = origins.get(path)
    if origin is None or not isinstance(value, bool | int | float):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return value  # which is refused
    changes = as_text(value) != origin.written or abs(value) > MOST_SEED  # as a number in the result it would change
    return origin.written if always or changes else value


def _path(details: ErrorDetails) -> KeyPath:
    """The key that an error is about. pydantic's own steps inside a value are left out."""
    path = tuple(map(str, details["loc"]))
    for length in range(1, len(path)):
        known = keys().get(path[:length])
        if known is not None and known.kind != "section":
            has_items = known.kind == "fields" or (known.kind == "list" and known.or_mapping)
            return path[: length + 1] if has_items else path[:length]
    return path


def _remove(values: dict[str, Any], path: KeyPath) -> None:
    """Takes the value at `path` out; of an item all of its list, and the section where pydantic calls the key by
    another name than it has."""
    place: Any = values
    for name in path[:-1]:
        if name not in place:
            return
        place = place[name]
    if isinstance(place, dict) and path[-1] in place:
        del place[path[-1]]
    else:
        _remove(values, path[:-1])


def _fault(details: ErrorDetails, path: KeyPath, origins: Mapping[KeyPath, Origin]) -> Fault:
    origin = _origin(path, origins)
    if details["type"] == "extra_forbidden" and path not in keys():
        meant = suggestion(path)
        given = shown(path, origin.written)
        advice = f"did you mean {meant}?" if meant else "leave it out"
        message = f"unknown key; {advice} (given: {given})"
        return Fault(origin.source, message, dotted(path), given, origin.line)
    name = f"`{path[-1]}`" if details["loc"][-1] == "[key]" else None
    return origin.fault(path, _sentence(details, path, origin.written), name)


def _origin(path: KeyPath, origins: Mapping[KeyPath, Origin]) -> Origin:
    while path not in origins and path:
        path = path[:-1]
    return origins.get(path, DEFAULT_ORIGIN)


def _blame(broken: Broken, origins: Mapping[KeyPath, Origin]) -> Fault:
    """The fault is with the value that was given last: it met the other one."""
    path = max(broken, key=lambda path: _origin(path, origins).layer)
    return _origin(path, origins).fault(path, broken[path])


def _sentence(details: ErrorDetails, path: KeyPath, written: str) -> str:
    """What is wrong with the value, and what would be right; reads on from the value."""
    if isinstance(details["input"], str) and "${" in details["input"] and not is_filled(path):
        return NOT_FILLED
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    key = keys().get(path)
    if key is None:
        several = isinstance(details["input"], list)
        return f"{'has an item that is none' if several else _what(details['input'])}; choose {EXTRA_FIELD}"
    is_mapping = isinstance(details["input"], dict) and "a mapping such as" in key.expected
    problem = "has something wrong in it" if is_mapping else _PROBLEMS.get(details["type"]) or _what(details["input"])
    meant = nearest(str(details["input"]).lower(), key.choices) if details["type"] == "literal_error" else None
    advice = f"did you mean `{meant}`? Else choose" if meant else "choose"
    return f"{problem}; {advice} {key.expected}{_quotes(details['type'], details['input'], written)}"


_PROBLEMS = {
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than": "is too large",
    "less_than_equal": "is too large",
    "finite_number": "is not a finite number",
    "string_too_short": "is empty",
    "string_unicode": "is not Unicode text",
    "literal_error": "is not one of the choices",
}


def _what(value: object) -> str:
    match value:
        case None:
            return "is no value"
        case bool():
            return "is true or false"
        case int():
            return "is a number"
        case float():
            return "is not a whole number" if math.isfinite(value) else "is not a finite number"
        case str():
            return "is a text"
        case _:
            return "can't stand here"


def _quotes(kind: str, value: object, written: str) -> str:
    """The quotes that make a number a text, or the other way round, are easily overlooked."""
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f', in quotes: "{written}"'
    quoted = kind in ("int_type", "float_type", "bool_type") and written[:1] in ("'", '"')
    return ", without quotes" if quoted and not isinstance(scalar(str(value)), str) else ""

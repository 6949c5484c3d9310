"""All keys of the configuration in one table, derived from the model's JSON Schema."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stt_load.config.faults import KeyPath, dotted, nearest
from stt_load.config.model import FORMER, Config

Kind = Literal["integer", "number", "string", "boolean", "list", "fields", "section"]

_KINDS: Mapping[str, Kind] = {"object": "fields", "array": "list"}
EXTRA_FIELD = "a text, a number, true or false, or a list of these"


@dataclass(frozen=True, slots=True)
class Key:
    """One key. kind "fields" is a mapping with free names, "section" one with known names.

    choices: the allowed texts, empty when they are free. expected: what would be right, in words.
    """

    path: KeyPath
    kind: Kind
    nullable: bool
    default: Any
    description: str
    choices: tuple[str, ...]
    expected: str


@functools.cache
def keys() -> Mapping[KeyPath, Key]:
    """Every key by its path, sections included, in the order of the model."""
    schema = Config.model_json_schema()
    return {key.path: key for key in _walk(schema, (), schema.get("$defs", {}))}


def key(name: str) -> Key:
    """The key with the dotted path `name`; KeyError if there is none."""
    return keys()[tuple(name.split("."))]


def suggestion(path: KeyPath) -> str | None:
    """What an unknown key was probably meant to be: a name of the same section, else one from elsewhere."""
    *section, name = path
    siblings = {known[-1]: known for known in (*keys(), *FORMER) if known[:-1] == tuple(section)}
    anywhere = {known[-1]: known for known in reversed(tuple(keys()))} | {dotted(known): known for known in keys()}
    if name not in anywhere and (close := nearest(name, siblings)):
        return f"`{close}`"
    meant = nearest(name, anywhere)
    if meant is None:
        return None
    *parent, last = anywhere[meant]
    return f"`{last}` inside `{dotted(tuple(parent))}`" if parent else f"`{last}` at the top level"


def _walk(section: dict[str, Any], path: KeyPath, defs: dict[str, Any]) -> Iterator[Key]:
    for name, entry in section["properties"].items():
        found = _key((*path, name), entry, defs)
        yield found
        if found.kind == "section":
            yield from _walk(defs[entry["$ref"].rpartition("/")[2]], found.path, defs)


def _key(path: KeyPath, entry: dict[str, Any], defs: dict[str, Any]) -> Key:
    options = [option for option in entry.get("anyOf", [entry]) if option.get("type") != "null"]
    shape = options[0]
    nullable = len(options) < len(entry.get("anyOf", [entry]))
    kind: Kind = "section" if "$ref" in shape else _KINDS.get(shape["type"], shape["type"])
    choices = (shape["const"],) if "const" in shape else tuple(shape.get("enum", ()))
    if kind == "section":
        names = defs[shape["$ref"].rpartition("/")[2]]["properties"]
        expected = "lines of the form `key: value` below it, with " + listed(names)
    else:
        expected = _expected(kind, shape, choices) + (", or null" if nullable else "")
        for option in options[1:]:
            names = defs[option["$ref"].rpartition("/")[2]]["properties"]
            expected += ", or a mapping such as {" + ", ".join(f"{name}: N" for name in names) + "}"
    return Key(path, kind, nullable, entry.get("default"), entry["description"], choices, expected)


def _expected(kind: Kind, shape: dict[str, Any], choices: tuple[str, ...]) -> str:
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _range(shape)
    if kind == "boolean":
        return "true or false"
    if kind == "list":
        return "a list of texts, such as [one, two]"
    if kind == "fields":
        return "a mapping with lines of the form `name: value`"
    return listed(choices) if choices else "a text"


def _range(shape: dict[str, Any]) -> str:
    low, above, high = (shape.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    if above is not None:
        return f" above {_figure(above)}" + ("" if high is None else f", up to {_figure(high)}")
    if low is not None and high is not None:
        return f" from {_figure(low)} to {_figure(high)}"
    return "" if low is None else f", {_figure(low)} or more"


def _figure(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def listed(names: Iterator[str] | Mapping[str, Any] | tuple[str, ...]) -> str:
    """`a, b or c`."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last

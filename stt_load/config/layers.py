"""Values from the file, the environment and the command line, laid over each other; the highest wins."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from stt_load.config import words
from stt_load.config.faults import Fault, KeyPath, dotted
from stt_load.config.keys import Key, keys
from stt_load.config.model import FORMER
from stt_load.config.scalars import one_line, scalar
from stt_load.config.slo_values import SEPARATOR, slos_in
from stt_load.config.suspicion import shown
from stt_load.config.yaml_source import Document, parse


class Layer(IntEnum):
    """Where a value comes from; a higher one replaces a lower one."""

    DEFAULT = 0
    PRESET = 1
    FILE = 2
    LOCUST_FILE = 3
    ENVIRONMENT = 4
    COMMAND_LINE = 5
    WEB_FORM = 6


@dataclass(frozen=True, slots=True)
class Override:
    """One value given outside the file. key: dotted path. text: as typed. source: how faults call its origin."""

    key: str
    text: str
    source: str
    layer: Layer = Layer.COMMAND_LINE


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was given, and as what. line: in a file. former: the name it was given by, if not its key's."""

    layer: Layer
    source: str
    written: str
    line: int | None = None
    former: KeyPath | None = None

    def fault(self, path: KeyPath, message: str, value: str | None = None) -> Fault:
        """A fault at this place; `message` follows the value. Of a preset, nothing of whose own is secret, a person
        has no file with lines."""
        if self.layer is Layer.PRESET:
            return Fault(self.source, f"{self.written} {message}", dotted(path), self.written)
        given = shown(path, self.written) if value is None else value
        return Fault(self.source, f"{given} {message}", dotted(self.former or path), given, self.line)


SLO: KeyPath = ("slo",)
SPAWN_RATE: KeyPath = ("spawn_rate",)
"""Locust's -r, which is no key; where it was given is known all the same."""
DEFAULT_ORIGIN = Origin(Layer.DEFAULT, "default", "")


class Layers:
    """The values so far, as nested mappings, and the origin of each. To be added to from the lowest layer up.

    laid: the values and origins of each layer alone. notes: what to tell of what was replaced.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.origins: dict[KeyPath, Origin] = {}
        self.faults: list[Fault] = []
        self.notes: tuple[str, ...] = ()
        self.laid: list[tuple[dict[str, Any], dict[KeyPath, Origin]]] = []

    def add_document(self, document: Document, source: str, layer: Layer = Layer.FILE) -> None:
        self.faults += document.faults
        origins = {path: Origin(layer, source, spot.written, spot.line) for path, spot in document.spots.items()}
        values = copy.deepcopy(document.values)
        for former, present in FORMER.items():
            if former[0] in values:
                value, origin = values.pop(former[0]), replace(origins[former], former=former)
                if present in origins:
                    self.faults.append(_given_twice(present, origins[present], origin))
                else:
                    _placed(values, present, value)
                    origins[present] = origin
        self.laid.append((values, origins))
        _lay_over(self.values, values)
        self.origins |= origins

    def add_overrides(self, overrides: Iterable[Override]) -> None:
        """Those of one layer; of two for the same key the later one counts."""
        values: dict[KeyPath, Any] = {}
        origins: dict[KeyPath, Origin] = {}
        for override in overrides:
            given = tuple(override.key.split("."))
            if given == SPAWN_RATE:
                origins[given] = Origin(override.layer, override.source, override.text)
                continue
            path = FORMER.get(given, given)
            former = None if path == given else given
            origin = Origin(override.layer, override.source, override.text or '""', former=former)
            if problem := words.character_problem(override.text):
                self.faults.append(origin.fault(path, problem))
                continue
            if path in origins and origins[path].former != former:
                self.faults.append(_given_twice(path, origin, origins[path]))
            value = _read(override.text, keys().get(path))
            if path == SLO:
                # Each is one more: the parts of all of them are the list.
                values[path] = values.get(path, []) + slos_in(value)
                origin = replace(
                    origin, written=SEPARATOR.join(filter(None, (_written(origins, path), origin.written)))
                )
            else:
                values[path] = value
            origins[path] = origin
        own: dict[str, Any] = {}
        for path, value in values.items():
            _placed(own, path, value)
            self.put(path, value)
        self.laid.append((own, origins))
        self.origins |= origins | _of_items(values, origins)

    def put(self, path: KeyPath, value: Any) -> None:
        """Puts in what nobody has given, or not yet said where: in place of what was given there before."""
        if _placed(self.values, path, value):
            self.origins = {other: origin for other, origin in self.origins.items() if other[: len(path)] != path}


def _written(origins: Mapping[KeyPath, Origin], path: KeyPath) -> str:
    """What was given there in the same layer already."""
    return origins[path].written if path in origins else ""


def _of_items(values: Mapping[KeyPath, Any], origins: Mapping[KeyPath, Origin]) -> dict[KeyPath, Origin]:
    """Where each SLO of a list was given."""
    entries = values.get(SLO, [])
    return {
        (*SLO, str(index)): replace(origins[SLO], written=entry if isinstance(entry, str) else one_line(entry))
        for index, entry in enumerate(entries)
    }


def _placed(values: dict[str, Any], path: KeyPath, value: Any) -> bool:
    """Puts `value` where it belongs in `values`, and says whether it could. Sections that are missing are made on the
    way; one that is something else stays, to be found at fault."""
    for name in path[:-1]:
        if values.get(name) is None:
            values[name] = {}
        if not isinstance(values[name], dict):
            return False
        values = values[name]
    values[path[-1]] = value
    return True


def _given_twice(path: KeyPath, one: Origin, other: Origin) -> Fault:
    """A key has two values in one layer, by its name and by a former one. `one` is blamed, `other` named."""
    name = dotted(other.former or path)
    place = other.source if other.line is None else f"line {other.line}"
    given = shown(path, other.written)
    return one.fault(path, f"excludes {name} ({given}, {place}), which is the same key; keep one of them")


def _lay_over(lower: dict[str, Any], higher: Mapping[str, Any], path: KeyPath = ()) -> None:
    """Key by key, so that a section keeps what only `lower` has in it. A mapping that is one value is replaced."""
    for name, value in higher.items():
        below, here = lower.get(name), (*path, name)
        if isinstance(below, dict) and isinstance(value, dict) and not _is_one_value(here):
            _lay_over(below, value, here)
        elif isinstance(below, dict) and value is None and not _is_nullable(here):
            continue  # an empty section
        else:
            lower[name] = value


def _is_one_value(path: KeyPath) -> bool:
    """Whether a mapping there belongs together: a header with the unit of another one tells another time."""
    key = keys().get(path)
    return key is not None and key.kind not in ("section", "fields")


def _is_nullable(path: KeyPath) -> bool:
    """Whether null is a value there, and not only nothing below the name of a section."""
    key = keys().get(path)
    return key is not None and key.nullable


def _read(text: str, key: Key | None) -> Any:
    """The value that is written as `text` on one line."""
    if key is not None and key.or_mapping and text.lstrip().startswith(("{", "[")):
        document = parse(f"value: {text}", "")
        return text if document.faults else document.values["value"]
    if key is not None and key.kind == "string":
        return None if key.nullable and text in ("", "null") else text
    return scalar(text.strip())

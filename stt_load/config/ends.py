"""Keys that exclude each other: those that say what load there is, and those that end a run. In one layer two of them
are a fault; the one that was given in a higher layer replaces that of a lower one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.config.faults import Fault, KeyPath, dotted
from stt_load.config.layers import DEFAULT_ORIGIN, Layer, Layers, Origin
from stt_load.config.suspicion import shown

TOTAL = ("total_requests",)
SHAPES: tuple[KeyPath, ...] = tuple(
    ("load", name) for name in ("rate", "audio_rate", "trace", "stages", "levels", "search")
)
"""What load there is: at most one of them."""
ENDS: tuple[KeyPath, ...] = (TOTAL, ("measure_for",), ("stop_when",), *SHAPES[2:])
"""What ends a run: at most one of them."""
USUAL_TOTAL = 100
"""Built in, and in the file that somebody begins with: nobody has asked for it."""


def clashes(layers: Layers) -> Iterator[Fault]:
    """A fault for each two keys that exclude each other, and have a value each in the same layer."""
    for values, origins in layers.laid:
        told = set[tuple[KeyPath, KeyPath]]()
        for group, what in ((SHAPES, "what load there is"), (ENDS, "when the run ends")):
            given = [path for path in group if value_at(values, path) is not None and path in origins]
            given = [path for path in given if not _is_usual(path, values, origins)]
            for path in given[1:]:
                if (given[0], path) in told:
                    continue
                told.add((given[0], path))
                other = said(given[0], origins[given[0]])
                message = f"excludes {other}, as both say {what}; choose one, null for the other"
                yield origins[path].fault(path, message)


def choose(layers: Layers) -> tuple[str, ...]:
    """Leaves of each group of keys the one that was given in the highest layer, the others null; and a sentence for
    each that was replaced so, but for a total that nobody has asked for."""
    notes: list[str] = []
    for group in (SHAPES, ENDS):
        given = [path for path in group if value_at(layers.values, path) is not None]
        given = sorted(given, key=lambda path: _rank(path, layers), reverse=True)
        for path in given[1:]:
            if path in layers.origins and not _is_usual(path, layers.values, layers.origins):
                winner = said(given[0], layers.origins[given[0]])
                notes.append(f"{winner} replaces {said(path, layers.origins[path])}")
            layers.put(path, None)
        if group is ENDS and given and given[0] != TOTAL:
            layers.put(TOTAL, None)
    return tuple(notes)


def _rank(path: KeyPath, layers: Layers) -> tuple[Layer, bool]:
    """A total that nobody has asked for gives way to whatever else stands in the same layer."""
    usual = _is_usual(path, layers.values, layers.origins)
    return layers.origins.get(path, DEFAULT_ORIGIN).layer, not usual


def _is_usual(path: KeyPath, values: Mapping[str, Any], origins: Mapping[KeyPath, Origin]) -> bool:
    """Whether it is the total of the file that somebody begins with, where that stands."""
    in_file = origins.get(path, DEFAULT_ORIGIN).layer <= Layer.FILE
    return path == TOTAL and in_file and value_at(values, path) in (None, USUAL_TOTAL)


def said(path: KeyPath, origin: Origin) -> str:
    """A key, its value and where it was given, for a sentence."""
    place = origin.source if origin.line is None else f"line {origin.line}"
    return f"{dotted(path)} ({shown(path, origin.written)}, {place})"


def value_at(values: Any, path: KeyPath) -> Any:
    """What stands there in nested mappings; None where nothing does."""
    for name in path:
        values = values.get(name) if isinstance(values, Mapping) else None
    return values

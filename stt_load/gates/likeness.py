"""Whether a run is of the kind that a gate was learnt from: limits of another machine, or load, say nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stt_load.samples.escaping import harmless
from stt_load.samples.gate import GateFile

LONGEST = 200
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A condition that a run has otherwise. name: as the gate's file calls it. learnt: with which the gate was
    learnt. found: what the run has; None: nothing of that name."""

    name: str
    learnt: str
    found: str | None

    def __str__(self) -> str:
        """On one line, of any length: the file may be anybody's."""
        here = "not there" if self.found is None else f"{_shown(self.found)} here"
        return f"{_shown(self.name)} is {here}, and {_shown(self.learnt)} in the runs that the gate was learnt from"


def differing(gate: GateFile, conditions: Mapping[str, str]) -> tuple[Differing, ...]:
    """What keeps a run with these `conditions` from being held against `gate`; nothing where all are the same.
    Whoever takes a condition out of a gate's file has it ignored."""
    return tuple(
        Differing(name, learnt, conditions.get(name))
        for name, learnt in gate.conditions.items()
        if conditions.get(name) != learnt
    )


def _shown(text: str) -> str:
    return harmless(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")

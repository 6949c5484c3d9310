"""What must hold for a gate: its file can be read, and the run is of one load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stt_load.config.faults import KeyPath
from stt_load.config.load_rules import SLO
from stt_load.config.model import Config
from stt_load.config.places import Broken


def gate_file(config: Config) -> str | None:
    """The file of the gate that a run is to be held against, if any."""
    return next((str(entry["file"]) for entry in config.slo if "file" in entry), None)


def gate_can_be_used(config: Config) -> Iterator[Broken]:
    """All that is wrong with it is told at once. Whether the run is one of its kind is known when that begins."""
    file = gate_file(config)
    if file is None:
        return
    place: KeyPath = (*SLO, str(next(number for number, entry in enumerate(config.slo) if "file" in entry)))
    if config.level_axis is not None:
        yield {place: "is a gate, which is of runs with one load, and here are levels; choose limits of your own"}
    from stt_load.gates.file import GateFileError, read  # a start without a gate does without

    try:
        read(Path(file))
    except GateFileError as error:
        yield from ({place: f"names {file}, which {fault}"} for fault in error.faults)

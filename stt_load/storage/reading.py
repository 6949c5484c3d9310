"""What is in a result document, as the records that a report is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stt_load.samples.accuracy import Accuracy
from stt_load.samples.levels import Capacity
from stt_load.samples.rows import RowError, table
from stt_load.samples.run_info import RunInfo
from stt_load.samples.table import Samples
from stt_load.storage.document import LEFT_OUT, LevelHead
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from stt_load.storage.levels_rows import NO_ROWS, Place, apart
from stt_load.storage.run_record import Record, ReportError, RunRecord, TranscriptsFile, read_as

LONGEST_S = 1e9
"""No level begins further than that from the first one's barrier."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a document says of all levels together."""

    capacity: Capacity | None
    knee: float | None


def of_levels(values: Mapping[str, Any]) -> bool:
    """Whether the document is of a run of levels: such a one has no figures of its own."""
    return "metrics" in values and values["metrics"] is None


def read_run(values: Mapping[str, Any], rows: Iterator[Any], path: Path) -> RunRecord:
    """The run that a document without its requests is of. Raises `ReportError`."""
    info = read_as(RunInfo, values["run"], path)
    index = {name: number for number, name in enumerate(info.workers)}
    try:
        samples = table(rows, index)
    except RowError as error:
        raise ReportError(f"{path} is damaged: {error}") from None
    return _run(info, values["config"], samples, values, path)


def read_levels(values: Mapping[str, Any], rows: Iterator[Any], path: Path) -> LevelsRecord:
    """The run of levels that a document without its requests is of. Raises `ReportError`."""
    info = read_as(RunInfo, values["run"], path)
    whole = read_as(_Whole, values, path)
    shared = {name: values["run"][name] for name in LEFT_OUT if name in values["run"]}
    entries = _entries(values, path)
    heads = [read_as(LevelHead, entry, path) for entry in entries]
    infos = [read_as(RunInfo, shared | entry["run"], path) for entry in entries]
    known = {head.number: (_place(head, path), one) for head, one in zip(heads, infos, strict=True)}
    if len(known) != len(heads) or not heads:
        raise ReportError(f"{path} is damaged: its levels are not those of a result")
    samples = dict(apart(rows, known, path))
    levels = []
    for head, one, entry in zip(heads, infos, entries, strict=True):
        config, own = values["config"] | entry["config"], samples.get(head.number, NO_ROWS)
        run = _run(one, config, own, entry, path)
        levels.append(TriedLevel(head.number, head.trial, head.outcome, head.judged, run))
    return LevelsRecord(info, values["config"], tuple(levels), whole.capacity, path, knee=whole.knee)


def _entries(values: Mapping[str, Any], path: Path) -> list[Mapping[str, Any]]:
    entries = values.get("levels")
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("run"), dict) and isinstance(entry.get("config"), dict)
        for entry in entries
    ):
        raise ReportError(f"{path} is damaged: its levels are not those of a result")
    return entries


def _place(head: LevelHead, path: Path) -> Place:
    """Where the rows of a level are, if it is somewhere that rows can be."""
    if head.first_seq < 0 or not abs(head.zero_s) <= LONGEST_S:
        raise ReportError(
            f"{path} is damaged: rows of level {head.number} count from {head.first_seq} and {head.zero_s:g} s, "
            f"which is out of range"
        )
    return Place(head.first_seq, head.zero_s)


def _run(info: RunInfo, config: dict[str, Any], samples: Samples, values: Mapping[str, Any], path: Path) -> RunRecord:
    """With what a document says of it that can't be computed from its rows."""
    return replace(
        RunRecord(info, config, samples, path),
        accuracy=_optional(Accuracy, values.get("accuracy"), path),
        transcripts=_optional(TranscriptsFile, values.get("transcripts"), path),
    )


def _optional(record: type[Record], values: object, path: Path) -> Record | None:
    return None if values is None else read_as(record, values, path)

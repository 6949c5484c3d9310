"""The rows of a run of levels in one file, and apart again: numbered through, and on one clock."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from stt_load.samples.fields import INSTANTS, ROW
from stt_load.samples.rounding import DECIMALS, rounded
from stt_load.samples.rows import RowError, as_saved, slices, table
from stt_load.samples.run_info import RunInfo
from stt_load.samples.table import Samples
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from stt_load.storage.run_record import ReportError, RunRecord

NO_ROWS = Samples(np.empty(0, ROW))
"""Of a level that ended before its first request did."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a level are in the file. first_seq: what is added to their numbers. zero_s: what is added to
    their instants: when its own barrier was, or its beginning where it came to none, in seconds from the barrier of
    the whole."""

    first_seq: int
    zero_s: float


def parts(record: RunRecord | LevelsRecord) -> Iterator[tuple[Samples, tuple[str, ...]]]:
    """The rows of `record` as they are in its file, and the names of their workers: of levels one by one."""
    if isinstance(record, RunRecord):
        yield record.samples, record.info.workers
        return
    for level, place in zip(record.levels, places(record), strict=True):
        yield in_file(level, place), level.run.info.workers


def row_slices(record: RunRecord | LevelsRecord) -> Iterator[list[str]]:
    """The same as JSON, a list of lines at a time."""
    return (lines for samples, workers in parts(record) for lines in slices(samples, workers))


def places(record: LevelsRecord) -> list[Place]:
    """One for each level, in their order: every number is there once."""
    found, first_seq = [], 0
    for level in record.levels:
        found.append(Place(first_seq, _zero_s(record.info, level.run.info)))
        numbers = level.run.samples["seq"]
        first_seq += int(numbers.max()) + 1 if len(numbers) else 0
    return found


def in_file(level: TriedLevel, place: Place) -> Samples:
    """The rows of `level` as they are in the file."""
    samples = level.run.samples
    rows = samples.rows.copy()
    rows["level"] = level.number
    rows["seq"] += place.first_seq
    for name in INSTANTS:
        rows[name] += place.zero_s
    return as_saved(Samples(rows, samples.texts))


def apart(
    rows: Iterable[Any], levels: Mapping[int, tuple[Place, RunInfo]], path: Path
) -> Iterator[tuple[int, Samples]]:
    """The rows of the file `path`, which are there level by level, as the level's own; of one without rows nothing.

    levels: by their numbers. Raises `ReportError` where a row is none, or not where it should be.
    """
    seen: set[int] = set()
    try:
        for number, some in itertools.groupby(rows, key=itemgetter("level")):
            if number not in levels or number in seen:
                raise RowError(f"level {number} is not where its rows should be")
            seen.add(number)
            yield number, _of_level(number, some, *levels[number])
    except RowError as error:
        raise ReportError(f"{path} is damaged: {error}") from None
    except (KeyError, TypeError) as error:
        raise ReportError(f"{path} is damaged: a request without a level ({type(error).__name__}: {error})") from None


def _of_level(number: int, rows: Iterable[Any], place: Place, info: RunInfo) -> Samples:
    index = {name: at for at, name in enumerate(info.workers)}
    try:
        samples = table(rows, index)
    except RowError as error:
        raise RowError(f"level {number}, {error}") from None
    own = samples.rows
    if len(own) and own["seq"].min() < place.first_seq:
        raise RowError(f"level {number} has a request of another one's numbers")
    own["seq"] -= place.first_seq
    for name in INSTANTS:
        own[name] = np.round(own[name] - place.zero_s, DECIMALS) + 0.0  # -0.0 is 0.0
    return samples


def _zero_s(whole: RunInfo, one: RunInfo) -> float:
    """By the clock that instants count on; by the wall clock where one of the two came to no barrier."""
    if whole.barrier_s is not None and one.barrier_s is not None:
        return rounded(rounded(one.barrier_s) - rounded(whole.barrier_s))  # of what the file has of them
    begun, zero = (datetime.fromisoformat(info.barrier_at or info.started_at) for info in (one, whole))
    return rounded((begun - zero).total_seconds())

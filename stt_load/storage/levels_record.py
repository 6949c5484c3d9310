"""A run of levels, a sweep or a search, as a report sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stt_load.samples.levels import Capacity, Judged, Outcome, Trial
from stt_load.samples.run_info import OpenLoop, RunInfo
from stt_load.stats.level_rate import done_rps
from stt_load.storage.run_record import RunRecord


@dataclass(frozen=True)
class TriedLevel:
    """A level that was tried. number: from 0, in their order, and in the column `level` of its rows. run: it alone,
    whose instants count from its own barrier and whose iterations from 0; its configuration is the level's."""

    number: int
    trial: Trial
    outcome: Outcome
    judged: Judged | None
    run: RunRecord

    @property
    def done_rps(self) -> float | None:
        """ok requests per second while it was measured, settling ones that ended then included."""
        return done_rps(self.run.samples, arrivals=isinstance(self.run.info.load, OpenLoop))


@dataclass(frozen=True)
class LevelsRecord:
    """All that a report of levels is made of.

    info: of the whole: `levels` is what was asked for, users and load are the first level's, the barrier is its, and
    the end is that of the whole. config: the configuration it had, secrets masked. capacity: the answer of a search;
    None of a sweep. path, rows_path: as of a `RunRecord`. knee: the level from which more load brings waiting in
    place of throughput; None where there is none.
    """

    info: RunInfo
    config: dict[str, Any]
    levels: tuple[TriedLevel, ...]
    capacity: Capacity | None
    path: Path | None
    rows_path: Path | None = None
    knee: float | None = None

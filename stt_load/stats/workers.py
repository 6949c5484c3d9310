"""The figures of each worker of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stt_load.samples.generator import WorkerHealth
from stt_load.samples.table import Samples
from stt_load.stats.level_figures import level_figures
from stt_load.stats.model import LevelFigures


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """What one worker has sent and how it fared. worker: its number in the rows. figures: without a rate, as all send
    in the same time. health: None where it was not observed."""

    worker: int
    figures: LevelFigures
    health: WorkerHealth | None


def by_worker(measured: Samples, count: int, health: Sequence[WorkerHealth]) -> tuple[WorkerFigures, ...]:
    """Of each of the first `count` workers, whether it has sent anything or not; nothing of a single one."""
    if count < 2:
        return ()
    known = {one.worker: one for one in health}
    return tuple(
        WorkerFigures(number, level_figures(measured.where(measured["worker"] == number), None), known.get(number))
        for number in range(count)
    )

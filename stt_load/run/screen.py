"""What a run tells whoever looks on while it lasts."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from stt_load.run.barrier import Barrier
from stt_load.samples.run_info import RunInfo
from stt_load.stats.model import Warmup
from stt_load.storage.run_record import RunRecord


class Screen(Protocol):
    """Told of each step of one run."""

    def started(self, info: RunInfo) -> None:
        """Nothing has been sent yet."""

    def warming_up(self) -> None:
        """The service is there."""

    def measuring(self, warmup: Warmup, transcript: str | None, said: str | None = None) -> None:
        """The warm-up is over. transcript: the first one there is. said: what its clip says; None where that is
        nothing, or not known."""

    def follow(self, barrier: Barrier) -> None:
        """Shows the progress until killed."""

    def saving(self, rows: int) -> None:
        """The end has come, and what follows takes seconds where there are many rows."""

    def scoring(self, done: int, total: int) -> None:
        """So many answers have been held against what was said, of so many."""

    def finished(self, run: RunRecord) -> None:
        """The report, and where the result is."""

    def moved(self, folder: Path, path: Path) -> None:
        """`folder` is gone, in which the result was to be: it is at `path`."""

    def not_saved(self, path: Path, spool: Path, error: Exception) -> None:
        """The result could not be written; `spool` holds what was written while it ran."""

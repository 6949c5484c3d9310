"""What a person sees of levels that are repeated as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stt_load.locust_plugin.levels_display import LevelsDisplay
from stt_load.report import levels_report, series
from stt_load.samples.run_info import RunInfo
from stt_load.stats.model import Warmup
from stt_load.storage.levels_record import LevelsRecord


class LevelsOfSeries(LevelsDisplay):
    """The `Screen` of the `number`-th of `planned` runs of the same levels: what is the same of all is said once, and
    of each the few lines that matter."""

    def __init__(self, number: int, planned: int, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._run, self._planned = number, planned

    def started(self, info: RunInfo) -> None:
        if self._run == 1:
            super().started(info)
        if self._number == 1:
            self._print(series.levels_heading(self._say, self._run, self._planned))

    def measuring(self, warmup: Warmup, transcript: str | None, said: str | None = None) -> None:
        if self._run == 1:
            super().measuring(warmup, transcript, said)

    def _whole(self, record: LevelsRecord) -> Iterable[str]:
        return levels_report.brief(self._say, record)

    def _own(self, path: Path) -> Path:
        return path.with_stem(f"{path.stem}_{self._run}")

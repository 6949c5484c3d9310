"""What a person sees while levels are tried one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from stt_load.locust_plugin.display import Display
from stt_load.report import levels_opening, levels_report, opening
from stt_load.report.accuracy import first_answer
from stt_load.report.level_table import loaded
from stt_load.report.output import shown_in
from stt_load.report.width import columns
from stt_load.samples.levels import Trial
from stt_load.samples.progress import Progress
from stt_load.samples.run_info import RunInfo
from stt_load.search.estimate import Estimate
from stt_load.stats.model import Warmup
from stt_load.storage.levels_record import LevelsRecord, TriedLevel
from stt_load.storage.run_record import RunRecord


class LevelsDisplay(Display):
    """The `Screen` of all levels of a sweep or a search: what is the same of all is said once, each comes down to a
    line, and the report is that of the whole.

    Told in this order: of each level `trying`, what a `Screen` is told of its run, `level`; at the end `concluded`.
    """

    _trial: Trial | None = None
    _expected: Estimate | None = None
    _number = 0
    _tells_ends = False

    def estimated(self, expected: Estimate) -> None:
        """What all of it costs at most: said with what is asked for, and again when more is known."""
        if self._expected is not None:
            self._print(levels_opening.estimated(self._say, expected, self._config))
        self._expected = expected

    def trying(self, trial: Trial) -> None:
        """A level begins."""
        self._trial = trial
        self._number += 1

    def started(self, info: RunInfo) -> None:
        self._load = info.load
        if self._number > 1:
            return
        if shown_in(self._language, self._stream) != self._language:
            self._print(opening.note(self._say, self._say("in_english")))
        self._print(levels_opening.start(self._say, self._config, info, self._expected, self._time_limit_s))

    def warming_up(self) -> None:
        """Of each level, and nothing to say of it."""

    def measuring(self, warmup: Warmup, transcript: str | None, said: str | None = None) -> None:
        if self._number == 1 and transcript is not None:
            self._print(first_answer(self._say, said, transcript))
        if warmup.failed:
            self._print(opening.warmup_failed(self._say, warmup))

    def finished(self, run: RunRecord) -> None:
        """Its line is told by `level`, once it is known what came of it."""

    def level(self, tried: TriedLevel) -> None:
        """What came of a level."""
        self._print(levels_report.line(self._say, tried))

    def concluded(self, record: LevelsRecord) -> None:
        """All levels are in, and the result is written if it could be."""
        self._print(self._whole(record))
        if record.path is not None:
            self._print([self._say("saved", path=record.path)])
        if record.rows_path is not None:
            self._print([self._say("rows_saved", path=record.rows_path)])

    def _whole(self, record: LevelsRecord) -> Iterable[str]:
        """What all of them come to."""
        return levels_report.result(self._say, record)

    def _bar(self, seen: Progress, width: int) -> str:
        return f"{self._doing}{super()._bar(seen, max(0, width - columns(self._doing)))}"

    def _line(self, seen: Progress) -> str:
        return f"{self._doing}{super()._line(seen)}"

    @property
    def _doing(self) -> str:
        """Which level is on."""
        return "" if self._trial is None else f"[{loaded(self._say, self._trial)}] "

"""The runs of one start: a single one, or as many as `repeat` asks for, one after the other in this process."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TextIO

from stt_load.config import Config
from stt_load.gates.twice import decision
from stt_load.locust_plugin.process_exit import ProcessExit
from stt_load.report import series as lines
from stt_load.report.exit_code import INTERRUPTED, OF_DECISIONS, worst
from stt_load.report.messages import Language
from stt_load.report.output import Output, messages_for
from stt_load.samples.escaping import harmless
from stt_load.samples.run_info import PLANNED, EndReason
from stt_load.storage import series as files
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord
from stt_load.storage.series import OneRun, SeriesRecord


class Series:
    """Which run it is, where its result goes, and whether another one follows. Of each its figures are kept, and no
    rows.

    number: of the run that is on, from 1; 0 before the first. planned: how many there are to be.
    """

    def __init__(self) -> None:
        self.number = 0
        self.planned = 1
        self._is_over = False
        self._path: Path | None = None
        self._language: Language = "en"
        self._target = ""
        self._runs: list[OneRun] = []
        self._last: EndReason | None = None
        self._done = 0
        self._codes: list[int] = []
        self._over: list[frozenset[str]] = []

    def begin(self, config: Config, *, repeats: bool) -> None:
        """A run begins. repeats: `repeat` counts."""
        if not self.number:
            self.planned = config.repeat if repeats else 1
            self._language = config.report.language
            if self.planned > 1:
                self._path = files.reserve(config.save_path, datetime.now(), self.planned)
        self.number += 1

    @property
    def is_one(self) -> bool:
        """A single run, of which there is nothing more to say."""
        return self.planned == 1

    @property
    def save_path(self) -> str | None:
        """Where the result of this run is to be; None: as ever."""
        return None if self._path is None else str(files.run_path(self._path, self.number))

    @property
    def goes_on(self) -> bool:
        """Another run follows the last one that has ended."""
        return 0 < self.number == self._done and self.is_followed(self._last)

    def is_followed(self, reason: EndReason | None) -> bool:
        """Whether another run follows this one, if it ends for `reason`: after an end that was not planned somebody
        wants that of all, or the service doesn't answer."""
        return not self._is_over and self.number < self.planned and reason in PLANNED

    @property
    def has_run(self) -> bool:
        """One of its runs has an outcome."""
        return bool(self._last)

    @property
    def is_cut_short(self) -> bool:
        """Runs of a series are missing."""
        return not self.is_one and self._done < self.planned

    def add(self, run: RunRecord | LevelsRecord, code: int, ungated: int | None = None) -> int:
        """A run has ended, with `code`. Returns what all of them so far end with.

        ungated: its code where the gate does not count, which is judged by all of them together; None: the same.
        """
        self._codes.append(code if ungated is None else ungated)
        if isinstance(run, RunRecord):
            self._over.append(run.over_gate)
        self._done += 1
        self._last = run.info.end_reason
        self._target = run.info.target
        if not self.is_one:
            self._runs.append(files.one_run(self.number, run, code))
        return self._code

    def failed(self, code: int) -> int:
        """A run could not be begun, or not be done: no other follows. Returns as `add` does."""
        self._is_over = True
        self._codes.append(code)
        return self._code

    @property
    def _code(self) -> int:
        """What all runs so far end with."""
        return worst([*self._codes, OF_DECISIONS[decision(self._over)]])

    def conclude(self, process_exit: ProcessExit, stream: TextIO) -> None:
        """The process ends: the summary is written and shown, once. A series that a signal has cut short was
        interrupted, whatever its runs ended with. Raises OSError."""
        if self.is_cut_short and process_exit.interrupted:
            process_exit.code = self.failed(INTERRUPTED)
        self._is_over = True
        if self.is_one or not self._runs or self._path is None:
            return
        code = process_exit.code
        record = SeriesRecord(self.planned, self._target, tuple(self._runs), code, self._language)
        self._runs = []
        try:
            path = files.write(self._path, record)
        except OSError:
            self._show(stream, record, None)
            raise
        self._show(stream, record, path)

    def _show(self, stream: TextIO, record: SeriesRecord, path: Path | None) -> None:
        say = messages_for(self._language, stream)
        Output(stream).write("".join(f"{harmless(line)}\n" for line in lines.summary(say, record, path)))

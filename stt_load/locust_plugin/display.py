"""What a person sees while a run lasts: the report on one stream, how far it has come on another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

import gevent

from stt_load.clock import clock
from stt_load.config.model import AUTO
from stt_load.report import ci, opening, progress, series
from stt_load.report.annotations import inert
from stt_load.report.console import result
from stt_load.report.messages import Language, Messages
from stt_load.report.output import Output, messages_for, shown_in
from stt_load.run.barrier import Barrier
from stt_load.run.progress import ProcessState, ProgressMeter
from stt_load.samples.escaping import harmless
from stt_load.samples.progress import Progress
from stt_load.samples.run_info import Load, RunInfo
from stt_load.stats.model import Warmup
from stt_load.storage.files import beside
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.run_record import RunRecord

BAR_PERIOD_S = 0.25
LINE_PERIOD_S = 10.0
MANY_ROWS = 50_000
"""So many are saved in a second, more or less."""
MANY_ANSWERS = 2_000
"""So many are scored in some seconds."""
CLEAR = "\r\x1b[K"


class Display:
    """The `Screen` of one run.

    report: gets the start block, the changes of phase and the result. aside: gets the progress, on a terminal as a
    bar that is drawn over and over, else as a line now and then. config: masked. time_limit_s: Locust's -t.
    process_state: asked for at each look.
    """

    def __init__(
        self,
        language: Language,
        config: Mapping[str, Any],
        *,
        report: TextIO,
        aside: TextIO,
        time_limit_s: float | None = None,
        process_state: Callable[[], ProcessState] = ProcessState,
    ) -> None:
        self._language = language
        self._stream = report
        self._config = config
        self._time_limit_s = time_limit_s
        self._process_state = process_state
        self._report = Output(report)
        self._aside = Output(aside)
        self._draws = self._aside.is_terminal and os.environ.get("TERM") != "dumb"
        self._drawn = False
        self._scoring_shown_s: float | None = None
        self._load: Load | None = None

    _tells_ends = True
    """Whether a run that ends tells of it at once, where no bar is drawn."""

    @property
    def _say(self) -> Messages:
        """Asked for anew each time: a terminal may have another width by now."""
        return messages_for(self._language, self._stream)

    def started(self, info: RunInfo) -> None:
        self._load = info.load
        if shown_in(self._language, self._stream) != self._language:
            self._print(opening.note(self._say, self._say("in_english")))
        self._print(opening.start(self._say, self._config, info, self._time_limit_s))

    def warming_up(self) -> None:
        self._print(opening.warming_up(self._say, self._config))

    def measuring(self, warmup: Warmup, transcript: str | None, said: str | None = None) -> None:
        limited = self._time_limit_s is not None
        self._print(
            opening.measuring(self._say, self._config, warmup, transcript, said, load=self._load, limited=limited)
        )

    def saving(self, rows: int) -> None:
        if rows < MANY_ROWS:
            return
        line = self._say("saving", requests=self._say.requests(rows))
        if self._draws:
            self._draw(line)
        else:
            self._aside.write(f"{line}\n")

    def scoring(self, done: int, total: int) -> None:
        if total < MANY_ANSWERS:
            return
        line = self._say("scoring", done=f"{done:,}", answers=f"{total:,}")
        if self._draws:
            self._draw(line)
        elif self._scoring_shown_s is None or clock() - self._scoring_shown_s >= LINE_PERIOD_S:
            self._aside.write(f"{line}\n")
            self._scoring_shown_s = clock()

    def finished(self, run: RunRecord) -> None:
        self._print(self._result(run))
        if run.path is not None:
            self._print([self._say("saved", path=run.path)])
        if run.rows_path is not None:
            self._print([self._say("rows_saved", path=run.rows_path)])

    def _result(self, run: RunRecord) -> Iterable[str]:
        return result(self._say, run)

    def tell_ci(self, run: RunRecord | LevelsRecord, *, failures_fail: bool) -> bool:
        """Files that were asked for by the configuration, or by the CI system that is there, and lines for its log.
        Returns whether all could be written; what could not is said. failures_fail: a request that failed is one of
        too many. Raises whatever breaks in making a file, once all else is told."""
        say, written = self._say, True
        found = ci.cases_of(say, run, failures_fail=failures_fail)
        summary = ci.step_summary()
        files: dict[Path, Callable[[Path], None]] = {}
        if (junit := self._asked("junit")) is not None:
            files[junit] = lambda path: ci.write_junit(path, run, found)
        if summary is not None:
            files[summary] = lambda path: ci.append_markdown(path, say, run, found)
        if (page := self._page(run)) is not None:
            files[page] = lambda path: self._write_page(path, run)
        try:
            for path, write in files.items():
                try:
                    write(path)
                except OSError as error:
                    written = False
                    self._print([say("ci.not_written", path=path, reason=error.strerror or error)])
        finally:  # what breaks in making a file is the caller's to tell; the log has its lines all the same
            self._clear()
            self._report.write("".join(f"{harmless(line)}\n" for line in ci.log_lines(found)))
        return written

    def _asked(self, key: str) -> Path | None:
        """Where the file of `report.KEY` is to be, if anywhere."""
        given = self._config["report"].get(key)
        return None if given is None else self._own(Path(given))

    def _own(self, path: Path) -> Path:
        """The name of a file that each run has, for this one."""
        return path

    def _page(self, run: RunRecord | LevelsRecord) -> Path | None:
        """Where the page is to be, if anywhere: `auto` is beside the result, whose name no other run has, and where
        somebody has put a file of that name, it is kept. A result that could not be written has nothing beside it."""
        if self._config["report"].get("html") != AUTO:
            return self._asked("html")
        return None if run.path is None else beside(run.path)

    def _write_page(self, path: Path, run: RunRecord | LevelsRecord) -> None:
        """In the language of the report, whatever the terminal can show. Raises OSError."""
        from stt_load.html.writing import write_report  # not before it is asked for: each start waits for imports

        write_report(path, Messages(self._language), run)
        self._print([self._say("html.saved", path=path)])

    def others_failed(self, requests: int, code: int) -> None:
        """Why the process ends with `code`, which nothing in the report tells."""
        self._print([self._say("others.code", requests=self._say.requests(requests), code=code)])

    def moved(self, folder: Path, path: Path) -> None:
        self._clear()
        self._aside.write(self._say("moved", folder=folder, path=path.absolute()) + "\n")

    def not_saved(self, path: Path, spool: Path, error: Exception) -> None:
        self._clear()
        reason = getattr(error, "strerror", None) or error
        self._aside.write(self._say("not_saved", path=path, reason=reason, spool=spool) + "\n")

    def follow(self, barrier: Barrier) -> None:
        meter = ProgressMeter(barrier, self._config["wait_ready"])
        shown: Progress | None = None
        shown_s = clock()
        while True:
            gevent.sleep(BAR_PERIOD_S)
            seen = meter.look(self._process_state())
            if self._draws:
                self._draw(self._bar(seen, shutil.get_terminal_size().columns - 1))
                continue
            new = shown is None or (shown.phase, shown.stopping) != (seen.phase, seen.stopping)
            if new and seen.stopping and not self._tells_ends:
                shown_s = clock()
            elif (new and seen.stopping) or clock() - shown_s >= LINE_PERIOD_S:
                self._aside.write(self._line(seen) + "\n")
                shown_s = clock()
            shown = seen

    def _bar(self, seen: Progress, width: int) -> str:
        return progress.bar(self._say, seen, width)

    def _line(self, seen: Progress) -> str:
        return progress.line(self._say, seen)

    def _draw(self, line: str) -> None:
        # The cursor goes back to the left: a line of the log then begins there, and not behind the bar.
        self._aside.write(f"{CLEAR}{harmless(line)}\r")
        self._drawn = True

    def _clear(self) -> None:
        if self._drawn:
            self._aside.write(CLEAR)
            self._drawn = False

    def _print(self, lines: Iterable[str]) -> None:
        self._clear()
        shown = map(inert, lines) if ci.is_github() else lines
        self._report.write("".join(f"{harmless(line)}\n" for line in shown))


class OneOfSeries(Display):
    """The `Screen` of the `number`-th of `planned` runs of the same: what is the same of all is said once, and each
    comes down to a few lines."""

    def __init__(self, number: int, planned: int, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._number = number
        self._planned = planned

    def started(self, info: RunInfo) -> None:
        if self._number == 1:
            super().started(info)
        self._print(series.heading(self._say, self._number, self._planned, info.seed))

    def warming_up(self) -> None:
        if self._number == 1:
            super().warming_up()

    def measuring(self, warmup: Warmup, transcript: str | None, said: str | None = None) -> None:
        if self._number == 1:
            super().measuring(warmup, transcript, said)

    def _result(self, run: RunRecord) -> Iterable[str]:
        return series.brief(self._say, run)

    def _own(self, path: Path) -> Path:
        return path.with_stem(f"{path.stem}_{self._number}")

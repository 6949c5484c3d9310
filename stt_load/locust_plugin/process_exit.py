"""How this process goes, and the exit code that follows from it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from stt_load.clock import clock
from stt_load.report.exit_code import BAD_INPUT, INTERRUPTED, INVALID, NOTHING_MEASURED, SLO_MISSED

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ProcessExit:
    """What is known of it so far.

    started_s: when the last run was asked for, 0 if none was. code: what that one ended with. interrupted: by a
    signal. failed: something of ours broke while there was no run that could carry it in its verdict.
    without_workers: there are no workers that could take part. locusts_alone: the last run had no user of ours.
    leaving: the process is on its way out. has_limits: the last run was to be held against SLOs.
    """

    started_s: float = 0.0
    code: int = 0
    interrupted: bool = False
    failed: bool = False
    without_workers: bool = False
    locusts_alone: bool = False
    leaving: bool = False
    has_limits: bool = False

    @property
    def is_over(self) -> bool:
        """No other run is begun."""
        return self.interrupted or self.without_workers

    def is_ending(self, limit_s: float | None) -> bool:
        """Somebody wants the end of the process, or its time (Locust's -t, limit_s) is over."""
        return self.interrupted or self.leaving or self.timed_out(limit_s)

    def take_failure(self) -> bool:
        """Whether something had failed; the run that begins carries it from here on."""
        failed, self.failed = self.failed, False
        return failed

    def timed_out(self, limit_s: float | None) -> bool:
        """Locust doesn't say who ends a run; its -t (limit_s) counts from the start that the suite was told of."""
        return limit_s is not None and self.started_s > 0 and clock() - self.started_s >= limit_s - 0.5

    def left_s(self, limit_s: float | None) -> float | None:
        """Until Locust's -t (limit_s) ends the run; None where it doesn't."""
        return None if not limit_s or not self.started_s else max(0.0, self.started_s + limit_s - clock())

    def exit_code(self, options: Any, *, has_run: bool, page: bool) -> int | None:
        """options: Locust's. has_run: there is an outcome. page: the process has a web UI, where Ctrl-C is the usual
        way out. None where Locust knows better, as of a page that could not start, and of a run that is its own."""
        if self.without_workers:
            return BAD_INPUT
        if self.locusts_alone and not self.failed:
            return None
        if not page:
            return self._code(options.run_time, has_run=has_run)
        if not self.started_s:
            return INVALID if self.failed else None
        return self._with_failure(self.code if self.interrupted or options.autoquit != -1 else 0)

    def _code(self, limit_s: float | None, *, has_run: bool) -> int:
        if self.code or has_run:
            return self._with_failure(self.code)
        if self.failed and not self.interrupted:
            return INVALID
        # A signal came while everything was being made ready, or -t was over by then.
        if self.interrupted or not self.timed_out(limit_s):
            return INTERRUPTED
        logger.error("stt-load: the time limit (-t) was over before anything was sent")
        return SLO_MISSED if self.has_limits else NOTHING_MEASURED  # no data is a miss

    def _with_failure(self, code: int) -> int:
        """Bad input and an interruption come before it."""
        return INVALID if self.failed and code not in (BAD_INPUT, INTERRUPTED) else code

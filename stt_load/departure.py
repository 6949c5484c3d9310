"""How this process goes, and the exit code that follows from it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from stt_load.report.exit_code import BAD_INPUT, INTERRUPTED, INVALID, NOTHING_MEASURED
from stt_load.transport.exchange import clock

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Departure:
    """What is known of it so far.

    started_s: when the last run was asked for, 0 if none was. code: what that one ended with. interrupted: by a
    signal. failed: an exception in a listener of ours. unstaffed: there are no workers that could take part.
    """

    started_s: float = 0.0
    code: int = 0
    interrupted: bool = False
    failed: bool = False
    unstaffed: bool = False

    def timed_out(self, limit_s: float | None) -> bool:
        """Locust doesn't say who ends a run; its -t (limit_s) counts from the start that the suite was told of."""
        return limit_s is not None and self.started_s > 0 and clock() - self.started_s >= limit_s - 0.5

    def left_s(self, limit_s: float | None) -> float | None:
        """Until Locust's -t (limit_s) ends the run; None where it doesn't."""
        return None if not limit_s or not self.started_s else max(0.0, self.started_s + limit_s - clock())

    def exit_code(self, *, has_run: bool, limit_s: float | None) -> int:
        """Of a process without a web UI. has_run: there is an outcome."""
        if self.failed:
            return INVALID
        if self.unstaffed:
            return BAD_INPUT
        if self.code or has_run:
            return self.code
        # A signal came while everything was being made ready, or -t was over by then.
        if self.interrupted or not self.timed_out(limit_s):
            return INTERRUPTED
        logger.error("stt-load: the time limit (-t) was over before anything was sent")
        return NOTHING_MEASURED

    def exit_code_of_page(self, *, quits_by_itself: bool) -> int | None:
        """Of a process with a web UI, where Ctrl-C is the usual way out; None where Locust knows better, as of one
        that could not start."""
        if self.failed:
            return INVALID
        if self.unstaffed:
            return BAD_INPUT
        if not self.started_s:
            return None
        return self.code if self.interrupted or quits_by_itself else 0

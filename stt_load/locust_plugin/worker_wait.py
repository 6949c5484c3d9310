"""How many workers a master waits for before its first run, and for how long."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import gevent
from locust.runners import STATE_INIT, STATE_STOPPED, STATE_STOPPING, MasterRunner

from stt_load.clock import clock

logger = logging.getLogger(__name__)

LOOK_S = 0.2
SAY_S = 10.0
BEFORE_A_RUN = (STATE_INIT, STATE_STOPPING, STATE_STOPPED)
"""Locust calls itself stopped, too, when the last worker that it knew has fallen silent before any run."""


class WorkerWait:
    """The workers that Locust's master waits for before it starts by itself: its option `--expect-workers`.

    on_nobody: called when none is left that could take part, or too few have come within `--expect-workers-max-wait`.
    That is kept from Locust, which would end with 1 then, as a run with failures does.
    """

    def __init__(self, runner: MasterRunner, options: Any, on_nobody: Callable[[], None]) -> None:
        self._runner = runner
        self._options = options
        self._on_nobody = on_nobody
        self._limit_s, options.expect_workers_max_wait = options.expect_workers_max_wait, 0

    def follow(self) -> None:
        """Until the first run starts; says now and then what is waited for."""
        began_s = said_s = clock()
        while self._runner.state in BEFORE_A_RUN:
            here, expected, now_s = len(self._runner.clients.ready), self._options.expect_workers, clock()
            if here < expected and self._limit_s and now_s - began_s >= self._limit_s:
                said = "stt-load: %d of %d workers have come within %g s (--expect-workers-max-wait)"
                logger.error(said, here, expected, self._limit_s)
                self._on_nobody()
                return
            if here < expected and now_s - said_s >= SAY_S:
                logger.warning("stt-load: waiting for workers: %d of %d are here", here, expected)
                said_s = now_s
            gevent.sleep(LOOK_S)

    def refused(self, left: int) -> None:
        """A worker won't do, and is not waited for; `left` others may do."""
        expected = self._options.expect_workers = max(0, self._options.expect_workers - 1)
        if left:
            self._options.expect_workers = max(1, expected)
        elif not expected and self._options.headless:
            logger.error("stt-load: no worker is left that could take part")
            self._on_nobody()

    def give_up(self) -> None:
        """Nobody is waited for any more."""
        self._options.expect_workers = 0

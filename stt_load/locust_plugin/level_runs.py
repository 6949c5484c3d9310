"""A run of levels as Locust carries it out: its users stay, and one run after the other is made for them."""

from __future__ import annotations

import logging
from collections.abc import Callable

import gevent
from gevent.lock import RLock
from locust.runners import Runner

from stt_load.clock import clock
from stt_load.locust_plugin import asked_users
from stt_load.locust_plugin.levels_display import LevelsDisplay
from stt_load.report.answer import with_sentence
from stt_load.run.level_watch import LevelWatch
from stt_load.run.levels import LevelsRun
from stt_load.run.order import Order
from stt_load.run.run import Run
from stt_load.samples.run_info import PLANNED, EndReason
from stt_load.search.level_test import LevelTest
from stt_load.storage.levels_record import LevelsRecord

PATIENCE_S = 30.0
"""So long Locust gets to have the users of the next level; that begins with those who are there."""
LOOK_S = 0.01

logger = logging.getLogger(__name__)


class LevelRuns:
    """levels: what is tried. make: makes a run of an order. The methods exclude each other: whoever stops Locust
    between two levels waits until it is clear whether there is another one."""

    def __init__(
        self, levels: LevelsRun, make: Callable[[Order], Run], screen: LevelsDisplay, runner: Runner
    ) -> None:
        self.levels = levels
        self._make = make
        self._screen = screen
        self._runner = runner
        self._on: Run | None = None
        self._watch: LevelWatch | None = None
        self._over = False
        self._lock = RLock()

    def first(self) -> Run:
        """The run of the first level, for which Locust starts its users."""
        order = self.levels.next()
        assert order is not None, "there is always a first level"
        self._screen.estimated(self.levels.estimate())
        return self._begun(order)

    def follow(self, run: Run) -> Run | None:
        """`run` has come to its end, and nothing of it is in flight where that was planned. Returns the run of the
        next level, which is to be started; None: there is none."""
        ending = run.lifecycle.ending
        if ending is not None and ending.reason not in PLANNED:
            self.levels.end(ending.reason, ending.detail)
            return None
        with self._lock:
            self._take(run)
            order = self.levels.next()
            self._over = order is None
            if order is None or not self._scale(order):
                return None
            following = self._begun(order)
            if self.levels.ending is not None:
                following.lifecycle.over()
                following.abandon()
                self._on = None
                return None
            return following

    def end(self, reason: EndReason, detail: str | None = None) -> None:
        """No level follows the one that is on."""
        self.levels.end(reason, detail)

    def stopped(self, reason: EndReason) -> None:
        """Locust stops its users: of its own accord, where something is still to be tried."""
        if not self._over:
            self.levels.end(reason)

    def conclude(self, run: Run) -> LevelsRecord:
        """Locust's users are gone: all that there is of all levels. run: of the last one."""
        with self._lock:
            if self._on is run:
                self._take(run)
            record = self.levels.conclude(run.faults, with_sentence)
            self._screen.concluded(record)
            return record

    def _take(self, run: Run) -> None:
        self._on = None
        run.lifecycle.over()
        judged = None if self._watch is None else self._watch.judged
        tried = self.levels.took(run.finish(), judged)
        with run.faults.caught("What came of a level was not shown"):
            self._screen.level(tried)
            if tried.number == 0 and self.levels.asked.search is not None:
                self._screen.estimated(self.levels.estimate())

    def _begun(self, order: Order) -> Run:
        levels, trial = self.levels, self.levels.trial
        assert trial is not None
        self._screen.trying(trial)
        run = self._make(order)
        levels.began(run)
        self._on = run
        test = (
            None
            if trial.looks is None
            else LevelTest(levels.slos, trial.looks, trial.axis, concurrency=trial.concurrency)
        )
        self._watch = LevelWatch(run.barrier, run.info.load, test, levels.is_spent)
        run.watches.append(("A level is not ended by what is known of it", self._watch.run))
        return run

    def _scale(self, order: Order) -> bool:
        """Has Locust have the users of the next level, while nothing is in flight. Returns whether it is to begin."""
        users = order.config.locust_users
        asked_users.scale(self._runner, users)
        until_s = clock() + PATIENCE_S
        while self._runner.user_count != users and clock() < until_s and self.levels.ending is None:
            gevent.sleep(LOOK_S)
        return self.levels.ending is None

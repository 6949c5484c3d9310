"""Arrivals that nobody takes."""

from __future__ import annotations

from typing import Any

import gevent
import pytest

from stt_load.clock import clock
from stt_load.load.budget import Budget
from stt_load.load.iteration import Iteration
from stt_load.load.timetable import timetable_of
from stt_load.run.drops import Drops
from stt_load.samples.sample import ErrorKind, Phase, Sample
from tests.load.timetables import open_loop

ORIGIN_S = 40.0


class Dropped:
    """What becomes of an open loop of 50 a second that nobody takes anything of."""

    def __init__(self, max_lag_s: float, planned: int = 5, **values: Any) -> None:
        self.budget = Budget(None, 2, 0)
        load = open_loop((50, 50, None), max_lag_s=max_lag_s, planned=planned, **values)
        self.budget.follow(load, timetable_of(load, 7))
        self.budget._handed = 2  # those of the warm-up
        self.budget.open = True
        self.rows = list[Sample]()
        self.drops = Drops(self.budget, self.finish, max_lag_s, ORIGIN_S, lambda seq: 10.0 + seq)

    def finish(self, iteration: Iteration, sample: Sample) -> None:
        self.budget.finish(iteration)
        self.rows.append(sample)


def test_each_is_a_row_of_what_was_to_be_sent_and_never_was() -> None:
    dropped = Dropped(0.5)
    dropped.budget.slots.barrier_s = 100.0
    dropped.drops.drop(101.49)
    assert dropped.rows == []
    dropped.drops.drop(101.53)
    assert [(row.seq, row.error_kind, row.phase) for row in dropped.rows] == [
        (2, ErrorKind.DROPPED, Phase.MEASURED),
        (3, ErrorKind.DROPPED, Phase.MEASURED),
    ]
    row = dropped.rows[1]
    assert (row.start_s, row.sent_s, row.audio_s) == (101.02 - ORIGIN_S, None, 13.0)
    assert row.done_s == pytest.approx(101.52 - ORIGIN_S)
    assert row.error == "no slot was free to send it within 0.5 s after it was due"
    assert (row.failed, row.ok) == (True, False)


def test_they_are_dropped_in_their_time_though_nobody_asks_for_anything() -> None:
    dropped = Dropped(0.05)
    dropped.budget.slots.barrier_s = begun_s = clock() - 1.0
    dropping = gevent.spawn(dropped.drops.run)
    with gevent.Timeout(60):
        while len(dropped.rows) < 5:
            gevent.sleep(0.005)
    assert clock() >= begun_s + 1.0 + 4 / 50 + 0.05
    dropped.budget.close()
    dropping.join(5)
    assert dropping.ready(), "it ends when nothing is handed out any more"


def test_what_waited_when_the_run_was_closed_counts_as_long_as_it_had_waited() -> None:
    row = Dropped(0.5).drops.left(Iteration(7, 0, Phase.MEASURED, due_s=101.0), 101.25)
    assert (row.error_kind, row.unfinished, row.sent_s, row.audio_s) == (ErrorKind.CANCELLED, True, None, 17.0)
    assert (row.start_s, row.done_s) == (101.0 - ORIGIN_S, 101.25 - ORIGIN_S)


def test_what_was_overdue_when_the_run_was_closed_is_dropped_though_nobody_had_come_to_that() -> None:
    row = Dropped(0.5).drops.left(Iteration(7, 0, Phase.MEASURED, due_s=101.0), 101.75)
    assert (row.error_kind, row.done_s) == (ErrorKind.DROPPED, 101.5 - ORIGIN_S)

"""Clips that are made before they are due."""

from __future__ import annotations

import gevent

from stt_load.audio.sources import AudioSpec
from stt_load.clock import clock
from stt_load.load.budget import Budget
from stt_load.load.timetable import timetable_of
from stt_load.run import read_ahead
from stt_load.run.clips import Clips
from tests.load.timetables import open_loop


def test_the_clips_of_what_is_due_soon_are_there_and_no_others() -> None:
    budget = Budget(None, 2, 0)
    load = open_loop((10, 10, None), planned=50)
    budget.follow(load, timetable_of(load, 7))
    budget._handed, budget.open, budget.slots.barrier_s = 2, True, clock() - 0.5
    clips = Clips(AudioSpec("speech", 0.3, 16_000, "flac"), 5)
    reading = gevent.spawn(read_ahead.run, budget, clips)
    # Due 0.5 s from now and later, ten a second: five within the lead, and with the time that passes some more.
    with gevent.Timeout(60):
        while len(clips._ahead) < 5:
            gevent.sleep(0.005)
    made = list(clips._ahead)
    assert made == [(2 + number, 0) for number in range(len(made))]
    assert (clock() - budget.slots.barrier_s - 1.0 + read_ahead.LEAD_S) * 10 >= len(made) - 1
    budget.close()
    reading.join(5)
    assert reading.successful(), "it ends when nothing is handed out any more"


def test_what_is_upcoming_is_what_nobody_has_and_is_due_by_then() -> None:
    budget = Budget(None, 2, 1)
    load = open_loop((10, 10, None), planned=5)
    budget.follow(load, timetable_of(load, 7))
    budget.join("one")
    budget._handed, budget.slots.barrier_s = 2, 100.0
    assert budget.upcoming(200.0, 9) == [], "before the barrier there is nothing"
    budget.open = True
    assert budget.upcoming(101.15, 9) == [(2, 0), (3, 0)]
    assert budget.upcoming(200.0, 9) == [(seq, 0) for seq in range(2, 7)]
    assert budget.upcoming(200.0, 3) == [(2, 0), (3, 0), (4, 0)]
    assert budget.take("one", 101.0) is not None
    assert budget.upcoming(101.15, 9) == [(3, 0)]
    budget.close()
    assert budget.upcoming(200.0, 9) == []

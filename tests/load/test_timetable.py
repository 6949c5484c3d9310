"""When iterations are due."""

from __future__ import annotations

from stt_load.load.timetable import timetable_of
from stt_load.samples.run_info import ClosedLoop


def test_in_a_closed_loop_nothing_is_due_before_it_is_ready() -> None:
    timetable = timetable_of(ClosedLoop(users=5, request_delay_s=1.0))
    assert [timetable(number) for number in (0, 1, 10**6)] == [None, None, None]

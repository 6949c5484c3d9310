"""One line that says how far a run has come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.report.messages import Messages
from stt_load.report.progress import Progress, bar, line
from stt_load.report.width import columns

HALF = Progress(
    phase="measuring", done=45, total=90, failed=0, elapsed_s=4.5, limit_s=None, in_flight=5, stopping=False
)
EN, KO = Messages("en"), Messages("ko")


def test_a_line_for_a_log() -> None:
    assert line(EN, HALF) == "Measuring: 45/90, 10.00 requests/s, 4 s left"
    assert line(EN, replace(HALF, failed=3)) == "Measuring: 45/90, 10.00 requests/s, 3 failed, 4 s left"
    assert line(KO, HALF) == "측정: 45/90, 10.00 요청/초, 남은 시간 4초"


def test_a_bar_for_a_terminal() -> None:
    assert bar(EN, HALF, 79) == "Measuring ████████████░░░░░░░░░░░░ 45/90, 10.00 requests/s, 4 s left"


@pytest.mark.parametrize("width", [5, 20, 40, 60, 79, 200])
@pytest.mark.parametrize("say", [EN, KO])
def test_a_bar_never_breaks_the_line(say: Messages, width: int) -> None:
    for seen in (HALF, replace(HALF, stopping=True), replace(HALF, total=None), replace(HALF, done=0)):
        assert columns(bar(say, seen, width)) <= width


def test_nothing_is_claimed_before_there_is_a_rate() -> None:
    assert line(EN, replace(HALF, done=0, elapsed_s=0.2)) == "Measuring: 0/90, 0 s so far"


def test_a_run_without_an_end_counts_up() -> None:
    endless = replace(HALF, total=None)
    assert line(EN, endless) == "Measuring: 45 requests, 10.00 requests/s, 4 s so far"
    assert "█" not in bar(EN, endless, 79)


def test_a_run_for_a_time_counts_down() -> None:
    timed = replace(HALF, total=None, limit_s=9.0)
    assert line(EN, timed) == "Measuring: 45 requests, 10.00 requests/s, 4 s left"
    assert bar(EN, timed, 79).count("█") == 12
    assert line(EN, replace(timed, elapsed_s=9.5)).endswith("0 s left")


def test_a_run_that_is_stopped_says_what_it_waits_for() -> None:
    assert "5 requests in flight" in line(EN, replace(HALF, stopping=True))

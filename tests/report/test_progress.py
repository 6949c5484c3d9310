"""One line that says how far a run has come."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from stt_load.report.messages import Messages
from stt_load.report.progress import bar, line
from stt_load.report.width import columns
from stt_load.samples.progress import Arrivals, Progress, Waiting

HALF = Progress(
    phase="measuring",
    done=45,
    total=90,
    succeeded=45,
    failed=0,
    elapsed_s=4.5,
    limit_s=None,
    in_flight=5,
    stopping=False,
)
STILL = replace(HALF, time_limit_s=20.0, waiting=Waiting(1, 3, 5, 4, 12.0))
EN, KO = Messages("en"), Messages("ko")


def test_a_line_for_a_log() -> None:
    assert line(EN, HALF) == "Measuring: 45/90, 10.00 requests/s, 4 s left"
    assert line(KO, HALF) == "측정: 45/90, 초당 10.00건, 남은 시간 4초"


def test_where_something_failed_the_rate_says_that_it_is_of_what_succeeded() -> None:
    some = replace(HALF, succeeded=36, failed=9)
    assert line(EN, some) == "Measuring: 45/90, 8.00 successful requests/s, 9 failed, 4 s left"
    assert line(KO, some) == "측정: 45/90, 초당 성공 8.00건, 실패 9, 남은 시간 4초"


def test_a_bar_for_a_terminal() -> None:
    assert bar(EN, HALF, 79) == "Measuring ████████████░░░░░░░░░░░░ 45/90, 10.00 requests/s, 4 s left"


@pytest.mark.parametrize("width", [5, 20, 40, 60, 79, 200])
@pytest.mark.parametrize("say", [EN, KO])
def test_a_bar_never_breaks_the_line(say: Messages, width: int) -> None:
    for seen in (HALF, replace(HALF, stopping=True), replace(HALF, total=None), replace(HALF, done=0), STILL):
        assert columns(bar(say, seen, width)) <= width


@pytest.mark.parametrize("say", [EN, KO])
def test_what_has_no_room_is_left_out_as_a_whole(say: Messages) -> None:
    """A number that is cut reads as another one."""
    draining = replace(HALF, stopping=True, drain_s=299.3)
    some = replace(STILL, succeeded=36, failed=9)
    for seen in (HALF, draining, replace(HALF, phase="warmup"), some, replace(some, total=None)):
        numbers = re.findall(r"[\d.]+", line(say, seen))
        for width in range(30, 120):
            told = re.findall(r"[\d.]+", bar(say, seen, width).rstrip("."))
            assert told, width
            assert in_order(told, numbers), (width, told, numbers)


def in_order(some: list[str], of_all: list[str]) -> bool:
    rest = iter(of_all)
    return all(one in rest for one in some)


def test_at_40_columns_what_matters_most_stays() -> None:
    some = replace(STILL, succeeded=36, failed=9, time_limit_s=None)
    assert bar(EN, some, 39) == "Measuring 45/90, 9 failed, 4 s left"
    assert bar(KO, some, 39) == "측정 45/90, 실패 9, 남은 시간 4초"
    draining = replace(HALF, stopping=True, drain_s=29.3)
    assert bar(EN, draining, 39) == "Stopping: 5 in flight, 30 s at most"
    assert bar(KO, draining, 39) == "중지 중: 처리 중 5건, 최대 30초"
    assert bar(EN, draining, 30) == "Stopping: 5 in flight"


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


def test_a_run_that_is_stopped_says_what_it_waits_for_and_how_long_at_most() -> None:
    assert line(EN, replace(HALF, stopping=True)) == "Stopping: waiting for 5 requests in flight"
    draining = replace(HALF, stopping=True, drain_s=29.3)
    said = "Stopping: waiting for 5 requests in flight, for at most 30 s (Ctrl-C cuts them off)"
    assert (line(EN, draining), bar(EN, draining, 200)) == (said, said)
    assert "최대 30초" in line(KO, draining)


@pytest.mark.parametrize("say", [EN, KO])
def test_whoever_has_no_keyboard_there_hears_of_no_key(say: Messages) -> None:
    draining = replace(HALF, stopping=True, drain_s=29.3)
    assert "Ctrl-C" in line(say, draining)
    assert line(say, draining) == line(say, draining, keys=False) + say("progress.cut_key")


def test_the_time_limit_is_seen_beside_what_is_left_of_the_plan() -> None:
    limited = replace(HALF, time_limit_s=20.0)
    assert line(EN, limited) == "Measuring: 45/90, 10.00 requests/s, 4 s left, -t ends it in 20 s"
    endless = replace(limited, total=None)
    assert line(EN, endless) == "Measuring: 45 requests, 10.00 requests/s, -t ends it in 20 s"
    assert bar(EN, replace(endless, time_limit_s=4.5), 100).count("█") == 12
    assert "시간 제한(-t)까지 20초" in line(KO, limited)


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (Waiting(0, 3, 5, 0, 4.0), "waiting for users (3 of 5 are there)"),
        (Waiting(2, 5, 5, 0, 4.0), "waiting for workers that have not introduced themselves (2)"),
        (Waiting(0, 5, 5, 4, 12.0), "waiting for answers (4 requests in flight, none answered for 12 s)"),
    ],
)
def test_a_phase_that_does_not_move_says_what_it_waits_for(waiting: Waiting, said: str) -> None:
    still = replace(HALF, phase="warmup", done=0, total=10, waiting=waiting)
    assert line(EN, still) == f"Warm-up: 0/10, 4 s so far, {said}"
    assert line(KO, still).count(", ") == 2 + (waiting.answers > 0)


def test_a_service_that_is_not_ready_is_waited_for_until_then() -> None:
    ready = Progress("ready", 0, None, 0, 0, 12.0, 60.0, 0, False)
    assert line(EN, ready) == "Waiting for the service to be ready: 48 s left"


def test_of_an_open_loop_what_was_due_stands_beside_what_was_sent_and_its_stage() -> None:
    seen = replace(HALF, arrivals=Arrivals(60, 50), stage=(2, 3))
    assert line(EN, seen) == (
        "Measuring: 45/90, 10.00 requests/s, stage 2 of 3, 60 due, 50 sent, 5 in flight, 4 s left"
    )
    assert line(KO, seen).count("예정 60, 전송 50, 처리 중 5") == 1
    assert bar(EN, seen, 45) == "Measuring 45/90, stage 2 of 3, 4 s left"


def test_nothing_is_said_to_be_sent_that_was_not_due() -> None:
    """A slot may have an arrival before it is due."""
    assert "60 due, 60 sent" in line(EN, replace(HALF, arrivals=Arrivals(60, 62)))

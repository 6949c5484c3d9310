"""One run from its start to its end, without users."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import gevent
import pytest

from stt_load.clock import clock
from stt_load.load.timetable import timetable_of
from stt_load.run.lifecycle import NOT_READY, Ending
from stt_load.samples.sample import UNFINISHED, ErrorKind, Phase
from tests.load.timetables import open_loop
from tests.making import Told, sample_of

NEVER_KEPT: dict[str, Any] = {
    "tokens": 2**70,
    "polls": -1,
    "status": 10**9,
    "seq": -5,
    "worker": 70_000,
    "start_s": "now",
    "text_length": [],
    "phase": None,
}


def test_what_settles_on_top_is_known_as_the_barrier_opens() -> None:
    told = Told(5, 2)
    load = open_loop((10, 10, None), planned=30)
    told.budget.follow(load, timetable_of(load, 7), settles=True)
    told.go(sent_s=1.0, done_s=1.1)
    told.go(sent_s=1.1, done_s=1.2)
    assert told.budget.open
    assert told.budget.total == 2 + 30 + 10


def test_a_load_in_which_by_chance_nothing_arrives_is_over_at_once() -> None:
    told = Told(None, 0)
    load = open_loop((10, 10, 2.0), planned=0)
    told.budget.follow(load, timetable_of(load, 7))
    told.budget.slots.join("one")
    told.barrier.check_barrier()
    assert told.budget.open
    assert told.lifecycle.ending == Ending("finished")


def test_the_last_warm_up_result_opens_the_barrier_before_anything_measured() -> None:
    told = Told(5, 2)
    told.go()
    assert "barrier" not in told.calls
    told.go()
    assert told.calls[0] == "barrier"
    assert told.barrier.users_at_barrier == 1
    told.go()
    assert told.phases_of_rows == [Phase.WARMUP, Phase.WARMUP, Phase.MEASURED]


def test_the_nth_result_ends_the_run_once() -> None:
    told = Told(3, 1)
    for _ in range(3):
        told.go()
    assert told.calls.count("over") == 1
    assert told.lifecycle.ending == Ending("finished")
    assert told.lifecycle.closed


@pytest.mark.parametrize("field", NEVER_KEPT)
def test_a_row_that_has_no_place_in_the_columns_is_a_failure_that_counts(field: str) -> None:
    """It came out as an exception before the iteration was counted, and the run waited for a request that was not
    there."""
    told = Told(2)
    told.go(**{field: NEVER_KEPT[field]})
    assert told.budget.in_flight == 0
    told.go()
    assert told.calls.count("over") == 1
    rows = list(told.barrier.table.snapshot())
    if field == "phase":
        return
    assert len(rows) == 2
    assert rows[0].error_kind is ErrorKind.HOOK_ERROR
    assert (rows[0].error or "").startswith("the row could not be kept: ")
    assert rows[1].ok


def test_a_row_that_cannot_be_kept_at_all_is_a_fault_and_the_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(2)
    told.go()
    monkeypatch.setattr(told.barrier.table, "append", lambda _: 1 / 0)
    told.go()
    assert (told.budget.in_flight, told.calls.count("over")) == (0, 1)
    assert told.barrier.faults.count == 1
    assert "row" in told.barrier.faults.sentences[0]


@pytest.mark.parametrize("broken", ["on_barrier", "on_news"])
def test_whatever_breaks_after_a_result_is_counted_and_the_run_goes_on(broken: str) -> None:
    told = Told(3, 1, **{broken: lambda: 1 / 0})
    told.budget.slots.join("one")
    for _ in range(3):
        taken = told.budget.take("one")
        if taken is None:
            break
        told.finish(taken)
    assert told.barrier.faults.count >= 1
    assert told.budget.in_flight == 0


def test_so_many_failures_one_after_the_other_end_the_run() -> None:
    told = Told(20, most_failures=3)
    for kind in (ErrorKind.SHED, None, ErrorKind.SHED, ErrorKind.SHED):
        told.go(kind)
    assert told.lifecycle.ending is None
    told.go(ErrorKind.SHED)
    assert told.lifecycle.ending == Ending("gave_up", "it was shed")
    assert (told.barrier.successes, told.barrier.failures) == (1, 4)


@pytest.mark.parametrize("kind", UNFINISHED)
def test_what_is_unfinished_is_no_failure(kind: ErrorKind) -> None:
    """Neither shown as one, nor a link in a row of them."""
    told = Told(20, 2, most_failures=2)
    told.go()
    told.go(kind)
    for one in (ErrorKind.SHED, kind, kind):
        told.go(one)
    barrier = told.barrier
    assert (barrier.warmup_successes, barrier.warmup_failures) == (1, 0)
    assert (barrier.successes, barrier.failures, told.lifecycle.ending) == (0, 1, None)
    told.go(ErrorKind.SHED)
    assert told.lifecycle.ending == Ending("gave_up", "it was shed")


def test_a_service_that_answers_nothing_in_the_warm_up_ends_the_run_with_its_words() -> None:
    told = Told(20, 4)
    for _ in range(4):
        told.go(ErrorKind.HTTP_5XX, error="HTTP 500: out of memory")
    assert told.lifecycle.ending == Ending("dead_warmup", "HTTP 500: out of memory")


def test_a_wrong_key_ends_the_run_after_three_answers() -> None:
    told = Told(200, 100)
    for _ in range(3):
        told.go(ErrorKind.AUTH, status=401, error="HTTP 401: who are you")
    assert told.lifecycle.ending == Ending("dead_warmup", "HTTP 401: who are you")


def test_a_warm_up_that_works_now_and_then_goes_on() -> None:
    told = Told(20, 3)
    for kind in (ErrorKind.HTTP_5XX, None, ErrorKind.HTTP_5XX):
        told.go(kind)
    assert told.lifecycle.ending is None
    assert "barrier" in told.calls
    assert (told.barrier.warmup_successes, told.barrier.warmup_failures) == (1, 2)


def test_the_first_reason_of_an_end_stays() -> None:
    told = Told(20)
    told.lifecycle.end("no_users", "all gone")
    told.lifecycle.end("finished")
    assert told.calls.count("over") == 1
    told.lifecycle.stop("stopped")
    assert told.lifecycle.ending == Ending("no_users", "all gone")
    assert told.calls.count("over") == 1


def test_an_interruption_takes_the_place_of_a_stop() -> None:
    told = Told(20)
    told.lifecycle.stop("stopped")
    told.lifecycle.interrupt()
    assert told.lifecycle.ending == Ending("interrupted")


def test_a_time_to_measure_ends_the_run_by_itself() -> None:
    told = Told(None, measure_for_s=0.02)
    told.go()
    with gevent.Timeout(60):
        while not told.lifecycle.closed:
            gevent.sleep(0.001)
    assert told.lifecycle.ending == Ending("finished")


def test_users_that_are_not_awaited_any_more_open_the_barrier() -> None:
    told = Told(5, 0, awaited=3)
    told.budget.slots.join("one")
    told.barrier.check_barrier()
    assert told.barrier.barrier_s is None
    told.barrier.await_users(1)
    assert told.barrier.barrier_s is not None
    opened = datetime.fromisoformat(told.barrier.barrier_at or "")
    assert abs(opened.timestamp() - (time.time() - clock() + told.barrier.barrier_s)) < 0.5, "the same instant"


def test_the_first_transcript_stays() -> None:
    told = Told(5)
    for text in (None, "one", "two"):
        iteration = told.take()
        told.barrier.finish(iteration, replace(sample_of(iteration)), text)
    assert told.barrier.first_transcript == "one"


@pytest.mark.parametrize(("reason", "told"), [("time_limit", True), ("interrupted", True), ("finished", False)])
def test_an_end_before_the_service_was_ready_says_so(reason: Any, told: bool) -> None:
    one = Told(3, 1)
    one.lifecycle.stop(reason)
    assert one.lifecycle.ending == Ending(reason, NOT_READY if told else None)
    ready = Told(3, 1)
    ready.barrier.release()
    ready.lifecycle.stop(reason)
    assert ready.lifecycle.ending == Ending(reason)


def test_one_workers_bad_key_says_nothing_of_workers_that_are_still_to_come() -> None:
    told = Told(20, 8, awaited=2)
    for _ in range(4):
        told.go(ErrorKind.AUTH, status=401)
    assert told.lifecycle.ending is None
    told.budget.slots.join("another")
    told.go(ErrorKind.AUTH, status=401)
    assert told.lifecycle.ending is not None
    assert told.lifecycle.ending.reason == "dead_warmup"


def test_the_control_comes_first_and_counts_for_nothing() -> None:
    told = Told(4, 1, repeat_check=1)
    for _ in range(2):
        told.go()
    assert told.calls == ["news", "news"], "each has waited for the one before"
    assert (told.barrier.control_successes, told.barrier.warmup_successes, told.barrier.successes) == (2, 0, 0)
    told.go()
    assert "barrier" in told.calls
    for _ in range(4):
        told.go()
    assert told.lifecycle.ending == Ending("finished")
    assert told.phases_of_rows.count(Phase.OUTSIDE) == 3
    assert (told.budget.warmup_results, told.budget.measured_results, told.barrier.successes) == (1, 3, 3)


def test_without_a_warm_up_the_end_of_the_control_opens_the_barrier() -> None:
    told = Told(4, repeat_check=1)
    for _ in range(2):
        assert "barrier" not in told.calls
        told.go()
    assert "barrier" in told.calls


def test_a_service_that_answers_nothing_is_told_of_in_the_warm_up_not_in_a_long_control() -> None:
    told = Told(100, 5, repeat_check=20, continue_on_dead_warmup=False)
    for _ in range(3):
        told.go(ErrorKind.CONNECT)
    assert not told.lifecycle.closed
    for _ in range(5):
        told.go(ErrorKind.CONNECT)
    assert told.lifecycle.ending is not None
    assert told.lifecycle.ending.reason == "dead_warmup"
    assert told.phases_of_rows == [Phase.OUTSIDE] * 3 + [Phase.WARMUP] * 5


def test_two_failures_in_a_row_do_not_end_the_control() -> None:
    told = Told(100, 5, repeat_check=3)
    for error in (None, ErrorKind.HTTP_5XX, ErrorKind.HTTP_5XX) * 2:
        told.go(error)
    assert told.phases_of_rows == [Phase.OUTSIDE] * 6
    assert (told.barrier.control_successes, told.barrier.control_failures) == (2, 4)


def test_a_service_that_hangs_after_some_answers_is_not_waited_for_through_the_whole_control() -> None:
    told = Told(100, 5, repeat_check=20)
    told.go()
    for _ in range(3):
        told.go(ErrorKind.TIMEOUT_TOTAL)
    told.go()
    assert told.phases_of_rows == [Phase.OUTSIDE] * 4 + [Phase.WARMUP]


def test_failures_of_what_is_said_again_are_none_of_those_in_a_row() -> None:
    told = Told(100, repeat_check=10, most_failures=1_000)
    for _ in range(20):
        told.go()
    seen: list[Phase] = []
    while len(seen) < 30:
        iteration = told.take()
        seen.append(iteration.phase)
        told.finish(iteration, ErrorKind.HTTP_5XX if iteration.phase is Phase.OUTSIDE else None)
    assert Phase.OUTSIDE in seen
    assert told.barrier.failures == 0


def test_arrivals_that_were_dropped_are_no_failures_in_a_row() -> None:
    """The service never saw them: nor do they end a row of those that it did."""
    told = Told(None, most_failures=3)
    for kind in (ErrorKind.DROPPED, *[ErrorKind.HTTP_5XX] * 2, *[ErrorKind.DROPPED] * 5):
        told.go(kind)
    assert told.lifecycle.ending is None
    assert (told.barrier.failures, told.barrier.successes) == (8, 0)
    told.go(ErrorKind.HTTP_5XX)
    assert told.lifecycle.ending is not None
    assert told.lifecycle.ending.reason == "gave_up"

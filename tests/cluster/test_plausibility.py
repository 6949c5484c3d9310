"""Rows that can't be are found, whatever is odd about them; those that can, however odd, are let through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stt_load.cluster import plausibility
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.plausibility import RunBounds
from stt_load.load.iteration import Iteration
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import Samples, blank
from tests.cluster.conversation import sample_of

INF, NAN = float("inf"), float("nan")
RUN = RunBounds(barrier_s=10.0, now_s=100.0, error_s=0.1, audio_s=lambda seq: 10.0 + seq, most_users=100)
PLAIN = sample_of(Iteration(0, 0, Phase.MEASURED), 50.0, 51.0)

POSSIBLE: dict[str, dict[str, Any]] = {
    "plain": {},
    "all instants": {"first_byte_s": 50.5, "first_text_s": 50.6},
    "nothing was sent": {"sent_s": None, "status": None},
    "all at once": {"done_s": 50.0},
    "just now": {"start_s": 100.0, "sent_s": 100.0, "done_s": 100.5},
    "before the barrier, by the clocks": {"start_s": 9.0, "sent_s": 9.0, "done_s": 9.9},
    "due long before it was sent": {"start_s": 20.0, "late_s": 30.0, "slot": 99, "level": 3, "stage": 1},
    "due and never sent": {"start_s": 20.0, "sent_s": None, "status": None},
    "warm-up": {"phase": Phase.WARMUP, "start_s": 0.0, "sent_s": 0.0, "done_s": 0.1},
    "late": {"late_s": 1.0, "connect_s": 0.5},
    "a failure": {"error_kind": ErrorKind.TRUNCATED, "error": "cut", "text_length": None},
    "headers": {"headers": '{"x-id": "7", "x-no": null}'},
}


def change(how: dict[str, Any]) -> Sample:
    return replace(PLAIN, **how)


@pytest.mark.parametrize("which", POSSIBLE)
def test_what_can_be_is_let_through(which: str) -> None:
    sample = change(POSSIBLE[which])
    plausibility.check([sample], RUN)
    plausibility.check_texts([sample], set())


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "a million seconds ago": {"start_s": -1e6, "sent_s": -1e6, "done_s": -1e6 + 1},
    "1e300": {"done_s": 1e300},
    "no number": {"start_s": NAN},
    "no end": {"done_s": NAN},
    "infinite": {"done_s": INF},
    "before the run": {"start_s": -2.0, "sent_s": None},
    "after now": {"done_s": 102.0},
    "measured before the barrier": {"start_s": 5.0, "sent_s": 5.0, "done_s": 6.0},
    "done before it began": {"done_s": 49.5},
    "sent before it began": {"sent_s": 49.5},
    "sent after it was done": {"sent_s": 51.5},
    "answered before it was sent": {"sent_s": 50.5, "first_byte_s": 50.4},
    "answered after it was done": {"first_byte_s": 51.5},
    "its text before all": {"first_text_s": 49.0},
    "later than it took": {"late_s": 5.0},
    "connected for longer than it took": {"connect_s": 5.0},
    "TCP connected for longer than it took": {"tcp_connect_s": 5.0},
    "a crowd": {"users": 101},
    "a slot of a crowd": {"slot": 100},
    "another clip": {"audio_s": 10.1},
    "a pause without end": {"pause_s": INF},
    "a pause backwards": {"pause_s": -1.0},
    "no status": {"status": 7},
}


OPEN = replace(RUN, due_s=lambda seq: 50.0 + seq, max_lag_s=1.5)
"""An open loop, whose first arrival is due at 50 s."""
ARRIVED: dict[str, dict[str, Any]] = {
    "when it was due": {},
    "as its own clock has it": {"start_s": 49.0},
    "later than due": {"sent_s": 50.9},
    "dropped": {"error_kind": ErrorKind.DROPPED, "sent_s": None, "status": None, "done_s": 51.5},
    "cut off": {"error_kind": ErrorKind.CANCELLED, "sent_s": None, "status": None},
    "settling": {"phase": Phase.SETTLING},
    "warm-up, which is due when it is ready": {"phase": Phase.WARMUP, "start_s": 3.0, "sent_s": 3.0},
    "said again": {"phase": Phase.OUTSIDE, "start_s": 70.0, "sent_s": 70.0, "done_s": 71.0},
}
NOT_ARRIVED: dict[str, dict[str, Any]] = {
    "before it was due": {"start_s": 48.8},
    "after it was due": {"start_s": 51.2, "sent_s": 51.2, "done_s": 52.0},
    "settling, and not when it was due": {"phase": Phase.SETTLING, "start_s": 60.0, "sent_s": 60.0, "done_s": 62.0},
    "dropped, though it was sent": {"error_kind": ErrorKind.DROPPED, "done_s": 51.5},
    "dropped before it was time to": {"error_kind": ErrorKind.DROPPED, "sent_s": None, "status": None},
    "lost, as a master alone can know": {"error_kind": ErrorKind.LOST, "sent_s": None},
}


@pytest.mark.parametrize("which", ARRIVED)
def test_an_arrival_that_can_be_is_let_through(which: str) -> None:
    plausibility.check([change(ARRIVED[which])], OPEN)


@pytest.mark.parametrize("which", NOT_ARRIVED)
def test_an_arrival_is_from_when_it_was_due_and_dropped_for_a_reason(which: str) -> None:
    with pytest.raises(InvalidMessage, match="row"):
        plausibility.check([change(NOT_ARRIVED[which])], OPEN)


@pytest.mark.parametrize("kind", [ErrorKind.DROPPED, ErrorKind.LOST])
def test_in_a_closed_loop_nothing_is_dropped_and_nobody_says_that_it_is_lost(kind: ErrorKind) -> None:
    with pytest.raises(InvalidMessage, match="row"):
        plausibility.check([change({"error_kind": kind, "sent_s": None, "status": None})], RUN)


@pytest.mark.parametrize("which", IMPOSSIBLE)
def test_what_can_t_be_is_invalid(which: str) -> None:
    with pytest.raises(InvalidMessage, match="row"):
        plausibility.check([PLAIN, change(IMPOSSIBLE[which])], RUN)


def test_before_the_barrier_nothing_is_measured() -> None:
    with pytest.raises(InvalidMessage, match="before the warm-up was over"):
        plausibility.check([PLAIN], replace(RUN, barrier_s=INF))


@pytest.mark.parametrize("headers", ["", "no JSON", "[]", "7", '{"a": 1}', '{"a": {}}', "[" * 10_000])
def test_headers_are_an_object_of_texts(headers: str) -> None:
    with pytest.raises(InvalidMessage, match="headers are none"):
        plausibility.check_texts([change({"headers": headers})], set())


def test_an_error_is_no_book() -> None:
    with pytest.raises(InvalidMessage, match="20000 characters"):
        plausibility.check_texts([change({"error_kind": ErrorKind.TRUNCATED, "error": "x" * 20_000})], set())


def test_a_dialect_is_one_that_there_is() -> None:
    plausibility.check_texts([change({"dialect": "vllm"})], set())
    with pytest.raises(InvalidMessage, match="dialect that there is not"):
        plausibility.check_texts([change({"dialect": "x" * 20_000})], set())


@pytest.mark.parametrize(
    ("name", "code"), [("phase", 9), ("error_kind", 200), ("error", 3), ("error", -7), ("headers", 1)]
)
def test_a_code_that_stands_for_nothing_is_invalid(name: str, code: int) -> None:
    rows = blank(3)
    rows[name][1] = code
    with pytest.raises(InvalidMessage, match="its rows"):
        plausibility.readable(Samples(rows, ("a text",)))


def test_no_rows_are_none() -> None:
    assert plausibility.readable(Samples(np.array(blank(0)))) == []


WANTS = {"joined": 5, "present": 4, "starting": 0, "waiting": 2, "taken": 3, "held": []}


def test_users_that_there_can_be() -> None:
    plausibility.check_wants(WANTS, 10)


@pytest.mark.parametrize("how", [{"present": 11, "joined": 11}, {"starting": 11}, {"waiting": 11}, {"joined": 3}])
def test_users_that_there_can_t_be(how: dict[str, int]) -> None:
    with pytest.raises(InvalidMessage, match="users"):
        plausibility.check_wants(WANTS | how, 10)


def test_nobody_starts_what_was_not_given() -> None:
    plausibility.check_taken(WANTS, 3)
    with pytest.raises(InvalidMessage, match="3 of 2 iterations"):
        plausibility.check_taken(WANTS, 2)


def test_who_has_to_say_what_it_has_says_it() -> None:
    assert plausibility.held({"held": [[1, 0, 2]]}) == {Iteration(1, 0, Phase.MEASURED)}
    with pytest.raises(InvalidMessage, match="does not say"):
        plausibility.held({"held": None})


def watch(**how: Any) -> dict[str, Any]:
    plain = {"lag_p99_s": 0.1, "lag_mean_s": 0.0, "stalled_s": 1.0, "stalls": [[1.0, 2.0]], "cpu_share": None}
    counts = {"looks": 600, "in_flight_sum": 2_400, "in_flight_squares": 9_600, "users_sum": 2_400}
    return plain | counts | how


NOTHING = {"lag_p99_s": None, "stalls": [], "looks": 0, "in_flight_sum": 0, "in_flight_squares": 0, "users_sum": 0}


@pytest.mark.parametrize("seen", [None, watch(), watch(**NOTHING)])
def test_what_there_was_to_be_seen(seen: dict[str, Any] | None) -> None:
    plausibility.check_watch(seen, 60.0, 100)


ODD: dict[str, Callable[[], dict[str, Any]]] = {
    "a stall before the run": lambda: watch(stalls=[[-100.0, 2.0]]),
    "a stall to come": lambda: watch(stalls=[[1.0, 200.0]]),
    "a stall backwards": lambda: watch(stalls=[[2.0, 1.0]]),
    "stalled for longer than there was": lambda: watch(stalled_s=100.0),
    "later than there was": lambda: watch(lag_p99_s=100.0),
    "too many looks": lambda: watch(looks=10_000),
    "too many in flight": lambda: watch(in_flight_sum=10**6),
    "too many squares": lambda: watch(in_flight_squares=10**9),
    "too many users": lambda: watch(users_sum=10**6),
}


@pytest.mark.parametrize("which", ODD)
def test_what_there_was_not_to_be_seen(which: str) -> None:
    with pytest.raises(InvalidMessage, match="says to have"):
        plausibility.check_watch(ODD[which](), 60.0, 100)

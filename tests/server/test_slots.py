"""The queue in virtual time: its laws hold exactly."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.server.slots import Slots, Turn

seconds = st.floats(0, 10, allow_nan=False)
works = st.lists(st.tuples(seconds, seconds), max_size=40)  # (time since the arrival before, service time)


class VirtualTime:
    """A timer whose clock jumps from one call to the next; `lag_s` seconds late each time."""

    def __init__(self, lag_s: float = 0.0) -> None:
        self._now = 0.0
        self._lag_s = lag_s
        self._calls: list[tuple[float, int, Callable[..., Any], tuple[Any, ...]]] = []
        self._made = 0

    def time(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callable[..., Any], *args: Any) -> None:
        self._made += 1
        heapq.heappush(self._calls, (when + self._lag_s, self._made, callback, args))

    def run(self) -> None:
        while self._calls:
            when, _, callback, args = heapq.heappop(self._calls)
            self._now = max(self._now, when)
            callback(*args)


def simulate(
    slots: int, work: list[tuple[float, float]], queue_limit: int | None = None, lag_s: float = 0.0
) -> tuple[list[Turn], list[Turn]]:
    """(served, refused) turns in order of arrival."""
    clock = VirtualTime(lag_s)
    station = Slots(clock, slots, queue_limit)
    served: list[Turn] = []
    refused: list[Turn] = []

    def arrive(service_s: float) -> None:
        turn = Turn(clock.time(), service_s)
        if station.full:
            with pytest.raises(OverflowError):
                station.submit(turn)
            refused.append(turn)
        else:
            station.submit(turn)
            served.append(turn)
        assert station.busy <= slots
        assert not station.waiting or station.busy == slots

    arrival_s = 0.0
    for gap_s, service_s in work:
        arrival_s += gap_s
        clock.call_at(arrival_s, arrive, service_s)
    clock.run()
    assert (station.busy, station.waiting) == (0, 0)
    return served, refused


def recursion(slots: int, arrivals_and_services: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """(start, end) of each turn by the k-server first-come, first-served recursion."""
    free_at = [0.0] * slots
    times = []
    for arrival_s, service_s in arrivals_and_services:
        start_s = max(arrival_s, heapq.heappop(free_at))
        heapq.heappush(free_at, start_s + service_s)
        times.append((start_s, start_s + service_s))
    return times


@given(st.integers(1, 6), works)
def test_start_and_end_are_those_of_the_recursion(slots: int, work: list[tuple[float, float]]) -> None:
    served, _ = simulate(slots, work)
    expected = recursion(slots, [(turn.arrival_s, turn.service_s) for turn in served])
    assert len(served) == len(work)
    assert [(turn.start_s, turn.end_s) for turn in served] == expected


@given(st.integers(1, 6), works, st.floats(0, 1))
def test_late_timers_lengthen_services_and_nothing_else(
    slots: int, work: list[tuple[float, float]], lag_s: float
) -> None:
    served, _ = simulate(slots, work, lag_s=lag_s)
    ends = [turn.end_s for turn in served]
    for earlier, turn in zip([None, *served], served, strict=False):
        assert turn.start_s is not None
        assert turn.end_s is not None
        assert turn.end_s - turn.start_s >= turn.service_s - 1e-9
        assert turn.start_s == turn.arrival_s or turn.start_s in ends
        assert earlier is None or earlier.start_s is None or earlier.start_s <= turn.start_s


@given(st.integers(1, 3), st.integers(0, 3), works)
def test_at_most_queue_limit_turns_wait(slots: int, queue_limit: int, work: list[tuple[float, float]]) -> None:
    served, refused = simulate(slots, work, queue_limit)
    assert len(served) + len(refused) == len(work)
    for turn in served:
        ahead = [j for j in served if j.arrival_s <= turn.arrival_s < (j.start_s or 0.0)]
        assert len(ahead) <= queue_limit
    for turn in refused:
        present = [j for j in served if j.arrival_s <= turn.arrival_s <= (j.end_s or 0.0)]
        assert len(present) >= slots + queue_limit


@given(st.integers(1, 6), works)
def test_a_slot_gives_one_turn_at_a_time(slots: int, work: list[tuple[float, float]]) -> None:
    served, _ = simulate(slots, work)
    for slot in range(slots):
        in_it = [turn for turn in served if turn.slot == slot]
        for turn, after in pairwise(in_it):
            assert turn.end_s is not None
            assert after.start_s is not None
            assert turn.end_s <= after.start_s
    assert {turn.slot for turn in served} <= set(range(slots))


def test_a_turn_of_unknown_length_ends_when_it_is_told_so() -> None:
    clock = VirtualTime()
    station = Slots(clock, 1)
    first, second = Turn(0.0, None), Turn(0.0, None)
    station.submit(first)
    station.submit(second)
    clock.call_at(3.0, station.end, first)
    clock.call_at(7.0, station.end, second)
    clock.run()
    assert (first.start_s, first.end_s, second.start_s, second.end_s) == (0.0, 3.0, 3.0, 7.0)
    assert (station.busy, station.waiting) == (0, 0)

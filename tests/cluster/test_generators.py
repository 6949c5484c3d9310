"""The watches of several workers as those of one generator."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.cluster.generators import together
from stt_load.run.monitor import Watch
from stt_load.samples.generator import Stall


def watch_of(counts: list[int], users: int, lag_s: float) -> Watch:
    squares = sum(count**2 for count in counts)
    sums = {"looks": len(counts), "in_flight_sum": sum(counts), "in_flight_squares": squares}
    return Watch(lag_p99_s=lag_s, cpu_share=0.3, users_sum=users * len(counts), **sums)  # type: ignore[arg-type]


def test_requests_in_flight_and_users_add_up_and_health_does_not() -> None:
    one, two = [3, 4, 3, 2, 3, 4], [1, 0, 1, 1, 2, 1]
    watches = {1: watch_of(two, 2, 0.02), 0: watch_of(one, 4, 0.001)}
    seen = together(watches, (), all_workers_lost=False, listener_errors=1)
    assert [(health.worker, health.loop_lag_p99_s) for health in seen.workers] == [(0, 0.001), (1, 0.02)]
    assert seen.in_flight_mean == pytest.approx(np.mean(one) + np.mean(two))
    assert seen.in_flight_stdev == pytest.approx(np.sqrt(np.var(one, ddof=1) + np.var(two, ddof=1)))
    assert (seen.in_flight_samples, seen.users_mean, seen.listener_errors) == (6, 6.0, 1)


def test_who_was_there_for_half_of_the_time_counts_half() -> None:
    seen = together(
        {0: watch_of([2] * 10, 2, 0.0), 1: watch_of([4] * 5, 4, 0.0)}, (), all_workers_lost=False, listener_errors=0
    )
    assert (seen.in_flight_mean, seen.users_mean) == (4.0, 4.0)


def test_when_a_worker_was_lost_nothing_is_said_of_what_was_in_flight() -> None:
    seen = together({0: watch_of([2] * 10, 2, 0.0)}, ((1.0, 2.0),), all_workers_lost=True, listener_errors=0)
    assert (seen.in_flight_mean, seen.in_flight_stdev, seen.load_changes) == (None, None, ((1.0, 2.0),))
    assert seen.all_workers_lost


def test_without_a_word_from_any_worker_nothing_is_known() -> None:
    seen = together({}, (), all_workers_lost=False, listener_errors=0)
    assert (seen.workers, seen.in_flight_mean, seen.users_mean) == ((), None, None)


def test_stalls_are_those_of_each_worker_in_the_order_of_time() -> None:
    one = Watch(stalls=((1.0, 1.5), (7.0, 7.25)), stalled_s=0.75, lag_mean_s=0.001)
    two = Watch(stalls=((3.0, 3.5),), stalled_s=0.5, lag_mean_s=0.002)
    seen = together({1: one, 0: two}, (), all_workers_lost=False, listener_errors=0)
    assert seen.stalls == (Stall(1, 1.0, 1.5), Stall(0, 3.0, 3.5), Stall(1, 7.0, 7.25))
    assert [(health.stalled_s, health.loop_lag_mean_s) for health in seen.workers] == [(0.5, 0.002), (0.75, 0.001)]

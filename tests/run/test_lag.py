"""What looks that were due at known times tell of a process; all instants are made up."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.run.lag import KEPT, LISTED, LagCounts, LagLog


def late(log: LagLog, *rows: tuple[float, float]) -> list[float]:
    """What can have been added to each (sent, done)."""
    sent_s, done_s = np.array(rows).T
    return [round(value, 9) for value in log.late_s(sent_s, done_s).tolist()]


def log_of(*looks: tuple[float, ...]) -> LagLog:
    log = LagLog()
    for look in looks:
        log.add(*look)
    return log


def test_lags_are_counted_to_within_a_hundredth() -> None:
    lags = np.random.default_rng(3).exponential(0.002, 5_000)
    counts = LagCounts()
    assert counts.p99_s() is None
    for lag in lags:
        counts.add(float(lag))
    exact = float(np.quantile(lags, 0.99, method="inverted_cdf"))
    assert exact <= (counts.p99_s() or 0) <= exact * 1.0101
    assert len(counts._counts) < 1_000, "however many there are"


def test_the_mean_lag_is_no_single_stalls() -> None:
    log = LagLog()
    assert (log.mean_s, log.p99_s) == (None, None)
    for number in range(99):
        log.add(number, number + 0.001)
    log.add(100.0, 108.0)
    assert log.mean_s == pytest.approx((99 * 0.001 + 0.05) / 100)
    assert (log.p99_s or 0) < 0.0011, "which is why the P99 judges nothing"


def test_a_look_that_comes_early_is_not_late() -> None:
    assert log_of((1.0, 0.999)).mean_s == 0.0


@pytest.mark.parametrize("length_s", [0.05, 0.3, 1.0, 8.0])
def test_what_a_stall_can_have_added_to_rows(length_s: float) -> None:
    log = log_of((9.0, 9.0), (10.0, 10.0 + length_s), (11.0 + length_s, 11.0 + length_s))
    end_s = 10.0 + length_s
    rows = {
        "done before it": ((9.0, 9.99), 0.0),
        "read as it ends": ((9.0, end_s), length_s),
        "read right after its end": ((9.0, end_s + 0.002), length_s),
        "read long after its end": ((9.0, end_s + 0.004), 0.0),
        "sent within it": ((10.0 + length_s / 2, end_s), round(length_s / 2, 9)),
        "sent after it": ((end_s + 0.001, end_s + 0.002), 0.0),
        "done within it, by whom it stands still for": ((9.0, 10.0 + length_s / 4), round(length_s / 4, 9)),
        "never sent": ((float("nan"), end_s), length_s),
    }
    found = late(log, *(row for row, _ in rows.values()))
    assert dict(zip(rows, found, strict=True)) == {name: expected for name, (_, expected) in rows.items()}


def test_who_waits_for_the_others_to_be_read_is_late_too() -> None:
    """Two hundred answers were ready when a stall of 1 s ended, and reading them took 50 ms."""
    assert late(log_of((10.0, 11.0, 11.05)), (9.0, 11.04)) == [1.04]


def test_a_look_that_is_late_as_any_timer_is_no_stall() -> None:
    assert late(log_of((10.0, 10.0029)), (9.0, 10.001)) == [0.0]


def test_each_row_is_held_against_its_own_stall() -> None:
    log = log_of(*((at, at + 0.1) for at in range(1, 200)))
    rows = [(at - 0.5, at + 0.05) for at in range(1, 200)] + [(at - 0.5, at - 0.2) for at in range(1, 200)]
    assert late(log, *rows) == [0.05] * 199 + [0.0] * 199


def test_long_stalls_are_listed_and_added_up_and_take_no_more_room_for_being_many() -> None:
    log = log_of(*((at, at + 0.05 + at / 1e6) for at in range(3 * KEPT)))
    assert log.stalled_s == pytest.approx(sum(0.05 + at / 1e6 for at in range(3 * KEPT)))
    listed = log.longest
    assert [from_s for from_s, _ in listed] == list(range(3 * KEPT - LISTED, 3 * KEPT)), "the longest, by time"
    assert len(log._recent) == 2 * KEPT
    last = 3 * KEPT - 1
    assert late(log, (0.0, last + 0.05), (0.0, last - KEPT + 1.05)) == [0.05, 0.05], "those of late are known"


def test_short_stalls_are_neither_listed_nor_added_up() -> None:
    log = log_of((1.0, 1.049))
    assert (log.stalled_s, log.longest) == (0.0, [])

"""The test of a share of requests that may share their fate."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.samples.table import BoolArray
from stt_load.search.sequential import independent, verdict

ALONE = np.random.default_rng(0).uniform(0, 1, 10_000)
"""A figure of requests that know nothing of each other."""


def over(c: int, n: int) -> BoolArray:
    """So many of n, evenly spread."""
    found = np.zeros(n, bool)
    found[np.linspace(0, n - 1, c).astype(int)] = c > 0
    return found


@pytest.mark.parametrize(
    ("c", "n", "expected"), [(0, 44, "open"), (0, 45, "pass"), (1, 8, "open"), (2, 8, "fail"), (8, 8, "fail")]
)
def test_one_user_is_judged_by_the_exact_bounds_of_a_share(c: int, n: int, expected: str) -> None:
    assert verdict(over(c, n), ALONE[:n], 1, 0.05, 0.1, is_open=False) == expected


def test_the_surer_it_has_to_be_the_more_rows_it_takes() -> None:
    assert verdict(over(0, 58), ALONE[:58], 1, 0.05, 0.05, is_open=False) == "open"
    assert verdict(over(0, 59), ALONE[:59], 1, 0.05, 0.05, is_open=False) == "pass"


def test_none_over_of_60_says_little_where_12_share_one_fate() -> None:
    """The trap: answered in batches of 12, each with a time of its own, they are worth about 5."""
    batch_s = np.repeat(np.random.default_rng(1).uniform(1, 2, 10), 12)
    assert independent(over(0, 60), batch_s[:60], 12, is_open=False) == pytest.approx(5, abs=2)
    assert verdict(over(0, 60), batch_s[:60], 12, 0.05, 0.05, is_open=False) == "open"
    assert verdict(over(0, 60), ALONE[:60], 1, 0.05, 0.05, is_open=False) == "pass"


def test_one_late_batch_of_ten_does_not_fail_them_all() -> None:
    late = np.zeros(120, bool)
    late[60:72] = True
    times_s = np.where(late, 9.0, np.repeat(np.random.default_rng(1).uniform(1, 2, 10), 12))
    assert verdict(late, times_s, 12, 0.05, 0.05, is_open=False) == "open"
    assert verdict(over(12, 120), ALONE[:120], 1, 0.05, 0.05, is_open=False) == "fail"


def test_two_late_batches_of_eight_are_two_events() -> None:
    """A twentieth of 64 rows is less than one of these batches: the waves show it, where it is to be confirmed."""
    late = np.zeros(64, bool)
    late[16:24] = late[40:48] = True
    times_s = np.where(late, 9.0, ALONE[:64])
    assert verdict(late, times_s, 8, 0.05, 0.05, is_open=False) == "open"
    assert verdict(late, times_s, 8, 0.05, 0.1, is_open=False) == "fail"
    assert verdict(late, times_s, 1, 0.05, 0.05, is_open=False) == "fail"


def test_too_few_waves_are_worth_one_request_each() -> None:
    assert independent(over(0, 30), ALONE[:30], 10, is_open=False) == 3


def test_of_arrivals_too_few_waves_tell_nothing() -> None:
    assert independent(over(0, 30), ALONE[:30], 10, is_open=True) is None
    assert verdict(over(30, 30), ALONE[:30], 10, 0.05, 0.1, is_open=True) == "open"


def test_of_arrivals_the_ranks_count_however_many_are_over() -> None:
    slow = np.sin(np.linspace(0, 6, 400)) + ALONE[:400] / 10
    some = over(40, 400)
    assert (independent(some, slow, 1, is_open=True) or 0) < 50 < (independent(some, slow, 1, is_open=False) or 0)


def test_nothing_is_known_of_nothing() -> None:
    assert verdict(np.zeros(0, bool), np.zeros(0), 1, 0.05, 0.1, is_open=False) == "open"

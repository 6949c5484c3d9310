"""How far a run has come: rate, share and what is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.samples.progress import Progress

HALF = Progress("measuring", 50, 100, 50, 0, 10.0, None, 5, stopping=False)


def test_the_rest_takes_as_long_as_the_rate_says() -> None:
    assert (HALF.rate_rps, HALF.share, HALF.left_s) == (5.0, 0.5, 10.0)


def test_the_rate_is_of_those_that_succeeded_and_the_rest_is_awaited_as_results_come() -> None:
    some = replace(HALF, succeeded=40, failed=8)
    assert (some.rate_rps, some.left_s) == (4.0, 10.0)
    none = replace(HALF, succeeded=0, failed=50)
    assert (none.rate_rps, none.left_s) == (0.0, 10.0)


def test_a_limit_of_time_says_more_than_a_count() -> None:
    limited = replace(HALF, limit_s=40.0)
    assert (limited.share, limited.left_s) == (0.25, 30.0)
    assert replace(limited, elapsed_s=50.0).left_s == 0.0


def test_without_an_end_in_sight_nothing_is_told_of_it() -> None:
    endless = replace(HALF, total=None)
    assert (endless.share, endless.left_s) == (None, None)
    assert replace(endless, time_limit_s=30.0).share == pytest.approx(0.25)


def test_before_the_first_result_there_is_no_rate() -> None:
    assert replace(HALF, done=0).rate_rps is None
    assert replace(HALF, done=0).left_s is None

"""Limits of shares and of rates of errors: what a run may have, and what is found."""

from __future__ import annotations

import math

import pytest

from stt_load.gates.counts import count_limit
from stt_load.samples.gate import GateLimit
from stt_load.stats.counts import Counts
from stt_load.stats.gate_verdicts import held
from stt_load.stats.metrics import METRICS
from tests.gates.simulated import ERROR_RATE, WER, Failures, Words, limit_of

GOODPUT = next(one for one in METRICS if one.path == "goodput_ratio")


def failures(*errors: int, of: int = 500) -> GateLimit:
    return limit_of(Failures(0.0), [Counts(one, of) for one in errors], 0.05)


def is_over(limit: GateLimit, errors: int, of: int = 500) -> bool:
    return held(limit, 0.05, errors / of, Counts(errors, of)).is_over


def test_of_runs_without_a_failure_three_are_too_many() -> None:
    limit = failures(0, 0, 0, 0, 0)
    assert (limit.errors, limit.total, limit.limit, limit.metric) == (0, 2500, None, ERROR_RATE.path)
    assert not is_over(limit, 2)
    assert is_over(limit, 3)
    assert limit.finds is None  # so many times none
    assert limit.finds_at is not None
    assert (1 - fewer_than_three_of(500 * limit.finds_at)) ** 2 == pytest.approx(0.8, abs=0.03)


def fewer_than_three_of(mean: float) -> float:
    """The probability of 0, 1 or 2."""
    return math.exp(-mean) * (1 + mean + mean**2 / 2)


def test_what_the_limit_is_for_a_run_is_a_share_that_it_can_have() -> None:
    result = held(failures(0, 0, 0, 0, 0), 0.05, 0.0, Counts(0, 500))
    assert result.limit == pytest.approx(2 / 500)
    assert not result.is_over


def test_runs_that_differ_by_more_than_chance_admit_more_than_chance() -> None:
    alike, apart = failures(10, 11, 9, 10, 10), failures(1, 20, 4, 17, 8)
    assert alike.errors == apart.errors == 50
    assert is_over(alike, 20)
    assert not is_over(apart, 20)
    assert is_over(apart, 60)


def test_runs_of_other_lengths_and_words_that_go_wrong_together_are_held_by_rates() -> None:
    """All at 1%: nothing lies apart. Of words that come by tens a tenth as many count."""
    assert limit_of(Failures(0.0), [Counts(n // 100, n) for n in (500, 1_000, 1_500)], 0.05).spread < 1e-12
    single = limit_of(Words(0.0), [Counts(100, 1_000, 1.0)] * 5, 0.05)
    tens = limit_of(Words(0.0), [Counts(100, 1_000, 10.0)] * 5, 0.05)
    assert (single.mean, tens.mean) == (pytest.approx(math.log(103)), pytest.approx(math.log(13)))


def test_a_shorter_run_may_have_a_higher_share() -> None:
    limit = failures(5, 5, 5, 5, 5)
    assert is_over(limit, 50)
    assert not is_over(limit, 1, of=20)


def test_of_a_share_of_good_ones_the_limit_is_a_least() -> None:
    counts = [Counts(one, 500) for one in (10, 11, 9, 10, 10)]
    limit = count_limit(GOODPUT, [0.98, 0.978, 0.982, 0.98, 0.98], counts, "errors", 0.05)
    assert limit.better == "higher"
    result = held(limit, 0.05, 0.9, Counts(50, 500))
    assert result.is_over
    assert result.limit is not None
    assert 0.95 < result.limit < 0.98
    assert limit.finds_at is not None
    assert limit.finds_at < result.limit
    assert not held(limit, 0.05, 1.0, Counts(0, 500)).is_over


def test_wrong_words_that_come_together_admit_more() -> None:
    def limit(clustering: float) -> GateLimit:
        counts = [Counts(one, 3_000, clustering) for one in (150, 155, 145, 150, 150)]
        return count_limit(WER, [one.rate for one in counts], counts, "words", 0.05)

    run = [Counts(200, 3_000, one) for one in (1.0, 12.0)]
    assert held(limit(1.0), 0.05, run[0].rate, run[0]).is_over
    assert not held(limit(12.0), 0.05, run[1].rate, run[1]).is_over
    assert (limit(12.0).finds or 0) > (limit(1.0).finds or 0) > 0.03


def test_more_than_all_words_can_be_wrong_and_more_than_all_requests_can_not_fail() -> None:
    loops = [Counts(one, 100, 90.0) for one in (90, 80, 110, 95, 85)]
    found = count_limit(WER, [one.rate for one in loops], loops, "words", 0.05)
    assert found.finds_at is not None
    assert found.finds_at > 1
    assert failures(90, 80, 95, 85, 88, of=100).finds_at is None


def test_no_answer_that_was_scored_is_over() -> None:
    result = held(failures(0, 0, 0, 0, 0), 0.05, None, None)
    assert (result.observed, result.limit, result.is_over) == (None, None, True)

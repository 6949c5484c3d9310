"""One run against one."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from stt_load.comparison.bootstrap import Within, _ends, within
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from tests.factory import joined, table
from tests.stats.simulation import closed_queues

P95 = "all.response_time_s.p95"


def run(factor: float = 1.0, n: int = 400, seed: int = 1, kinds: list[ErrorKind | None] | None = None) -> Samples:
    random = np.random.default_rng(seed)
    return table(np.arange(float(n)), random.lognormal(0, 0.3, n) * factor, kind=kinds)


def failing(count: int, n: int = 400) -> Samples:
    """Evenly spread over the run."""
    kinds: list[ErrorKind | None] = [None] * n
    for place in np.linspace(0, n - 1, count).astype(int).tolist():
        kinds[place] = ErrorKind.HTTP_5XX
    return run(kinds=kinds)


def found(path: str, baseline: Samples, candidate: Samples) -> Within:
    inside = within(path, baseline, candidate)
    assert inside is not None
    return inside


def test_twice_as_slow_differs_and_the_interval_holds_it() -> None:
    inside = found(P95, run(), run(2.0, seed=2))
    assert inside.differs
    assert inside.interval is not None
    assert inside.interval.low is not None
    assert inside.interval.high is not None
    assert 0.5 < inside.interval.low < 1.0 < inside.interval.high < 1.6


def test_half_as_slow_differs_too() -> None:
    assert found(P95, run(2.0), run(seed=2)).differs


def test_ten_requests_beyond_the_quantile_are_enough() -> None:
    assert within(P95, run(n=100), run(n=100, seed=2)) is not None
    assert within(P95, run(n=100), run(n=98, seed=2)) is None


def test_the_same_requests_don_t_differ() -> None:
    assert not found(P95, run(), run()).differs


def test_the_same_runs_have_the_same_interval() -> None:
    assert found(P95, run(), run(1.1, seed=2)) == found(P95, run(), run(1.1, seed=2))


def test_more_requests_know_it_better() -> None:
    def width(n: int) -> float:
        interval = found("response_time_s.mean", run(n=n), run(n=n, seed=2)).interval
        assert interval is not None
        assert interval.low is not None
        assert interval.high is not None
        return interval.high - interval.low

    assert width(1_600) < 0.75 * width(200)


def test_ends_lie_further_out_than_those_of_a_normal_distribution() -> None:
    """Of 20 stretches 2.093 standard errors, each too small by sqrt(19/20)."""
    inverse = NormalDist().inv_cdf
    values = np.asarray([inverse((i + 0.5) / 20_000) for i in range(20_000)])
    assert _ends(values) == pytest.approx((-2.147, 2.147), abs=0.01)


def test_errors_where_there_were_none_differ_without_a_change_to_tell() -> None:
    inside = found("error_rate", failing(0), failing(40))
    assert inside.differs
    assert inside.interval is None or inside.interval.high is None


def test_where_it_fails_beyond_the_quantile_it_differs_and_has_no_end() -> None:
    inside = found(P95, run(), failing(200))
    assert inside.differs
    assert inside.interval is not None
    assert inside.interval.high is None


def test_where_both_fail_nothing_differs() -> None:
    assert not found(P95, failing(200), failing(200)).differs


@pytest.mark.parametrize(
    ("path", "baseline", "candidate"),
    [
        (P95, run(n=19), run()),
        (P95, run(n=80), run(n=80)),
        ("error_rate", failing(2), failing(5)),
        ("accuracy.wer", run(), run()),
        ("response_time_s.max", run(), run()),
        (P95, Samples(run().rows[:0]), run()),
    ],
)
def test_there_is_none_of_too_few(path: str, baseline: Samples, candidate: Samples) -> None:
    assert within(path, baseline, candidate) is None


def test_a_run_has_to_be_long_for_as_many_as_are_in_flight() -> None:
    """Ten at a time: 290 requests are 29 rounds of them, and 300 are 30."""

    def rounds(count: int) -> Samples:
        return table(np.repeat(np.arange(float(count)), 10), np.tile(np.linspace(0.9, 1.0, 10), count))

    assert within("response_time_s.mean", rounds(31), rounds(31)) is not None
    assert within("response_time_s.mean", rounds(31), rounds(29)) is None


def test_the_warm_up_has_no_part_in_it() -> None:
    from stt_load.samples.sample import Phase

    cold = table(np.arange(-50.0, 0.0), 100.0, phase=Phase.WARMUP)
    assert found(P95, joined(cold, run()), run(seed=2)) == found(P95, run(), run(seed=2))


def _differ(path: str, runs: int, requests: int) -> float:
    """Share of pairs of runs of one service, in a queue, that are said to differ."""
    queues = closed_queues(np.random.default_rng(5), runs=2 * runs, users=8, slots=2, requests=requests)
    rows = [
        table(queues.due_s[i], queues.done_s[i] - queues.due_s[i], users=8, audio_s=10.0) for i in range(2 * runs)
    ]
    return sum(found(path, *rows[2 * i : 2 * i + 2]).differs for i in range(runs)) / runs


def users_in_step(seed: int, n: int = 200, users: int = 5) -> Samples:
    """Users who start together, and whose answers take 0.22 to 0.26 s: throughput varies by a percent or two."""
    times_s = np.random.default_rng(seed).uniform(0.22, 0.26, (users, n // users))
    starts_s = np.cumsum(times_s, axis=1) - times_s
    order = np.argsort(starts_s.ravel())
    return table(starts_s.ravel()[order], times_s.ravel()[order], users=users)


def test_throughput_is_known_though_users_start_together() -> None:
    interval = found("throughput_rps", users_in_step(1), users_in_step(2)).interval
    assert interval is not None
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low < 0 < interval.high
    assert interval.high - interval.low < 0.2


def waves(seed: int, n: int = 400, length: int = 10) -> Samples:
    """Requests that are slow together, as in a queue: all of a stretch take as long."""
    times_s = np.random.default_rng(seed).lognormal(0, 0.3, n // length)
    return table(np.arange(float(n)), np.repeat(times_s, length))


@pytest.mark.simulation
def test_requests_that_are_slow_together_rarely_differ() -> None:
    """Taken one by one they would be worth ten times as many, and the means of half of these pairs would differ."""
    pairs = 20
    differ = sum(found("response_time_s.mean", waves(2 * i), waves(2 * i + 1)).differs for i in range(pairs))
    assert differ <= 4


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("path", [P95, "throughput_rps", "response_time_s.mean"])
def test_runs_of_one_queue_differ_in_one_of_twenty(path: str) -> None:
    assert _differ(path, runs=150, requests=400) <= 0.1

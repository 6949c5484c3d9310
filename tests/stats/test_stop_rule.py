"""When a run may end as a figure is known precisely enough, and how often that figure is right then."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from stt_load.samples.run_info import ClosedLoop, Load
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import FloatArray, Samples
from stt_load.slo.tokens import SloError
from stt_load.stats.quantiles import interval, quantile
from stt_load.stats.stop_rule import StopWhen, asked, first_look, look, precision
from stt_load.stats.summary import summarise
from tests.factory import AT_A_RATE, table
from tests.stats.judging import EMPTY, OBSERVED
from tests.stats.simulation import closed_queues, open_loops

RULE = StopWhen("response_time_s", 0.95, 0.05)
LOADS = ((5, 5), (8, 2), (32, 4))
"""Users and slots."""


def closed(users: int) -> ClosedLoop:
    return ClosedLoop(users=users, request_delay_s=0.0)


def steady(n: int, users: int = 1, spread: float = 0.02) -> Samples:
    return table(np.arange(float(n)), 1 + np.random.default_rng(n).uniform(0, spread, n), users=users)


def test_it_is_asked_for_as_an_slo_is() -> None:
    assert asked("p95(response_time_s)", 0.05) == RULE
    assert asked("p50(ttft_s)", 0.02) == StopWhen("ttft_s", 0.5, 0.02)


@pytest.mark.parametrize("metric", ["mean(response_time_s)", "max(response_time_s)", "error_rate", "p95(nothing)"])
def test_what_is_no_quantile_has_no_such_interval(metric: str) -> None:
    with pytest.raises(SloError):
        asked(metric, 0.05)


@pytest.mark.parametrize(("users", "n"), [(1, 400), (4, 400), (5, 500), (32, 3_200)])
def test_the_first_look_takes_a_hundred_requests_of_each_user(users: int, n: int) -> None:
    assert first_look(users) == n


def test_looks_are_further_and_further_apart() -> None:
    n, looks = 400, []
    while n < 2_100:
        looks.append(n)
        n = look(RULE, steady(n), closed(1)).next
    assert looks == [400, 600, 900, 1_350, 2_025]


def test_a_look_that_is_too_early_sees_nothing() -> None:
    found = look(RULE, steady(400, users=8), closed(1))
    assert (found.share, found.next) == (None, 800), "there were more users than at the barrier"


def test_half_the_interval_is_held_against_the_quantile() -> None:
    samples = steady(1_000)
    values = samples.response_s
    found, p95 = interval(values, 0.95, 1), quantile(values, 0.95)
    assert found is not None
    assert p95 is not None
    assert look(RULE, samples, closed(1)).share == pytest.approx((found.high - found.low) / 2 / p95)


@pytest.mark.parametrize(("failed", "known"), [(0, True), (20, True), (45, False), (60, False)])
def test_failures_are_slower_than_all_answers(failed: int, known: bool) -> None:
    """Of 1,000: with 45 of them the P95 is still a time, but the end of its interval is none."""
    rows = steady(1_000)
    which = np.random.default_rng(failed).choice(1_000, failed, replace=False)
    kinds = [ErrorKind.HTTP_5XX if n in which else None for n in range(1_000)]
    found = look(RULE, table(rows["start_s"], rows.response_s, kind=kinds), closed(1))
    assert (found.share is not None) is known


@pytest.mark.parametrize("values", [np.empty(0), np.ones(10), np.full(2_000, np.inf), np.zeros(2_000)])
def test_without_an_interval_or_a_time_nothing_is_precise(values: FloatArray) -> None:
    assert precision(values, 0.95, 1) is None


def test_nothing_is_known_of_nothing() -> None:
    loads: tuple[Load, ...] = (closed(1), AT_A_RATE)
    assert [look(RULE, EMPTY, load).next for load in loads] == [400, 400]


def test_slots_are_no_users() -> None:
    """Nine in flight on average, at any of a thousand slots."""
    samples = table(np.arange(1_000.0), 8.5 + np.random.default_rng(1).uniform(0, 0.1, 1_000), users=1_000)
    found = look(RULE, samples, AT_A_RATE)
    assert found.share is not None
    assert look(RULE, samples.where(slice(0, 450)), AT_A_RATE).next == 900, "too early for nine"


def test_a_figure_that_grows_is_never_precise() -> None:
    queues = open_loops(np.random.default_rng(2), runs=1, slots=1, utilisation=1.2, arrivals=40_000, settle_s=0.0)
    over = table(queues.due_s[0], queues.done_s[0] - queues.due_s[0])
    assert look(StopWhen("service_time_s", 0.5, 1.0), over, AT_A_RATE).share is None
    # What waits before it is sent is not in flight: the look is not too early, and the service times are all alike.
    waits_s = np.arange(4_000.0) / 40
    waiting = table(np.arange(4_000.0), waits_s + 1, sent_after_s=waits_s)
    assert look(StopWhen("service_time_s", 0.5, 1.0), waiting, AT_A_RATE).share is None
    assert look(StopWhen("service_time_s", 0.5, 1.0), waiting, closed(1)).share == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("n", "verdict"), [(100, "DEGRADED"), (1_000, "VALID")])
def test_a_run_that_was_to_end_by_a_figure_and_has_no_interval_of_it_is_doubted(n: int, verdict: str) -> None:
    """As one that -t has ended."""
    found = summarise(steady(n), users=1, load=closed(1), generator=OBSERVED, stop_when=RULE).validity
    check = next(one for one in found.checks if one.name == "slo_samples")
    assert (check.value, check.verdict) == (float(n == 100), verdict)
    assert [one.figure for one in check.too_few] == (["p95(response_time_s)"] if n == 100 else [])
    without = summarise(steady(n), users=1, load=closed(1), generator=OBSERVED).validity
    assert "slo_samples" not in {one.name for one in without.checks}


@cache
def truth(users: int, slots: int) -> float:
    queues = closed_queues(
        np.random.default_rng([users, slots, 99]), runs=10, users=users, slots=slots, requests=100_000
    )
    return float(np.mean([quantile(one[1_000:], 0.95) for one in queues.done_s - queues.due_s]))


def ended(users: int, slots: int, runs: int, within: float = 0.05, most: int = 24_000) -> tuple[float, list[int]]:
    """The share of `runs` runs whose interval holds the truth when they have ended themselves, and how long they are.

    A run is looked at with the answers that are in, and what is in flight then comes in before it is over.
    """
    queues = closed_queues(np.random.default_rng([users, slots]), runs=runs, users=users, slots=slots, requests=most)
    rule, held, lengths = StopWhen("response_time_s", 0.95, within), 0, []
    for start_s, done_s in zip(queues.due_s, queues.done_s, strict=True):
        order, n, share = np.argsort(done_s, kind="stable"), first_look(users), math.inf
        while share > within and n <= most:
            rows = np.sort(order[:n])
            seen = look(rule, table(start_s[rows], done_s[rows] - start_s[rows], users=users), closed(users))
            share, n = seen.share or math.inf, n if (seen.share or math.inf) <= within else seen.next
        found = interval((done_s - start_s)[: n + users - 1], 0.95, users)
        held += found is not None and found.low <= truth(users, slots) <= found.high
        lengths.append(n)
    return held / runs, lengths


def test_a_run_that_ends_itself_is_as_long_as_it_has_to_be_and_mostly_right() -> None:
    held, lengths = ended(8, 2, runs=40)
    assert held >= 0.8, "of 40 runs; of 300 with the slow tests"
    assert 800 <= np.median(lengths) <= 3_000


@pytest.mark.slow
@pytest.mark.parametrize(("users", "slots"), LOADS)
def test_the_interval_that_ends_a_run_holds_the_truth(users: int, slots: int) -> None:
    """P95 within 5%, 300 runs: in 88% of them at least, though they end where it happens to be short."""
    held, lengths = ended(users, slots, runs=300)
    assert held >= 0.88
    assert min(lengths) >= first_look(users)

"""A service that does not keep up with its arrivals is named, and one that is busy is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from stt_load.samples.run_info import Stage, Trace
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.model import Saturation
from stt_load.stats.saturation import of_load, saturation, tau
from stt_load.stats.summary import summarise
from tests.factory import AT_A_RATE, NO_PAUSE, joined, table
from tests.stats.judging import EMPTY, OBSERVED
from tests.stats.simulation import open_loops, service_times

SLOTS = (1, 4, 16, 64)


def told(samples: Samples) -> Saturation:
    return saturation(samples, samples.phase(Phase.MEASURED))


@cache
def named(slots: int, utilisation: float, arrivals: int, runs: int) -> float:
    """The share of so many runs in which it is said that the service does not keep up."""
    rng = np.random.default_rng([slots, round(utilisation * 100), arrivals])
    queues = open_loops(rng, runs=runs, slots=slots, utilisation=utilisation, arrivals=arrivals)
    return sum(told(queues.run(run)).named for run in range(runs)) / runs


def growing(n: int = 1_000, by_s: float = 0.2) -> Samples:
    """One arrival a second, and each takes `by_s` longer than the one before."""
    return table(np.arange(float(n)), 1.0 + by_s * np.arange(n))


def test_tau_by_hand() -> None:
    assert tau(np.array([1.0, 2.0, 3.0])) == 1.0
    assert tau(np.array([3.0, 2.0, 1.0])) == -1.0
    assert tau(np.array([1.0, 3.0, 2.0, 2.0])) == pytest.approx((3 - 2) / 6)


def test_the_figures_of_a_backlog_by_hand() -> None:
    """Every arrival of the second half waits for the end: 500 are under way then, and none was in the first half."""
    done_s = np.where(np.arange(1_000) < 500, np.arange(1_000) + 0.5, 1_100.0 + np.arange(1_000))
    found = told(table(np.arange(1_000.0), done_s - np.arange(1_000)))
    assert found.arrivals == 1_000
    # The last fifth of the time is from 800 to 1,000: 400 under way on average, and half of one in the first.
    assert found.growth == pytest.approx(400, abs=2)
    assert found.least_growth == pytest.approx(0.5 * 1_000**0.5 + 360 / 1_000**0.5)
    # Ten equal batches, ten that rise: 45 + 100 of 190 pairs.
    assert found.tau_in_flight == pytest.approx(145 / 190, abs=0.25)
    assert found.named


@pytest.mark.parametrize(("by_s", "is_named"), [(0.2, True), (0.0, False), (-0.001, False), (0.03, False)])
def test_only_what_grows_beyond_chance_is_named(by_s: float, is_named: bool) -> None:
    assert told(growing(by_s=by_s)).named is is_named


def test_a_load_generator_that_falls_behind_is_not_held_against_the_service() -> None:
    """Each is sent later than the one before, and takes a second from then: nothing waits for the service."""
    samples = growing()
    late = samples.rows.copy()
    late["late_s"] = samples.response_s - 1.0
    assert told(samples).named
    found = told(Samples(late, samples.texts))
    assert (found.named, found.growth) == (False, pytest.approx(0.0, abs=0.2))
    assert abs(found.tau_responses or 0.0) < 0.2


def test_what_hangs_is_no_backlog() -> None:
    """Every third request hangs for good: more and more are under way, and the others take what they took."""
    kinds = [ErrorKind.TIMEOUT_TOTAL if n % 3 == 0 else None for n in range(1_500)]
    found = told(table(np.arange(1_500.0), np.where(np.arange(1_500) % 3 == 0, 5_000.0, 1.0), kind=kinds))
    assert (found.growth or 0) > 5 * (found.least_growth or 0)
    assert (found.tau_in_flight, found.tau_responses, found.named) == (1.0, 0.0, False)


def test_what_grows_at_the_very_end_is_no_trend() -> None:
    """The last 150 of 1,000 take far longer: three batches of twenty."""
    found = told(table(np.arange(1_000.0), np.where(np.arange(1_000) < 850, 1.0, 400.0)))
    assert (found.growth or 0) > (found.least_growth or 0)
    assert (found.tau_responses or 0) > 0.2
    assert found.tau_in_flight == pytest.approx(54 / 190)
    assert not found.named


def test_times_are_taken_in_the_order_of_their_ends() -> None:
    """The first to come is the last to go, and took longest."""
    assert told(table(np.arange(1_000.0), 2_000.0 - 2 * np.arange(1_000))).tau_responses == 1.0


def test_a_backlog_of_ones_own_settling_is_under_way_too() -> None:
    """What began before the measured ones is looked at with them: of 300, 267 are left in the first fifth of the time
    and 8 in the last."""
    settling = table(np.full(300, -1.0), np.linspace(1.0, 900.0, 300), phase=Phase.SETTLING)
    measured = growing()
    assert saturation(joined(settling, measured), measured).growth == pytest.approx(
        (told(measured).growth or 0) - 259, abs=2
    )


@pytest.mark.parametrize(
    ("arrivals", "finds"),
    [(0, None), (799, None), (800, 1.2), (1_999, 1.2), (2_000, 1.1), (3_999, 1.1), (4_000, 1.05), (50_000, 1.05)],
)
def test_it_says_what_so_many_arrivals_could_have_seen(arrivals: int, finds: float | None) -> None:
    assert told(table(np.arange(float(arrivals)), 1.0)).would_find == finds


@pytest.mark.parametrize(
    "samples",
    [EMPTY, table([0.0], 1.0), table(np.zeros(100), 1.0), table(np.arange(100.0), 5.0, kind=ErrorKind.TIMEOUT_TOTAL)],
)
def test_too_little_is_told_as_nothing(samples: Samples) -> None:
    found = told(samples)
    assert (found.named, found.tau_in_flight, found.tau_responses, found.growth) == (False, None, None, None)


def test_only_one_rate_can_be_kept_up_with() -> None:
    rows = growing()
    assert of_load(AT_A_RATE, rows, rows) is not None
    stages = replace(AT_A_RATE, staged=True)
    trace = replace(AT_A_RATE, stages=(), trace=Trace(file="log.csv", speed=1.0))
    assert [of_load(load, rows, rows) for load in (NO_PAUSE, stages, trace)] == [None, None, None]


def test_a_plain_run_is_told_without_its_beginning() -> None:
    """The service gets full: 60 under way after 60 s, and they stay that many. With the warm-up's median of 6 s those
    of the first minute are left out, and never more than half of all."""
    rows = table(np.arange(1_000.0), 60.0)
    warm = table(np.full(9, -7.0), 6.0, phase=Phase.WARMUP)
    found = of_load(AT_A_RATE, joined(warm, rows), rows)
    assert found is not None
    assert found.arrivals == 940
    slow = table(np.full(9, -700.0), 600.0, phase=Phase.WARMUP)
    half = of_load(AT_A_RATE, joined(slow, rows), rows)
    assert half is not None
    assert half.arrivals == 500
    alone = of_load(AT_A_RATE, rows, rows)
    assert alone is not None
    assert alone.arrivals == 500, "its own answers take a minute"


def test_where_it_is_named_no_latency_has_an_interval_and_a_finding_says_so() -> None:
    rng = np.random.default_rng(5)
    over = open_loops(rng, runs=1, slots=4, utilisation=1.2, arrivals=2_000, settle_s=0.0).run(0)
    under = open_loops(rng, runs=1, slots=4, utilisation=0.7, arrivals=2_000, settle_s=0.0).run(0)
    loud, calm = (summarise(one, users=9, load=AT_A_RATE, generator=OBSERVED) for one in (over, under))
    assert (loud.metrics.response_time_s.intervals, loud.metrics.service_time_s.intervals) == ({}, {})
    assert loud.metrics.response_time_s.p95 is not None
    finding = next(one for one in loud.findings if one.name == "over_saturated")
    assert finding.values["offered_rps"] == pytest.approx(4.8, rel=0.1)
    assert "drift" not in {one.name for one in loud.findings}, "it is the same said twice"
    assert set(calm.metrics.response_time_s.intervals) == {"median", "p90", "p95", "p99"}
    assert "over_saturated" not in {one.name for one in calm.findings}


@pytest.mark.parametrize("slots", SLOTS)
def test_hardly_a_busy_service_is_named(slots: int) -> None:
    assert named(slots, 0.9, 400, 100) <= 0.02


@pytest.mark.parametrize("slots", SLOTS)
def test_an_overload_of_a_fifth_is_found_in_800_arrivals(slots: int) -> None:
    assert named(slots, 1.2, 800, 60) >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("arrivals", [400, 800, 2_000])
def test_false_alarms_are_as_rare_as_they_are_said_to_be(arrivals: int) -> None:
    """At 90%, 300 runs a cell: 1.5% in none, and 0.5% all together; at 95% up to 9%."""
    cells = [named(slots, 0.9, arrivals, 300) for slots in SLOTS]
    assert max(cells) <= 0.015
    assert np.mean(cells) <= 0.005
    assert max(named(slots, 0.95, arrivals, 300) for slots in SLOTS) <= 0.10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("utilisation", "arrivals", "least"),
    [
        (1.05, 400, 0.15),
        (1.05, 800, 0.50),
        (1.05, 2_000, 0.82),
        (1.05, 4_000, 0.95),
        (1.1, 400, 0.40),
        (1.1, 800, 0.78),
        (1.1, 2_000, 0.95),
        (1.2, 400, 0.85),
        (1.2, 800, 0.95),
    ],
)
def test_an_overload_is_found_as_often_as_it_is_said_to_be(utilisation: float, arrivals: int, least: float) -> None:
    """Each number of slots, 200 runs."""
    assert min(named(slots, utilisation, arrivals, 200) for slots in SLOTS) >= least


@pytest.mark.slow
@pytest.mark.parametrize("slots", SLOTS)
def test_a_run_that_begins_with_an_empty_service_raises_no_more_false_alarms(slots: int) -> None:
    """A plain run, after a warm-up of single requests: 200 runs of 400 arrivals at 90%."""
    rng = np.random.default_rng([slots, 7])
    queues = open_loops(rng, runs=200, slots=slots, utilisation=0.9, arrivals=400, settle_s=0.0)
    warm = table(np.arange(-20.0, 0.0) * 5, service_times(rng, (20,)), phase=Phase.WARMUP)
    found = [of_load(AT_A_RATE, joined(warm, queues.run(run)), queues.run(run)) for run in range(200)]
    assert sum(one is not None and one.named for one in found) <= 4


def test_of_stages_each_is_told_for_itself() -> None:
    load = replace(
        AT_A_RATE, staged=True, stages=(Stage(first=1, last=1, for_s=500), Stage(first=1, last=1, for_s=1_000))
    )
    calm, loud = table(np.arange(500.0), 1.0), table(500 + np.arange(1_000.0), 1 + 0.2 * np.arange(1_000))
    calm.rows["stage"], loud.rows["stage"] = 0, 1
    found = summarise(joined(calm, loud), users=9, load=load, generator=OBSERVED)
    assert found.saturation is None
    assert [one.saturation and one.saturation.named for one in found.levels] == [False, True]
    assert found.metrics.response_time_s.intervals == {}

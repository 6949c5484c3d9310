"""The checks of the measurement, one by one, and their limits."""

from dataclasses import replace

import numpy as np
import pytest

from stt_load.samples.generator import Generator
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.stats.model import Changed
from tests.factory import joined, table
from tests.stats.judging import OBSERVED, STEADY, check, judged, with_late, worker


@pytest.mark.parametrize(
    ("lag_s", "verdict"),
    [(0.0, "VALID"), (0.04, "VALID"), (0.041, "DEGRADED"), (0.2, "DEGRADED"), (0.201, "INVALID")],
)
def test_the_mean_lag_is_held_against_the_median_response_time(lag_s: float, verdict: str) -> None:
    generator = Generator(workers=(worker(0.001), worker(lag_s, index=1), worker(None, index=2)))
    found = check("busy_loop", STEADY, generator)
    assert (found.value, found.verdict) == (max(lag_s, 0.001), verdict)
    assert (found.degraded_above, found.invalid_above) == (0.04, 0.20)


@pytest.mark.parametrize(
    ("lag_s", "verdict"), [(0.0008, "VALID"), (0.0009, "DEGRADED"), (0.004, "DEGRADED"), (0.0041, "INVALID")]
)
def test_of_a_fast_service_a_little_lag_is_no_large_share(lag_s: float, verdict: str) -> None:
    """5 ms: a share of 16% and 80%."""
    found = check("busy_loop", table(np.arange(300) / 200, 0.005), Generator(workers=(worker(lag_s),)))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("stalled_s", "verdict"), [(0.6, "VALID"), (0.61, "DEGRADED"), (3.0, "DEGRADED"), (3.1, "INVALID")]
)
def test_the_longest_standstill_of_a_process_is_held_against_the_window(stalled_s: float, verdict: str) -> None:
    generator = Generator(workers=(worker(stalled_s=0.0), worker(stalled_s=stalled_s, index=1)))
    found = check("stalled_share", STEADY, generator)
    assert (found.value, found.verdict) == (pytest.approx(stalled_s / 30), verdict)


@pytest.mark.parametrize(
    ("late", "figure", "share", "verdict"),
    [
        (0, None, 0.0, "VALID"),
        (5, "mean", 0.025 / 1.025, "VALID"),
        (6, "p95", 1 / 3, "INVALID"),
        (51, "median", 1 / 3, "INVALID"),
    ],
)
def test_what_stalls_can_have_changed_is_told_of_the_figure_that_changed_most(
    late: int, figure: str | None, share: float, verdict: str
) -> None:
    found = check("stalls", with_late(np.where(np.arange(100) < late, 0.5, 0.0)), OBSERVED)
    assert (found.value, found.verdict) == (pytest.approx(share), verdict)
    assert (found.figure and found.figure.name) == figure
    if found.figure is not None:
        assert found.figure.without_stalls_s == pytest.approx(1.0)
        assert found.figure.reported_s == pytest.approx(1 / (1 - share))


def test_seconds_that_a_stall_made_are_named() -> None:
    """Every answer takes 1.000 s, the process stood still for 7.03 s, and no look at the lag's P99 tells."""
    found = check("stalls", with_late(np.where(np.arange(100) < 6, 7.03, 0.0)), OBSERVED)
    assert (found.verdict, found.figure) == ("INVALID", Changed("p95", pytest.approx(8.03), pytest.approx(1.0)))


@pytest.mark.parametrize("n", [10, 19, 20, 100])
def test_one_late_answer_is_no_percentile_however_few_there_are(n: int) -> None:
    """Below 20 answers their P95 is the maximum, which is the one row that a stall met."""
    found = check("stalls", with_late(np.where(np.arange(n) == 3, 0.012, 0.0), 0.1, n), OBSERVED)
    assert (found.figure and found.figure.name, found.verdict) == ("mean", "VALID")


def test_a_p99_is_told_of_a_thousand_answers_on() -> None:
    late_s = np.where(np.arange(999) < 12, 0.5, 0.0)
    assert check("stalls", with_late(late_s, n=999), OBSERVED).verdict == "VALID"
    found = check("stalls", with_late(np.append(late_s, 0.0), n=1_000), OBSERVED)
    assert (found.figure and found.figure.name, found.verdict) == ("p99", "INVALID")


@pytest.mark.parametrize(
    ("late_s", "verdict"), [(0.0019, "VALID"), (0.0021, "DEGRADED"), (0.0049, "DEGRADED"), (0.0051, "INVALID")]
)
def test_of_a_fast_service_a_millisecond_is_no_difference(late_s: float, verdict: str) -> None:
    """15 ms, of which these are shares of 11 to 25%."""
    assert check("stalls", with_late(late_s, 0.015), OBSERVED).verdict == verdict


@pytest.mark.parametrize(
    ("late_s", "verdict"), [(0.030, "VALID"), (0.032, "DEGRADED"), (0.110, "DEGRADED"), (0.112, "INVALID")]
)
def test_of_a_slow_service_shares_count(late_s: float, verdict: str) -> None:
    assert check("stalls", with_late(late_s), OBSERVED).verdict == verdict


def test_a_failed_row_makes_no_figure_late() -> None:
    samples = with_late(np.where(np.arange(100) < 50, 0.5, 0.0))
    samples.rows["error_kind"][:50] = 1
    assert check("stalls", samples, OBSERVED).value == 0.0


@pytest.mark.parametrize(
    ("cpu", "verdict"), [(0.8, "VALID"), (0.81, "DEGRADED"), (0.95, "DEGRADED"), (0.96, "INVALID")]
)
def test_the_busiest_process_counts(cpu: float, verdict: str) -> None:
    found = check("cpu", STEADY, Generator(workers=(worker(cpu=0.1), worker(cpu=cpu, index=1))))
    assert (found.value, found.verdict) == (cpu, verdict)


def test_a_load_that_changed_by_itself_is_doubtful_and_one_that_vanished_void() -> None:
    changed = Generator(load_changes=((1.0, 2.0), (5.0, 6.0)))
    found = check("load_changed", STEADY, changed)
    assert (found.value, found.verdict) == (2.0, "DEGRADED")
    assert check("load_changed", STEADY, replace(changed, all_workers_lost=True)).verdict == "INVALID"
    assert check("load_changed", STEADY, Generator()).verdict == "VALID"


@pytest.mark.parametrize("phase", [Phase.WARMUP, Phase.MEASURED])
def test_requests_that_this_machine_stopped_void_the_run(phase: Phase) -> None:
    stopped = table(-1.0, 0.001, kind=ErrorKind.LOCAL_LIMIT, phase=phase, first_seq=30)
    found = check("local_limits", joined(STEADY, stopped), OBSERVED)
    assert (found.value, found.verdict) == (1.0, "INVALID")
    outside = table(-1.0, 0.001, kind=ErrorKind.LOCAL_LIMIT, phase=Phase.OUTSIDE, first_seq=30)
    assert check("local_limits", joined(STEADY, outside), OBSERVED).verdict == "VALID"
    assert judged(stopped, Generator()).verdict == "INVALID", "even if there is nothing else"


@pytest.mark.parametrize(("mean", "verdict"), [(1.0, "VALID"), (0.96, "VALID"), (0.9, "INVALID"), (1.1, "INVALID")])
def test_what_was_seen_in_flight_must_be_in_the_samples(mean: float, verdict: str) -> None:
    seen = Generator(in_flight_mean=mean, in_flight_stdev=0.05, in_flight_samples=300)
    found = check("in_flight", STEADY, seen)
    assert found.value == pytest.approx(abs(mean - 1))
    assert (found.verdict, found.degraded_above, found.invalid_above) == (verdict, None, 0.05)


def test_a_difference_in_flight_that_may_be_chance_is_none() -> None:
    # 30 s and 1 s a request: 30 independent looks, an error of 0.09 at stdev 0.5, and 3.29 of those.
    loose = Generator(in_flight_mean=0.75, in_flight_stdev=0.5, in_flight_samples=300)
    found = check("in_flight", STEADY, loose)
    assert found.value == pytest.approx(0.25)
    assert found.verdict == "VALID"
    assert check("in_flight", STEADY, replace(loose, in_flight_mean=0.65)).verdict == "INVALID"


def test_one_look_too_many_at_either_end_is_no_difference() -> None:
    seen = Generator(in_flight_mean=0.92, in_flight_stdev=0.0, in_flight_samples=30)
    assert check("in_flight", STEADY, seen).verdict == "VALID"
    assert check("in_flight", STEADY, replace(seen, in_flight_samples=300)).verdict == "INVALID"


def test_a_few_looks_at_what_is_in_flight_say_nothing() -> None:
    seen = Generator(in_flight_mean=0.1, in_flight_stdev=0.0, in_flight_samples=19)
    assert check("in_flight", STEADY, seen).verdict is None
    assert check("in_flight", STEADY, replace(seen, in_flight_samples=20)).verdict == "INVALID"


def test_a_few_short_requests_that_no_look_met_say_nothing() -> None:
    """A refused port: 28 answers of half a millisecond in 2.5 s, 35 looks, and none of them met one."""
    refused = table(np.linspace(0, 2.5, 28), 0.0005, users=5)
    never = Generator(in_flight_mean=0.0, in_flight_stdev=0.0, in_flight_samples=35)
    assert check("in_flight", refused, never, 5).verdict is None


def test_a_spread_that_was_seen_too_small_by_chance_is_not_believed() -> None:
    """One user, busy for half the time: 40 looks that all met it are too many, 12 of 40 may be chance."""
    half = table(np.arange(40.0) * 0.2, 0.1)
    looks = Generator(in_flight_mean=0.3, in_flight_stdev=0.1, in_flight_samples=40)
    assert check("in_flight", half, looks).verdict == "VALID"
    assert check("in_flight", half, replace(looks, in_flight_mean=1.0, in_flight_stdev=0.0)).verdict == "INVALID"


@pytest.mark.parametrize(
    ("kind", "late_s", "count", "verdict"),
    [
        (ErrorKind.TIMEOUT_TOTAL, 0.4, 1, "INVALID"),
        (ErrorKind.TIMEOUT_FIRST_BYTE, 0.05, 1, "INVALID"),
        (ErrorKind.TIMEOUT_TOTAL, 0.04, 0, "VALID"),
        (ErrorKind.TIMEOUT_TOTAL, 0.0, 0, "VALID"),
        (ErrorKind.HTTP_5XX, 0.4, 0, "VALID"),
        (None, 0.4, 0, "VALID"),
    ],
)
def test_a_time_limit_that_ran_out_in_a_standstill_is_not_the_services(
    kind: ErrorKind | None, late_s: float, count: int, verdict: str
) -> None:
    """A service that always takes 0.1 s, a limit of 0.4 s, and a process that was stopped for 0.55 s."""
    one = table([500.0], 0.4, kind=kind, first_seq=9_000)
    one.rows["late_s"] = late_s
    found = check("stalled_timeouts", joined(STEADY, one), OBSERVED)
    assert (found.value, found.verdict) == (count, verdict)

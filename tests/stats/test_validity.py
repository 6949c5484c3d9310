"""The checks of the measurement: their limits, healthy runs and starved generators."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from stt_load.samples.fields import ROW
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.checks import Limits
from stt_load.stats.closed_loop import closed_loop_share
from stt_load.stats.model import Changed, Check, Validity
from stt_load.stats.rates import Span
from stt_load.stats.validity import DEFAULT_LIMITS, judge
from tests.factory import NO_PAUSE, joined, table
from tests.stats.simulation import closed_loops, observed

EMPTY = Samples(np.empty(0, ROW))
STEADY = table(np.arange(30.0), 1.0)
"""One user for 30 s, always busy."""


def judged(samples: Samples, generator: Generator, users: int = 1, limits: Limits = DEFAULT_LIMITS) -> Validity:
    measured = samples.phase(Phase.MEASURED)
    return judge(samples, measured, users=users, load=NO_PAUSE, generator=generator, limits=limits)


def check(name: str, samples: Samples, generator: Generator, users: int = 1) -> Check:
    return next(one for one in judged(samples, generator, users).checks if one.name == name)


def share(samples: Samples, users: int = 1, delay_s: float = 0.0) -> float | None:
    measured = samples.phase(Phase.MEASURED)
    return closed_loop_share(samples, measured, users=users, request_delay_s=delay_s)


def worker(
    lag_s: float | None = None, cpu: float | None = None, stalled_s: float | None = None, index: int = 0
) -> WorkerHealth:
    """The P99 of its lag is seconds, whatever happens: that judges nothing."""
    return WorkerHealth(index, 5.0, cpu, lag_s, stalled_s)


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


def with_late(late_s: npt.ArrayLike, of_s: float = 1.0, n: int = 100) -> Samples:
    """Answers that take `of_s`, each read `late_s` after that."""
    samples = table(np.arange(float(n)), of_s + np.asarray(late_s))
    samples.rows["late_s"] = late_s
    return samples


OBSERVED = Generator(workers=(worker(0.0, 0.1, 0.0),))


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


def test_a_listener_error_voids_the_run_even_if_nothing_was_measured() -> None:
    assert check("listener_errors", STEADY, Generator()).verdict == "VALID"
    assert check("listener_errors", STEADY, Generator(listener_errors=1)).verdict == "INVALID"
    assert judged(EMPTY, Generator(listener_errors=1)).verdict == "INVALID"


def test_a_load_that_changed_by_itself_is_doubtful_and_one_that_vanished_void() -> None:
    changed = Generator(load_changes=((1.0, 2.0), (5.0, 6.0)))
    found = check("load_changed", STEADY, changed)
    assert (found.value, found.verdict) == (2.0, "DEGRADED")
    assert check("load_changed", STEADY, replace(changed, all_workers_lost=True)).verdict == "INVALID"
    assert check("load_changed", STEADY, Generator()).verdict == "VALID"


def test_without_data_there_is_no_verdict_and_nothing_against_the_run() -> None:
    found = judged(EMPTY, Generator())
    assert found.verdict is None
    assert {(one.value, one.verdict) for one in found.checks} == {(None, None)}


def test_what_was_not_observed_is_not_judged() -> None:
    verdicts = {one.name: one.verdict for one in judged(STEADY, Generator(workers=(worker(),))).checks}
    assert verdicts == {
        "stalls": None,
        "busy_loop": None,
        "stalled_share": None,
        "cpu": None,
        "closed_loop_share": "VALID",
        "in_flight": None,
        "load_changed": "VALID",
        "listener_errors": "VALID",
        "rows_lost": None,
        "local_limits": "VALID",
        "stalled_timeouts": "VALID",
    }


OVERLOADED = Generator(workers=(worker(5.0, 1.0, 30.0),), load_changes=((0.0, 1.0),))


@pytest.mark.parametrize("kind", [ErrorKind.HTTP_5XX, ErrorKind.TIMEOUT_TOTAL, ErrorKind.CANCELLED])
def test_without_a_good_answer_there_is_nothing_to_believe_or_to_doubt(kind: ErrorKind) -> None:
    """All failed in 40 ms; all timed out; all cut off. They end as what they are."""
    failed = table(np.arange(30) / 25, 0.04, kind=kind)
    assert judged(failed, OBSERVED).verdict is None
    assert judged(failed, OVERLOADED).verdict is None
    of_figures = {one.verdict for one in judged(failed, OVERLOADED).checks[:6]}
    assert of_figures == {None}


@pytest.mark.parametrize(
    "broken",
    [
        replace(OBSERVED, listener_errors=1),
        replace(OBSERVED, rows_lost=1),
        replace(OBSERVED, load_changes=((0.0, 1.0),), all_workers_lost=True),
    ],
)
def test_a_run_that_broke_is_void_whatever_came_of_it(broken: Generator) -> None:
    assert judged(table(np.arange(30.0), 1.0, kind=ErrorKind.HTTP_5XX), broken).verdict == "INVALID"
    assert judged(STEADY, broken).verdict == "INVALID"


@pytest.mark.parametrize("phase", [Phase.WARMUP, Phase.MEASURED])
def test_requests_that_this_machine_stopped_void_the_run(phase: Phase) -> None:
    stopped = table(-1.0, 0.001, kind=ErrorKind.LOCAL_LIMIT, phase=phase, first_seq=30)
    found = check("local_limits", joined(STEADY, stopped), OBSERVED)
    assert (found.value, found.verdict) == (1.0, "INVALID")
    outside = table(-1.0, 0.001, kind=ErrorKind.LOCAL_LIMIT, phase=Phase.OUTSIDE, first_seq=30)
    assert check("local_limits", joined(STEADY, outside), OBSERVED).verdict == "VALID"
    assert judged(stopped, Generator()).verdict == "INVALID", "even if there is nothing else"


def test_a_row_that_is_missing_voids_the_run() -> None:
    verdicts = [check("rows_lost", STEADY, replace(OBSERVED, rows_lost=lost)).verdict for lost in (None, 0, 1)]
    assert verdicts == [None, "VALID", "INVALID"]


def test_the_worst_check_is_the_verdict_and_limits_can_be_set() -> None:
    busy = Generator(workers=(worker(lag_s=0.05, cpu=0.99),))
    assert judged(STEADY, busy).verdict == "INVALID"
    assert judged(STEADY, busy, limits=Limits(cpu=(None, 1.0))).verdict == "DEGRADED"
    assert judged(STEADY, busy, limits=Limits(cpu=(None, 1.0), busy_loop=(0.06, 0.1))).verdict == "VALID"


def test_users_that_are_always_busy_leave_the_generator_no_share() -> None:
    assert share(STEADY) == 0.0


def test_users_that_wait_for_the_generator_show_it() -> None:
    # Each second one user is busy for 0.75 s; the last start ends the span, so what follows it is not counted.
    assert share(table(np.arange(30.0), 0.75)) == pytest.approx(0.25)
    assert check("closed_loop_share", table(np.arange(30.0), 0.75), Generator()).verdict == "INVALID"
    assert check("closed_loop_share", table(np.arange(30.0), 0.9), Generator()).verdict == "DEGRADED"
    assert check("closed_loop_share", table(np.arange(30.0), 0.96), Generator()).verdict == "VALID"


def test_failed_and_cancelled_requests_keep_a_user_busy_too() -> None:
    kinds = [None, ErrorKind.CANCELLED, ErrorKind.HTTP_5XX] * 10
    assert share(table(np.arange(30.0), 1.0, kind=kinds)) == 0.0


def test_a_pause_on_purpose_is_not_the_generators_doing() -> None:
    assert share(table(np.arange(30.0), 0.75, pause_s=0.25)) == 0.0
    assert share(table(np.arange(30.0), 0.75), delay_s=0.25) == 0.0
    assert share(table(np.arange(30.0), 0.5, pause_s=0.25)) == pytest.approx(0.25)
    # A backoff that is longer than the delay counts, not both.
    assert share(table(np.arange(30.0), 0.5, pause_s=0.25), delay_s=0.125) == pytest.approx(0.25)


def test_a_pause_that_was_cut_short_makes_no_negative_share() -> None:
    assert share(table(np.arange(30.0), 0.75, pause_s=5.0)) == 0.0


def test_a_pause_after_the_warmup_reaches_over_the_barrier() -> None:
    # Two users; one of them comes back at 9.0 from a pause that began before the barrier.
    first, second = table(np.arange(20.0), 1.0, users=2), table(np.arange(9.0, 20.0), 1.0, users=2, first_seq=20)
    warm = table(-3.0, 1.0, phase=Phase.WARMUP, pause_s=11.0)
    assert share(joined(warm, first, second), users=2) == 0.0
    assert share(joined(first, second), users=2) == pytest.approx(9 / 38)


def test_the_end_is_not_charged_to_the_generator() -> None:
    # Four users of whom three have no job any more for the last 100 s.
    starts = np.repeat(np.arange(10.0), 4)
    assert share(table(starts, np.where(np.arange(40) == 39, 100.0, 1.0), users=4), users=4) == 0.0


@pytest.mark.parametrize(("requests", "known"), [(14, False), (15, True)])
def test_a_share_takes_three_requests_a_user(requests: int, known: bool) -> None:
    run = closed_loops(np.random.default_rng(1), runs=1, users=5, slots=1, requests=requests).run(0)
    assert (share(run, users=5) is not None) == known


def test_a_ramp_is_held_against_the_users_there_were() -> None:
    # User i joins at second i and stays busy until 20; the last request hangs for a long time.
    rows = [(start, joined_by + 1) for joined_by in range(10) for start in range(joined_by, 20)]
    starts = np.array(sorted(start for start, _ in rows), dtype=float)
    users = np.minimum(starts + 1, 10)
    hung = np.where(np.arange(len(starts)) == len(starts) - 1, 300.0, 1.0)
    run = table(starts, hung, users=users)
    assert share(run, users=1) == pytest.approx(0.0)
    late = table(starts, np.where(hung > 1, hung, 0.7), users=users)
    assert share(late, users=1) == pytest.approx(0.3)


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


SHAPES = [(1, 1, 90), (5, 5, 90), (5, 1, 200), (8, 2, 300), (32, 4, 960), (32, 32, 500)]


@pytest.mark.simulation
def test_healthy_runs_are_believed() -> None:
    rng = np.random.default_rng(7)
    verdicts = []
    for users, slots, requests in SHAPES:
        for pause_s in (0.0, 0.5):
            loops = closed_loops(
                rng, runs=25, users=users, slots=slots, requests=requests, pause_s=pause_s, late_s=0.002
            )
            for index in range(25):
                run = loops.run(index)
                verdicts.append(judged(run, observed(rng, run, period_s=0.1, lag_s=0.002), users).verdict)
    assert len(verdicts) == 300
    assert verdicts.count("VALID") >= 297
    assert "INVALID" not in verdicts


@pytest.mark.simulation
def test_a_starved_generator_is_never_believed() -> None:
    rng = np.random.default_rng(8)
    for users, slots, requests in SHAPES:
        # Late by as long as an answer takes where there is no queue, and by half a cycle where there is one.
        late_s = max(1.0, users / slots)
        loops = closed_loops(rng, runs=50, users=users, slots=slots, requests=requests, late_s=late_s)
        runs = [loops.run(index) for index in range(50)]
        found = [judged(run, observed(rng, run, period_s=0.1), users) for run in runs]
        assert {one.verdict for one in found} == {"INVALID"}


@pytest.mark.simulation
def test_samples_that_went_missing_are_noticed() -> None:
    rng = np.random.default_rng(9)
    loops = closed_loops(rng, runs=50, users=5, slots=5, requests=500, shape=4.0)
    verdicts = []
    for index in range(50):
        run = loops.run(index)
        kept = run.where(rng.random(len(run)) > 0.3)
        verdicts.append(check("in_flight", kept, observed(rng, run, period_s=0.1), 5).verdict)
    assert verdicts == ["INVALID"] * 50


def test_the_share_of_a_late_generator_is_littles_law() -> None:
    run = closed_loops(np.random.default_rng(3), runs=1, users=8, slots=8, requests=20_000, late_s=0.25).run(0)
    span_s = float(np.ptp(run["start_s"]))
    rate = len(run) / span_s
    expected = 1 - rate * float(run.response_s.mean()) / 8
    assert math.isclose(expected, 0.2, abs_tol=0.01)
    assert share(run, users=8) == pytest.approx(expected, abs=0.002)


def test_what_died_with_a_worker_is_not_the_generators_share_of_the_cycle() -> None:
    """Two users, one of which is gone from the 10th second to the 20th."""
    alone = table(np.arange(30.0), 1.0)
    away = table([*np.arange(10.0), *np.arange(20.0, 30.0)], 1.0, first_seq=30)
    samples = joined(alone, away)
    measured = samples.phase(Phase.MEASURED)
    shares = [
        closed_loop_share(samples, measured, users=2, request_delay_s=0.0, changes=changes)
        for changes in ([], [(10.0, 20.0)], [(-5.0, 40.0)])
    ]
    assert shares == [pytest.approx(10 / 58), 0.0, None]


def test_several_stretches_are_left_out_of_a_span() -> None:
    span = Span(0.0, 10.0)
    assert span.without([]) == [span]
    assert span.without([(2.0, 3.0), (8.0, 99.0), (-5.0, -1.0)]) == [Span(0.0, 2.0), Span(3.0, 8.0)]
    assert span.without([(1.0, 4.0), (3.0, 6.0)]) == [Span(0.0, 1.0), Span(6.0, 10.0)]
    assert span.without([(-1.0, 11.0)]) == []


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

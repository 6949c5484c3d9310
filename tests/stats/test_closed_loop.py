"""The generator's own share of a closed loop."""

import math

import numpy as np
import pytest

from stt_load.samples.generator import Generator
from stt_load.samples.run_info import Stage
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.stats.closed_loop import closed_loop_share
from tests.factory import joined, table
from tests.stats.judging import STEADY, check, share
from tests.stats.simulation import closed_loops


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


STEPS = (Stage(first=1, last=1, for_s=10), Stage(first=1, last=5, for_s=20), Stage(first=2, last=2, for_s=10))


@pytest.mark.parametrize(("of_s", "expected"), [(1.0, 0.0), (0.75, 0.25)])
def test_of_stages_only_those_users_are_missed_that_were_asked_for(of_s: float, expected: float) -> None:
    """One request a second of each user of 1, of a ramp from 1 to 5, and of 2."""
    asked = np.array([1] * 10 + [math.floor(1 + 4 * (second + 0.5) / 20 + 0.5) for second in range(20)] + [2] * 10)
    samples = table(np.repeat(np.arange(40.0), asked), of_s, users=5)
    measured = samples.phase(Phase.MEASURED)
    found = closed_loop_share(samples, measured, users=5, request_delay_s=0.0, stages=STEPS)
    assert found == pytest.approx(expected, abs=0.02)
    blind = closed_loop_share(samples, measured, users=5, request_delay_s=0.0)
    assert blind is not None
    assert blind > 0.4


def test_of_stages_a_piece_of_the_time_that_is_left_out_is_asked_of_nobody() -> None:
    asked = np.array([1] * 10 + [3] * 20 + [2] * 10)
    stages = (STEPS[0], Stage(first=3, last=3, for_s=20), STEPS[2])
    samples = table(np.repeat(np.arange(40.0), np.where((np.arange(40) >= 12) & (np.arange(40) < 20), 0, asked)), 1.0)
    measured = samples.phase(Phase.MEASURED)
    shares = [
        closed_loop_share(samples, measured, users=3, request_delay_s=0.0, changes=changes, stages=stages)
        for changes in ([], [(12.0, 20.0)])
    ]
    assert shares == [pytest.approx(24 / 88), 0.0]


def test_a_stage_without_an_end_asks_for_its_users_to_the_last() -> None:
    """Two users all the time, of which the stage asks for two: nobody is idle."""
    run = table(np.repeat(np.arange(50.0), 2), 1.0, users=2)
    stages = (Stage(first=2, last=2, for_s=None),)
    found = closed_loop_share(run, run, users=9, request_delay_s=0.0, stages=stages)
    assert found == pytest.approx(0.0, abs=1e-9)

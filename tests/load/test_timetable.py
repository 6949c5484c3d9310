"""When iterations are due."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.timetable import ZERO_S, timetable_of
from stt_load.samples.run_info import ClosedLoop, Trace
from tests.load.timetables import open_loop

STAGES = ((5.0, 5.0, 60.0), (5.0, 20.0, 120.0), (20.0, 20.0, 60.0))


def test_in_a_closed_loop_nothing_is_due_before_it_is_ready() -> None:
    timetable = timetable_of(ClosedLoop(users=5, request_delay_s=1.0), 7)
    assert [timetable.due_s(number) for number in (0, 1, 10**6)] == [None, None, None]
    assert (timetable.stage(5), timetable.arrivals_within(60)) == (None, None)


def test_a_constant_rate_is_due_at_exact_instants_that_do_not_drift() -> None:
    timetable = timetable_of(open_loop((8, 8, None)), 7)
    assert [timetable.due_s(number) for number in range(4)] == [1.0, 1.125, 1.25, 1.375]
    assert timetable.due_s(8_000_000) == ZERO_S + 1_000_000
    assert timetable.arrivals_within(60) == 480
    assert timetable.stage(100) is None, "a plain rate is no stage"


def test_stages_begin_with_the_first_arrival_that_is_due_in_them() -> None:
    timetable = timetable_of(open_loop(*STAGES), 7)
    assert [timetable.first_of(stage) for stage in range(4)] == [0, 300, 1_800, 3_000]
    assert [timetable.stage(number) for number in (0, 299, 300, 1_799, 1_800, 2_999)] == [0, 0, 1, 1, 2, 2]
    assert timetable.due_s(300) == ZERO_S + 60
    assert timetable.arrivals_within(240) == 3_000


def test_a_ramp_has_its_rate_at_each_time() -> None:
    timetable = timetable_of(open_loop((5, 20, 120)), 7)
    due_s = np.array([timetable.due_s(number) for number in range(1_500)], float) - ZERO_S
    middle_s, rate = (due_s[1:] + due_s[:-1]) / 2, 1 / np.diff(due_s)
    assert rate == pytest.approx(5 + 15 * middle_s / 120, rel=0.01)


@given(st.integers(0, 2**53), st.sampled_from(["poisson", "gamma", "constant"]))
def test_an_arrival_is_in_the_stage_in_whose_time_it_is_due(seed: int, arrivals: str) -> None:
    timetable = timetable_of(open_loop(*STAGES, arrivals=arrivals, burstiness=0.5), seed)
    bounds = [ZERO_S, ZERO_S + 60, ZERO_S + 180, ZERO_S + 240]
    for stage in range(3):
        first, after = timetable.first_of(stage), timetable.first_of(stage + 1)
        assert [timetable.stage(number) for number in (first, after - 1)] == [stage, stage]
        for number in (first, after - 1):
            due_s = timetable.due_s(number)
            assert due_s is not None
            assert bounds[stage] - 1e-6 <= due_s <= bounds[stage + 1] + 1e-6
    assert timetable.arrivals_within(240) == timetable.first_of(3)


def test_stages_of_poisson_arrivals_have_as_many_as_their_rates_make() -> None:
    counts = []
    for seed in range(200):
        timetable = timetable_of(open_loop(*STAGES, arrivals="poisson"), seed)
        firsts = [timetable.first_of(stage) for stage in range(4)]
        counts.append(np.diff(firsts))
    # 300, 1,500 and 1,200 are expected, with Poisson's spread: four standard errors of the mean of 200.
    expected = np.array([300, 1_500, 1_200])
    assert np.all(np.abs(np.mean(counts, axis=0) - expected) < 4 * np.sqrt(expected / 200))
    assert np.var(counts, axis=0) / expected == pytest.approx(1, abs=0.45)


@pytest.fixture
def trace(tmp_path: Path) -> str:
    path = tmp_path / "trace.csv"
    path.write_text("offset_s,audio_s\n0.5,1\n0,2\n0.5,3\n7,1\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("speed", [1.0, 2.0, 0.1])
def test_a_trace_is_due_as_it_came_so_many_times_as_fast(trace: str, speed: float) -> None:
    timetable = timetable_of(replace(open_loop(), trace=Trace(file=trace, speed=speed)), 7)
    due_s = [timetable.due_s(number) for number in range(4)]
    assert due_s == [ZERO_S, ZERO_S + 0.5 / speed, ZERO_S + 0.5 / speed, ZERO_S + 7 / speed]
    assert [timetable.arrivals_within(after / speed) for after in (0, 0.5, 0.50001, 7, 8, math.inf)] == [
        0,
        1,
        3,
        3,
        4,
        4,
    ]
    assert (timetable.stage(0), timetable.first_of(0), timetable.first_of(1)) == (None, 0, 4)


def test_after_a_trace_nothing_is_ever_due(trace: str) -> None:
    timetable = timetable_of(replace(open_loop(), trace=Trace(file=trace, speed=1.0)), 7)
    assert [timetable.due_s(number) for number in (4, 10**9)] == [math.inf, math.inf]

"""What plots over the time of a run have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stt_load.html import timeline
from stt_load.html.plot import Band, Line
from stt_load.report.messages import Messages
from stt_load.samples.generator import Stall
from stt_load.samples.run_info import ClosedLoop, Stage
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.storage.run_record import RunRecord
from tests.factory import AT_A_RATE, joined, table
from tests.report.runs import HEALTHY, run_of, steady

EN = Messages("en")


def bands(run: RunRecord) -> tuple[Band, ...]:
    return timeline.bands(EN, run, timeline.rows_of(run))


def stage_lines(run: RunRecord) -> tuple[Line, ...]:
    return timeline.stage_lines(EN, run, timeline.rows_of(run))


def staged(samples: Samples, stage: int) -> Samples:
    rows = samples.rows.copy()
    rows["stage"] = stage
    return Samples(rows)


def stages(count: int, rate: float = 8.0) -> tuple[Stage, ...]:
    return tuple(Stage(first=rate, last=rate + number, for_s=10.0) for number in range(count))


def two_stages() -> Samples:
    return joined(
        staged(table([1.0, 2.0], 0.5, phase=Phase.SETTLING), 0),
        staged(table([3.0, 4.0, 10.9], 0.5, first_seq=2), 0),
        staged(table([11.0, 12.0], 0.5, phase=Phase.SETTLING, first_seq=5), 1),
        staged(table([14.0, 15.0], 0.5, first_seq=7), 1),
    )


def test_repetitions_and_second_results_are_no_part_of_it() -> None:
    outside = table([-9.0], 0.5, phase=Phase.OUTSIDE, first_seq=100)
    found = timeline.rows_of(run_of(joined(steady(), outside)))
    assert len(found) == 100
    assert np.all(np.diff(found["start_s"]) >= 0)


def test_the_axis_says_where_it_begins() -> None:
    assert timeline.axis(EN, run_of(steady())).label == "Seconds since measuring began"
    assert timeline.axis(EN, run_of(steady(), barrier_s=None)).label == "Seconds since the run began"


def test_the_warm_up_is_shaded_up_to_the_barrier() -> None:
    (band,) = bands(run_of(steady(warmup=10)))
    assert (band.name, band.first, band.last, band.role) == ("Warm-up", -2.0, 0.0, "warmup")
    assert bands(run_of(steady(warmup=0))) == ()


def test_a_warm_up_that_never_ended_is_shaded_to_its_last_end() -> None:
    (band,) = bands(run_of(table([1.0, 2.0], 0.5, phase=Phase.WARMUP), barrier_s=None))
    assert (band.first, band.last) == (1.0, 2.5)


def test_what_settles_is_shaded_up_to_the_first_measured_request_of_its_stage() -> None:
    load = replace(AT_A_RATE, staged=True, stages=stages(2))
    found = bands(run_of(two_stages(), load=load))
    assert [(band.first, band.last) for band in found] == [(1.0, 3.0), (11.0, 14.0)]
    assert {band.name for band in found} == {"Settling, in no figure"}


def test_a_stage_that_only_settled_is_shaded_to_its_last_start() -> None:
    load = replace(AT_A_RATE, staged=True, stages=stages(1))
    settled = staged(table([1.0, 2.0], 0.5, phase=Phase.SETTLING), 0)
    assert [(band.first, band.last) for band in bands(run_of(settled, load=load))] == [(1.0, 2.0)]


def test_a_line_stands_where_each_stage_begins() -> None:
    load = replace(AT_A_RATE, staged=True, stages=stages(3))
    found = stage_lines(run_of(two_stages(), load=load))
    assert [(line.name, line.at) for line in found] == [("Stage 1: 8/s", 1.0), ("Stage 2: 8–9/s", 11.0)]
    assert all(line.stands and line.role == "stage" for line in found)


def test_stages_of_users_say_users_and_many_stages_their_numbers() -> None:
    of_users = ClosedLoop(users=9, request_delay_s=0.0, stages=stages(2))
    assert stage_lines(run_of(two_stages(), load=of_users))[0].name == "Stage 1: 8 users"
    many = ClosedLoop(users=9, request_delay_s=0.0, stages=stages(9))
    assert [line.name for line in stage_lines(run_of(two_stages(), load=many))] == ["1", "2"]


def test_without_stages_there_is_no_line() -> None:
    assert stage_lines(run_of(steady())) == ()
    assert stage_lines(run_of(steady(), load=AT_A_RATE)) == ()


def test_stalls_that_overlap_are_one_band() -> None:
    stalls = (Stall(0, 1.0, 1.2), Stall(1, 1.1, 1.5), Stall(0, 1.15, 1.3), Stall(0, 4.0, 4.1))
    run = run_of(steady(warmup=0), generator=replace(HEALTHY, stalls=stalls))
    found = bands(run)
    assert [(band.first, band.last, band.role) for band in found] == [(1.0, 1.5, "stall"), (4.0, 4.1, "stall")]
    assert {band.name for band in found} == {"Stall of the load generator"}


def test_of_many_stalls_the_longest_are_marked() -> None:
    stalls = (*(Stall(0, float(number), number + 0.05) for number in range(400)), Stall(0, 500.0, 503.0))
    found = bands(run_of(steady(warmup=0), generator=replace(HEALTHY, stalls=stalls)))
    assert len(found) == timeline.MOST_STALLS
    assert (found[-1].first, found[-1].last) == (500.0, 503.0)


@pytest.mark.parametrize(
    ("ends_s", "named"),
    [
        ([-0.43, 0.0, 5.0, 12.34], ["-0.43 to 0 s", "0 to 5 s", "5 to 12.34 s"]),
        ([-2.43, 0.0, 5.0, 12.34], ["-2.4 to 0 s", "0 to 5 s", "5 to 12.3 s"]),
        ([3_600.0, 7_200.0, 1e6], ["3600 to 7200 s", "7200 to 1000000 s"]),
        ([], []),
    ],
)
def test_intervals_are_named_by_their_ends(ends_s: list[float], named: list[str]) -> None:
    assert timeline.names(EN, np.asarray(ends_s)) == named


def test_intervals_reach_from_the_first_start_to_the_last_end() -> None:
    found = timeline.intervals(table([-1.0, 3.0], [0.5, 2.0]), 10)
    assert (found[0], found[-1]) == (-1.0, 5.0)
    assert len(timeline.intervals(table([], []), 10)) == 0

"""The figures of each stage of a load's profile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from stt_load.samples.run_info import ClosedLoop, Stage
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.blocks import Requests
from stt_load.stats.stages import staged, stages
from stt_load.stats.summary import summarise
from tests.factory import AT_A_RATE, NO_PAUSE, joined, table
from tests.stats.judging import EMPTY, OBSERVED

FIVE_THEN_TWENTY = replace(
    AT_A_RATE,
    staged=True,
    stages=(Stage(first=5, last=5, for_s=60), Stage(first=5, last=20, for_s=60), Stage(first=20, last=20, for_s=60)),
)


def rows(stage: int, due_s: npt.ArrayLike, of_s: npt.ArrayLike, phase: Phase = Phase.MEASURED) -> Samples:
    found = table(due_s, of_s, phase=phase)
    found.rows["stage"] = stage
    return found


def test_stages_by_hand() -> None:
    """Settling from 0 to 2, measured from 2 to 10; the next stage from 10 on, of which the last is due at 19."""
    run = joined(
        rows(0, [0.0, 1.0], 4.0, Phase.SETTLING),  # these end at 4 and 5, inside the window of their stage
        rows(0, np.arange(2.0, 10.0), [1.0, 1, 1, 1, 1, 1, 1, 6]),  # the last one ends in the next stage
        rows(1, [10.0], 1.0, Phase.SETTLING),  # ends before its stage is measured
        rows(1, np.arange(12.0, 20.0), 3.0),  # the last three end after the end
    ).in_order()
    first, second, third = stages(run, FIVE_THEN_TWENTY)
    assert (first.kind, first.stage, first.first, first.last, first.settling) == ("rate", 0, 5, 5, 2)
    assert (first.from_s, first.to_s) == (2.0, 10.0)
    assert first.figures.requests == Requests(8, 8, 0, 0)
    assert first.figures.throughput_rps == (2 + 7) / 8, "those that settle and end in it count, too"
    assert (first.figures.offered_rps, first.figures.median_s, first.figures.p95_s) == (1.0, 1.0, 6.0)
    assert (second.stage, second.first, second.last, second.settling) == (1, 5, 20, 1)
    assert (second.from_s, second.to_s) == (12.0, 19.0)
    assert second.figures.throughput_rps == (5 + 1) / 7, "the one of the stage before that ends at 15 is one of them"
    assert second.figures.offered_rps == 1.0
    assert (third.from_s, third.to_s, third.figures.requests.total) == (None, None, 0), "the run did not come to it"
    assert (third.figures.throughput_rps, third.figures.offered_rps, third.figures.p95_s) == (None, None, None)


def test_rows_belong_to_the_stage_of_their_due_instant() -> None:
    """However late they were sent, and whenever they ended."""
    run = joined(rows(0, np.arange(10.0), 100.0), rows(1, np.arange(10.0, 20.0), 1.0))
    first, second, _ = stages(run, FIVE_THEN_TWENTY)
    assert (first.figures.median_s, second.figures.median_s) == (100.0, 1.0)
    assert (first.figures.throughput_rps, second.figures.throughput_rps) == (0.0, 1.0)


def test_failures_end_nothing_and_are_in_the_requests() -> None:
    run = rows(0, np.arange(10.0), 0.5)
    run.rows["error_kind"][:4] = [*ErrorKind].index(ErrorKind.DROPPED) + 1
    first, *_ = stages(run, FIVE_THEN_TWENTY)
    assert (first.figures.requests, first.figures.throughput_rps) == (Requests(10, 6, 4, 0), 5 / 9)
    assert first.figures.offered_rps == 1.0


def test_a_ramp_is_kept_up_with_or_not_by_nobodys_rule() -> None:
    run = joined(rows(0, np.arange(30.0), 1.0), rows(1, np.arange(30.0, 60.0), 1.0))
    assert [level.saturation is not None for level in stages(run, FIVE_THEN_TWENTY)] == [True, False, False]


def test_stages_of_users_have_no_rate_that_was_offered() -> None:
    load = ClosedLoop(
        users=4, request_delay_s=0.0, stages=(Stage(first=1, last=1, for_s=10), Stage(first=1, last=4, for_s=10))
    )
    run = joined(rows(0, np.arange(10.0), 1.0), rows(1, np.arange(10.0, 20.0), 1.0))
    first, second = stages(run, load)
    assert (first.kind, first.first, second.last) == ("users", 1, 4)
    assert (first.figures.offered_rps, first.figures.throughput_rps, first.saturation) == (None, 1.0, None)


def test_one_instant_is_no_time() -> None:
    first, *_ = stages(rows(0, [1.0], 1.0), FIVE_THEN_TWENTY)
    assert (first.from_s, first.to_s, first.figures.throughput_rps, first.figures.mean_s) == (1.0, 1.0, None, 1.0)


def test_every_stage_has_its_row_whatever_the_run_came_to() -> None:
    assert [one.stage for one in stages(EMPTY, FIVE_THEN_TWENTY)] == [0, 1, 2]


def test_only_what_was_asked_for_is_a_stage() -> None:
    assert [staged(load) for load in (NO_PAUSE, AT_A_RATE, FIVE_THEN_TWENTY)] == [False, False, True]


def test_a_profile_has_its_stages_in_place_of_numbers_of_users() -> None:
    run = joined(rows(0, np.arange(10.0), 1.0), rows(1, np.arange(10.0, 20.0), 1.0))
    run.rows["users"] = np.arange(20) // 5 + 1
    assert [one.stage for one in summarise(run, users=4, load=FIVE_THEN_TWENTY, generator=OBSERVED).levels] == [
        0,
        1,
        2,
    ]
    assert summarise(run, users=4, load=AT_A_RATE, generator=OBSERVED).levels == (), "slots are no load"
    assert [one.first for one in summarise(run, users=4, load=NO_PAUSE, generator=OBSERVED).levels] == [1, 2, 3, 4]


def test_latencies_of_different_stages_are_no_drift() -> None:
    slow, fast = rows(0, np.arange(500.0), 9.0), rows(1, np.arange(500.0, 1_000.0), 1.0)
    samples = joined(slow, fast)
    names = {
        load.staged: {one.name for one in summarise(samples, users=1, load=load, generator=OBSERVED).findings}
        for load in (AT_A_RATE, FIVE_THEN_TWENTY)
    }
    assert "drift" in names[False]
    assert "drift" not in names[True]

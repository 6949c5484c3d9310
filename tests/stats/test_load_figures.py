"""How much went through in which time, of a plain run and of one with stages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stt_load.samples.run_info import ClosedLoop, Load, Stage
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.slo.conditions import each
from stt_load.stats.findings import findings
from stt_load.stats.load_figures import load_figures
from stt_load.stats.rates import Span
from stt_load.stats.stages import spans, stages
from stt_load.stats.summary import summarise
from tests.factory import AT_A_RATE, joined, table
from tests.stats.judging import OBSERVED
from tests.stats.test_stages import FIVE_THEN_TWENTY, rows

OF_USERS = ClosedLoop(
    users=4, request_delay_s=0.0, stages=(Stage(first=1, last=1, for_s=10), Stage(first=1, last=4, for_s=10))
)
TWO_STAGES = joined(
    rows(0, [0.0, 1.0], 4.0, Phase.SETTLING),  # these end at 4 and 5, inside the window of their stage
    rows(0, np.arange(2.0, 10.0), [1.0, 1, 1, 1, 1, 1, 1, 6]),  # the last one ends in the next stage
    rows(1, [10.0, 11.0], [1.0, 1.0], Phase.SETTLING),  # are over when their stage is measured
    rows(1, np.arange(12.0, 20.0), 3.0),  # the last three end after the end
).in_order()
"""Measured from 2 to 10 and from 12 to 19."""


@pytest.mark.parametrize("load", [FIVE_THEN_TWENTY, OF_USERS])
def test_rates_of_stages_are_over_their_windows_and_not_over_what_settles_between_them(load: Load) -> None:
    run = TWO_STAGES.where(slice(None))
    run.rows["audio_s"] = 2.0
    found = summarise(run, users=1, load=load, generator=OBSERVED).metrics
    assert (found.window_s, found.drain_s) == (8.0 + 7.0, 3.0)
    assert found.throughput_rps == found.steady_rps == (9 + 6) / 15, "as the stages have it, added up"
    assert found.audio_throughput == 2 * found.throughput_rps
    # 2 + 3 s of what settled, 7 of 1 s, 1 of the last one. Then 3 of that one, 5 times 3, 2 and 1 s.
    assert found.in_flight == pytest.approx((2 + 3 + 7 + 1 + 3 + 5 * 3 + 2 + 1) / 15)
    parts = stages(run, load)
    assert found.throughput_rps == sum(
        (one.figures.throughput_rps or 0.0) * span.length_s for one, span in zip(parts, spans(parts), strict=False)
    ) / sum(span.length_s for span in spans(parts))


def test_good_ones_of_stages_are_those_that_ended_in_their_windows() -> None:
    measured = TWO_STAGES.phase(Phase.MEASURED)
    windows = spans(stages(TWO_STAGES, FIVE_THEN_TWENTY))
    good = each("response_time_s < 3.5")
    found = load_figures(measured, 1, FIVE_THEN_TWENTY, good, rows=TWO_STAGES, spans=windows)
    assert found["goodput_rps"] == (7 + 5) / 15
    assert found["goodput_ratio"] == 15 / 16, "of all that were measured"


def test_answers_that_settle_a_stage_and_are_not_scored_are_as_good_as_the_others() -> None:
    """One of 13 measured ones that ended in the windows is wrong: of all 15 as large a part is good."""
    run = Samples(TWO_STAGES.rows.copy())
    measured = run.rows["phase"] == Phase.MEASURED
    run.rows["words"] = np.where(measured, 10, 0)
    for name in ("substitutions", "deletions", "insertions"):
        run.rows[name] = 0
    windows = spans(stages(run, FIVE_THEN_TWENTY))

    def goodput() -> float:
        found = load_figures(
            run.phase(Phase.MEASURED), 1, FIVE_THEN_TWENTY, each("wer < 0.2"), rows=run, spans=windows
        )
        assert isinstance(found["goodput_rps"], float)
        return found["goodput_rps"]

    assert goodput() == 15 / 15, "as the throughput"
    run.rows["deletions"][np.flatnonzero(measured)[0]] = 5
    assert goodput() == pytest.approx(12 / 13)


def test_a_plain_run_has_one_window() -> None:
    measured = table(np.arange(10.0), 1.0)
    found = load_figures(measured, 1, AT_A_RATE, each("response_time_s < 2"), rows=measured)
    assert (found["window_s"], found["throughput_rps"], found["goodput_rps"]) == (10.0, 1.0, 1.0)
    assert (found["goodput_ratio"], found["in_flight"], found["offered_rps"]) == (1.0, 1.0, 1.0)


def test_windows_of_no_length_are_none() -> None:
    measured = rows(0, [1.0], 1.0)
    found = load_figures(measured, 1, FIVE_THEN_TWENTY, None, rows=measured, spans=[Span(1.0, 1.0)])
    assert (found["window_s"], found["throughput_rps"], found["goodput_rps"]) == (1.0, 1.0, None)


def test_the_end_of_the_last_stage_is_no_tail() -> None:
    """One request that hangs for a minute."""
    run = joined(rows(0, np.arange(30.0), 1.0), rows(1, [30.0, 31.0], [60.0, 1.0]))
    measured = run.in_order()
    assert "tail" in [one.name for one in findings(measured, 1, load=AT_A_RATE)]
    assert "tail" not in [one.name for one in findings(measured, 1, load=FIVE_THEN_TWENTY)]
    assert "tail" not in [one.name for one in findings(measured, 1, load=OF_USERS)]


def test_a_stage_that_is_not_kept_up_with_is_named_with_the_rate_that_it_was_offered() -> None:
    """One a second, then two, of which the service does one."""
    slow = np.arange(1_000.0, 2_000.0, 0.5)
    run = joined(rows(0, np.arange(1_000.0), 0.5), rows(1, slow, (slow - 1_000) / 2 + 1))
    load = replace(
        FIVE_THEN_TWENTY, stages=(Stage(first=1, last=1, for_s=1_000), Stage(first=2, last=2, for_s=1_000))
    )
    summary = summarise(run, users=1, load=load, generator=OBSERVED)
    (finding,) = [one for one in summary.findings if one.name == "over_saturated"]
    assert finding.values["offered_rps"] == pytest.approx(2)
    assert finding.values["arrivals"] == 2_000

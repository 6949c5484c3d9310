"""The axis of seconds, and the limits that are drawn across it."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.html.axes import limits, seconds_axis
from tests.factory import table
from tests.report.runs import run_of


def test_values_that_are_near_each_other_start_at_zero() -> None:
    axis = seconds_axis("Time (s)", np.asarray([0.5, 0.6]), np.asarray([2.0, np.nan]))
    assert (axis.label, axis.quantity, axis.scale, axis.least) == ("Time (s)", "s", "linear", 0.0)


def test_one_that_is_far_from_the_others_makes_it_logarithmic() -> None:
    axis = seconds_axis("Time (s)", np.full(100, 0.5), np.asarray([300.0, np.inf]))
    assert (axis.scale, axis.least) == ("log", None)


@pytest.mark.parametrize("values", [[0.0, 0.1, 0.1, 90.0], [-0.1, 0.1, 0.1, 90.0], [np.nan], []])
def test_what_has_no_logarithm_is_linear(values: list[float]) -> None:
    assert seconds_axis("Time (s)", np.asarray(values, dtype=float)).scale == "linear"


def test_limits_are_those_of_the_figure_in_seconds_by_their_own_words() -> None:
    asked = Config(
        slo=["p95(response_time_s) < 2 s", "error_rate < 1%", "p99(service_time_s) < 900 ms", "max(rtf) < 1"]
    )
    run = run_of(table(np.arange(50.0), 0.5), asked)
    assert [(line.name, line.at, line.stands, line.role) for line in limits(run, "response_time_s")] == [
        ("p95(response_time_s) < 2 s", 2.0, False, "limit")
    ]
    assert [line.at for line in limits(run, "service_time_s")] == [0.9]
    assert limits(run, "rtf") == limits(run, "ttft_s") == ()

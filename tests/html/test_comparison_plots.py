"""What is drawn of a comparison, as data."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stt_load.html.comparison_plots import close, distribution, dots, every_intent_s
from stt_load.html.plot import Plot
from stt_load.html.scales import extent, ticks
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from tests.factory import table
from tests.report.comparisons import ERRORS, ONE, P95, SIX, WER
from tests.report.runs import run_of, steady

SAY = Messages("en")


def rows(times_s: list[float], kinds: list[ErrorKind | None] | None = None) -> Samples:
    return table(np.arange(len(times_s), dtype=float), times_s, kind=kinds)


def plot_of(one: object, found: object = SIX) -> Plot:
    return dots(SAY, found, one, "id")  # type: ignore[arg-type]


def test_failed_requests_are_beyond_all_others() -> None:
    kinds = [ErrorKind.SHED if number % 4 == 0 else None for number in range(100)]
    run = run_of(rows([0.5] * 100, kinds))
    assert np.isinf(every_intent_s(run)).sum() == 25
    plot = distribution(SAY, [run], [run])
    assert plot is not None
    assert {one.x[-1] for one in plot.series} == {0.75}
    assert {value for one in plot.series for value in one.y.tolist()} == {0.5}


def test_warm_up_is_in_no_curve() -> None:
    assert len(every_intent_s(run_of(steady(90, warmup=10)))) == 90


def test_nothing_measured_has_no_curve() -> None:
    assert distribution(SAY, [run_of(rows([]))], [run_of(rows([]))]) is None


def test_a_line_for_each_run_and_its_quantiles_behind_it() -> None:
    base = [run_of(steady(response_s=0.5), path=Path(f"<b>{number}.json")) for number in range(3)]
    plot = distribution(SAY, base, [run_of(steady(response_s=0.7), path=Path("next.json"))])
    assert plot is not None
    assert [(one.name, one.role) for one in plot.series] == [("Baseline", "main")] * 3 + [("Candidate", "second")]
    assert plot.series[-1].y.tolist() == pytest.approx([0.7] * len(plot.series[-1].x))
    assert plot.table.rows[0][:4] == ("<b>0.json", "Baseline", "0.500", "0.500")
    assert plot.table.rows[3] == ("next.json", "Candidate", "0.700", "0.700", "0.700", "0.700", "n/a")


def test_a_dot_for_each_run_in_their_order_and_the_means() -> None:
    plot = plot_of(P95)
    base, base_mean, next_, next_mean = plot.series
    assert base.x.tolist() == [1, 2, 3, 4, 5, 6]
    assert base.y.tolist() == list(P95.baseline)
    assert next_.x.tolist() == [7, 8, 9, 10, 11, 12]
    assert next_.y.tolist() == list(P95.candidate)
    assert (base.role, next_.role) == ("main", "second")
    assert base_mean.y.tolist() == [0.5, 0.5]
    assert next_mean.y.tolist() == [0.56, 0.56]
    assert base_mean.x[-1] < 7 > base.x[-1]
    assert plot.y.least is not None
    assert plot.y.most is not None
    assert plot.y.least < min(P95.baseline)
    assert plot.y.most > max(P95.candidate)
    assert plot.table.rows[0] == ("runs/base_1.json", "Baseline", "0.490 s")


def test_a_run_without_a_value_has_no_dot() -> None:
    plot = plot_of(WER)
    candidate = next(one for one in plot.series if one.name == "Candidate")
    assert [math.isnan(value) for value in candidate.y] == [False, True, True, False, False, False]
    assert plot.y.quantity == "share"
    assert plot.table.rows[7][2] == "n/a"


def test_an_axis_of_shares_has_room_for_dots_at_nothing_and_no_tick_below() -> None:
    y = plot_of(ERRORS).y
    assert y.least is not None
    assert y.most is not None
    assert -0.0002 < y.least < 0 < 0.002 < y.most < 0.003
    places = ticks(extent(y, np.array([0.0, 0.002]), upright=True), y.quantity, 5)
    assert min(tick.value for tick in places) == 0.0
    few = plot_of(replace(ERRORS, baseline=(0.00005,) * 6, candidate=(0.002,) * 6)).y
    assert few.least == 0.0


def test_values_that_are_all_the_same_stand_in_the_middle() -> None:
    y = close("x", "s", 0.5, 0.5)
    assert (y.least, y.most) == (0.25, 0.75)


def test_one_run_a_side_has_no_mean() -> None:
    assert [one.form for one in plot_of(ONE.differences[0], ONE).series] == ["points", "points"]


@pytest.mark.parametrize(
    ("unit", "metric", "quantity", "label"),
    [
        ("s", "ttft_s.p95", "s", "ttft_s.p95 (s)"),
        ("rps", "steady_rps", "rps", "steady_rps (/s)"),
        ("ratio", "accuracy.cer", "share", "cer (%)"),
        ("ratio", "rtf.p95", "ratio", "rtf.p95"),
        ("count", "dropped", "count", "dropped"),
    ],
)
def test_axes_have_units(unit: str, metric: str, quantity: str, label: str) -> None:
    y = plot_of(replace(P95, unit=unit, metric=metric)).y  # type: ignore[arg-type]
    assert (y.quantity, y.label) == (quantity, label)

"""Distributions as curves over shares."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.html import tail_curve
from stt_load.html.plot import Series
from stt_load.report.messages import Messages
from stt_load.samples.table import FloatArray
from stt_load.stats.quantiles import quantile

EN = Messages("en")


def at(series: Series, share: float) -> float:
    """What the steps are at just below `share`, where the nearest rank of it is."""
    return float(series.y[np.searchsorted(series.x, share - 1e-9, side="right") - 1])


def test_each_value_is_a_step_that_begins_where_the_one_below_ends() -> None:
    found = tail_curve.curve("all", np.asarray([3.0, 1.0, 2.0, 4.0]))
    assert found.form == "steps"
    assert found.x.tolist() == [0.0, 0.25, 0.5, 0.75, 0.995]
    assert found.y.tolist() == [1.0, 2.0, 3.0, 4.0, 4.0]


@pytest.mark.parametrize("n", [1, 7, 100, 1_000])
def test_at_every_share_it_is_the_nearest_rank(n: int) -> None:
    values = np.random.default_rng(n).exponential(1.0, n)
    found = tail_curve.curve("all", values)
    assert all(at(found, p) == quantile(values, p) for p in (0.01, 0.25, 0.5, 0.9, 0.95, 0.99))


def test_where_steps_are_left_out_it_is_the_nearest_rank_of_a_share_close_by() -> None:
    found = tail_curve.curve("all", np.arange(10_000.0))
    for p in (0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999):
        assert at(found, p) / 10_000 == pytest.approx(p, abs=0.012 * (1 - p) + 1e-4)
        assert at(found, p) < 10_000 * p


def test_many_values_make_few_steps_and_the_tail_keeps_each() -> None:
    values = np.random.default_rng(1).exponential(1.0, 100_000)
    found = tail_curve.curve("all", values)
    assert len(found.x) < 1_000
    assert found.y[0] == values.min()
    largest = np.sort(values)[-30:]
    assert set(largest.tolist()) <= set(found.y.tolist())
    assert np.all(np.diff(found.x) > 0)
    assert np.all(np.diff(found.y) >= 0)


def test_it_ends_where_the_requests_that_failed_begin() -> None:
    found = tail_curve.curve("all", np.asarray([np.inf, 1.0, 2.0, np.inf]))
    assert found.x.tolist() == [0.0, 0.25, 0.5]
    assert found.y.tolist() == [1.0, 2.0, 2.0]


@pytest.mark.parametrize("values", [np.empty(0), np.asarray([np.inf, np.inf])])
def test_without_a_value_there_is_no_curve(values: FloatArray) -> None:
    assert len(tail_curve.curve("all", values).x) == 0


def test_the_axis_has_p99_and_the_largest_value_on_it() -> None:
    few, many = tail_curve.axis(EN, 30), tail_curve.axis(EN, 10_000)
    assert (few.scale, few.quantity, few.least) == ("tail", "share", 0.0)
    assert few.most == 0.995
    assert many.most == pytest.approx(1 - 0.5e-4)


def test_the_marks_lie_on_the_curve_and_say_their_figures() -> None:
    values = np.arange(1, 201) / 100
    points, lines = tail_curve.marks(EN, values)
    assert (points.x.tolist(), points.y.tolist()) == ([0.5, 0.95, 0.99], [1.0, 1.9, 1.98])
    assert [(line.name, line.at, line.stands) for line in lines] == [
        ("P50: 1.000 s", 0.5, True),
        ("P95: 1.900 s", 0.95, True),
        ("P99: 1.980 s", 0.99, True),
    ]
    curve = tail_curve.curve("all", values)
    assert all(at(curve, x) == y for x, y in zip(points.x.tolist(), points.y.tolist(), strict=True))


def test_the_table_has_the_same_in_numbers() -> None:
    found = tail_curve.table(EN, "Times", {"a": np.arange(1, 101) / 100, "b": np.asarray([0.5])})
    assert found.heads == ("Quantile", "a", "b")
    assert found.rows[0] == ("Min", "0.010", "0.500")
    assert found.rows[-2:] == (("P99", "0.990", "0.500"), ("Max", "1.000", "0.500"))


def test_below_a_thousand_there_is_no_p999() -> None:
    assert "P99.9" not in tail_curve.shares_of(999)
    assert tail_curve.shares_of(1_000)["P99.9"] == 0.999

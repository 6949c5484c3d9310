"""What of the axes is seen."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.html.area import names, seen
from stt_load.html.plot import Band, Line
from tests.html.plots import axis, plot, series


def test_a_limit_near_the_values_is_seen_and_one_far_above_is_not() -> None:
    rows = series([1, 2], [1.0, 1.2])
    assert seen(plot(rows, lines=(Line(name="near", at=2.9),))).y.high >= 2.9
    assert seen(plot(rows, lines=(Line(name="far", at=60.0),))).y.high < 3


def test_where_there_are_no_values_a_limit_is_seen() -> None:
    assert seen(plot(series([], []), lines=(Line(name="far", at=60.0),))).y.high >= 60


def test_bars_have_room_on_either_side() -> None:
    area = seen(plot(series([1, 2, 3], [1, 2, 3], form="bars")))
    assert area.x.low <= 0.5
    assert area.x.high >= 3.5
    assert area.bar == pytest.approx(0.8 / (area.x.high - area.x.low))


def test_bars_on_a_logarithmic_axis_are_as_wide_as_their_distance_there() -> None:
    area = seen(plot(series([1, 10, 100], [1, 2, 3], form="bars"), x=axis("count", "log")))
    assert area.bar * (area.x.high - area.x.low) == pytest.approx(0.8)


def test_one_bar_or_none_with_a_number_is_no_fault() -> None:
    for middles in ([5.0], [5.0, np.nan], [np.nan], []):
        assert 0 < seen(plot(series(middles, np.ones(len(middles)), form="bars"))).bar <= 1


def test_bars_rise_from_0_and_on_a_logarithmic_axis_from_its_end() -> None:
    assert seen(plot(series([1, 2], [-5.0, 5.0]))).floor == pytest.approx(0.5)
    assert seen(plot(series([1, 2], [5.0, 50.0]), y=axis(scale="log"))).floor == 0.0


def test_names_at_the_top_take_at_most_a_third_of_the_height_from_the_values() -> None:
    stages = tuple(Line(name=f"A stage with a name {n}", at=50.0, stands=True, role="stage") for n in range(30))
    area = seen(plot(series([0, 100], [5.0, 5.0]), lines=stages))
    assert 0.5 < area.y.place(5.0) <= 0.7


def test_a_limit_that_is_not_seen_is_named_with_an_arrow() -> None:
    drawn = plot(series([1, 2], [1.0, 1.2]), lines=(Line(name="far", at=60.0),))
    (named,) = names(seen(drawn), drawn)
    assert (named.name, named.beyond, named.y_px) == ("far", "↑", 0.0)


def test_a_stage_that_began_before_the_plot_is_named_at_its_left_end() -> None:
    stage = Band(name="Stage 1", first=-50, last=50, role="stage")
    drawn = plot(series([0, 100], [1, 2]), x=axis(least=0.0, most=100.0), bands=(stage,))
    (named,) = names(seen(drawn), drawn)
    assert (named.x, named.until) == (0.0, 0.5)


def test_what_lies_outside_is_not_named() -> None:
    drawn = plot(
        series([0, 100], [1, 2]),
        x=axis(least=0.0, most=100.0),
        bands=(Band(name="Stage 9", first=150, last=250, role="stage"),),
        lines=(Line(name="P99", at=200.0, stands=True),),
    )
    assert names(seen(drawn), drawn) == []

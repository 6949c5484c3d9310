"""What the script is given."""

from __future__ import annotations

import json

import numpy as np
import pytest

from stt_load.html.interactive import data
from stt_load.html.plot import Band, Line
from tests.html.plots import GALLERY, axis, latency_over_time, plot, series


def test_it_has_the_values_and_null_where_there_is_none() -> None:
    found = json.loads(data(plot(series([0, 1, 2], [1.5, np.nan, np.inf], form="line", name="P95", role="second"))))
    assert found["series"] == [
        {"name": "P95", "form": "line", "role": "second", "x": [0, 1, 2], "y": [1.5, None, None]}
    ]


def test_nothing_in_it_ends_its_element() -> None:
    hostile = "</script><script>alert(1)</script><!--&amp;\u2028"
    drawn = plot(
        series([1], [1], name=hostile),
        x=axis(label=hostile),
        lines=(Line(name=hostile, at=1.0),),
        bands=(Band(name=hostile, first=0, last=1, role="stage"),),
    )
    text = data(drawn)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["x"]["label"].startswith("</script><script>")


def test_lines_and_bands_that_are_nowhere_are_left_out() -> None:
    drawn = plot(
        series([1], [1]),
        lines=(Line(name="no", at=np.nan), Line(name="yes", at=1.0)),
        bands=(Band(name="no", first=0, last=np.inf, role="stall"),),
    )
    found = json.loads(data(drawn))
    assert [line["name"] for line in found["lines"]] == ["yes"]
    assert found["bands"] == []


@pytest.mark.parametrize("made", GALLERY)
def test_values_are_so_exact_that_no_screen_tells_them_apart(made: object) -> None:
    drawn = made()  # type: ignore[operator]
    found = json.loads(data(drawn))
    for row, saved in zip(drawn.series, found["series"], strict=True):
        for values, written in ((row.x, saved["x"]), (row.y, saved["y"])):
            back = np.array([np.nan if value is None else value for value in written], dtype=float)
            seen = np.nanmax(values) - np.nanmin(values)
            assert np.nanmax(np.abs(back - values)) <= seen / 10_000
            assert (np.isnan(back) == np.isnan(values)).all()


def test_the_last_of_a_hundred_thousand_shares_is_still_below_all() -> None:
    share = 1 - 1e-5 / 2
    found = json.loads(data(plot(series([0.5, share], [1, 2], form="line"), x=axis("share", "tail"))))
    assert found["series"][0]["x"][1] == pytest.approx(share, abs=1e-8)
    assert found["x"]["high"] > 5


def test_five_thousand_rows_take_less_than_100_kb() -> None:
    assert len(data(latency_over_time(5_000)).encode()) < 100_000

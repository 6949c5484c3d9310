"""Plots with as many points as the eye can tell apart, and a sentence that says how many were left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from stt_load.html.area import Area, seen
from stt_load.html.plot import Plot, Series
from stt_load.report.messages import Messages
from stt_load.samples.table import BoolArray, FloatArray

MOST = 5_000
"""Points of a plot, all series together."""
MOST_OF_A_LINE = 2_000
"""Points of a line: for each of 500 columns four, by which it looks as by all of them."""
LEAST_OF_A_LINE = 200
MOST_FAILURES = 250
"""So many are all kept; more of them are thinned as others are, which they would crowd out."""
COLUMNS, ROWS = 120, 40
"""The cells by which points are chosen."""

IntArray = npt.NDArray[np.int64]


def thinned(say: Messages, plot: Plot) -> Plot:
    """The plot with about `MOST` points, and what was left out said in `thinned`; as it is where it has no more."""
    if sum(series.x.size for series in plot.series) <= MOST:
        return plot
    area = seen(plot)
    lines = sum(series.form != "points" for series in plot.series)
    each = max(min(MOST_OF_A_LINE, MOST // max(lines, 1)), LEAST_OF_A_LINE)
    rows = [series if series.form == "points" else _line(series, area, each) for series in plot.series]
    room = MOST - sum(series.x.size for series in rows if series.form != "points")
    kept = tuple(_points(rows, area, max(room, MOST // 2)))
    form = "points" if lines < len(rows) else "lines"
    before, after = (
        sum(int(_drawn(series).sum()) for series in found if form == "lines" or series.form == "points")
        for found in (plot.series, kept)
    )
    if after == before:
        return replace(plot, series=kept)
    said = say(f"drawing.thinned_{form}", kept=f"{after:,}", count=f"{before:,}")
    return replace(plot, series=kept, thinned=" ".join(filter(None, (plot.thinned, said))))


def _drawn(series: Series) -> BoolArray:
    return np.asarray(np.isfinite(series.x) & np.isfinite(series.y), dtype=bool)


# --- points ---------------------------------------------------------------------------------------------------------


def _points(rows: Sequence[Series], area: Area, most: int) -> Iterator[Series]:
    """The series, those in points with `most` of these in all: what lies apart is there, and what is dense stays
    denser."""
    drawn = [_drawn(series) & (series.form == "points") for series in rows]
    number = np.repeat(np.arange(len(rows)), [found.sum() for found in drawn])
    x, y, bad = (
        np.concatenate([values[found] for values, found in zip(columns, drawn, strict=True)])
        for columns in (
            [area.x.places(series.x) for series in rows],
            [area.y.places(series.y) for series in rows],
            [np.full(series.x.size, series.role == "bad") for series in rows],
        )
    )
    kept = np.zeros(x.size, dtype=bool)
    kept[_chosen(number, x, y, bad, most)] = True
    for place, (series, found) in enumerate(zip(rows, drawn, strict=True)):
        if series.form != "points":
            yield series
        else:
            ours = kept[number == place]
            yield replace(series, x=series.x[found][ours], y=series.y[found][ours])


def _chosen(number: IntArray, x: FloatArray, y: FloatArray, bad: BoolArray, most: int) -> IntArray:
    """Which points are kept: failures, where they are few; of each series the lowest and the highest of
    every column, and one of every cell; and of the others as many as there is room for, by chance."""
    if x.size <= most:
        return np.arange(x.size)
    column = number * COLUMNS + _cells(x, COLUMNS)
    turn = np.ones(x.size, dtype=np.int64)
    turn[np.unique(column * ROWS + _cells(y, ROWS), return_index=True)[1]] = 0
    turn[_extremes(column, y)] = turn[[x.argmin(), x.argmax()]] = -1
    if bad.sum() <= MOST_FAILURES:
        turn[bad] = -1
    return np.lexsort((np.random.default_rng(0).permutation(x.size), turn))[:most]


def _cells(places: FloatArray, count: int) -> IntArray:
    return np.clip(places * count, 0, count - 1).astype(np.int64)


def _extremes(column: IntArray, y: FloatArray) -> IntArray:
    """The least and the greatest of each column."""
    order = np.lexsort((y, column))
    first, last = _ends(column[order])
    return np.unique(np.concatenate((order[first], order[last])))


def _ends(column: IntArray) -> tuple[IntArray, IntArray]:
    """Where each column begins and ends, of columns in order."""
    changes = np.flatnonzero(np.diff(column))
    return np.concatenate(([0], changes + 1)), np.append(changes, column.size - 1)


# --- lines ----------------------------------------------------------------------------------------------------------


def _line(series: Series, area: Area, most: int) -> Series:
    """A line by the first, the last, the least and the greatest of each column, and by its gaps. (Jugel, Jerzak,
    Hackenbroich and Markl, M4: A Visualization-Oriented Time Series Data Aggregation, VLDB 2014.)"""
    drawn = np.flatnonzero(_drawn(series))
    if series.form == "bars" or series.x.size <= most or not drawn.size:
        return series
    column = _cells(area.x.places(series.x[drawn]), most // 4)
    first, last = _ends(column)
    lasting = np.concatenate((drawn[first], drawn[last], drawn[_extremes(column, series.y[drawn])]))
    missing = ~_drawn(series)
    gaps = np.flatnonzero(missing & ~np.concatenate(([False], missing[:-1])))
    kept = np.unique(np.concatenate((lasting, gaps)))
    return replace(series, x=series.x[kept], y=series.y[kept])

"""A plot as SVG that is as wide as there is room for, and is readable without a script.

The `<svg>` is the area of the plot itself: what is beside the axes lies outside it, in the margin that the style
sheet gives it. It has no view box. Texts stand at shares of its width, and are as large on a phone as on a screen.
What is drawn is in an inner `<svg>` whose fine grid is stretched over it, with strokes that are not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from markupsafe import Markup

from stt_load.html import paths
from stt_load.html.area import HEIGHT_PX, Area, curves, names, seen
from stt_load.html.labels import COLUMN_PX, NARROWEST_PX, placed
from stt_load.html.legend import legend
from stt_load.html.plot import Line, Plot, Series
from stt_load.html.scales import Tick, ticks
from stt_load.report.width import columns
from stt_load.samples.escaping import harmless
from stt_load.samples.table import FloatArray

X_TICKS, Y_TICKS = 8, 5
"""About so many."""
LEAST_BAND = 0.003
"""Of the width: a band is to be seen however short it is."""
FEW_POINTS, MANY_POINTS = 60, 1_500
"""So few are drawn large, so many small."""
DASHED = ("second", "third", "quiet")
"""Roles whose lines are dashed, in plot.css."""
MANY_FAILURES = 250
"""And of these, which lie above all others and would hide them."""


def draw(plot: Plot) -> Markup:
    """The `<svg>` of a plot, and its legend below."""
    area = seen(plot)
    inner = inner_svg(Markup("").join((*_grid(area, plot), *_crossing(area, plot))))
    outer = Markup("").join(
        (*_bands(area, plot), inner, *_series(area, plot), *_axes(area, plot), *_labels(area, plot))
    )
    return Markup(
        '<svg class="plot-area" height="{height}" role="img" aria-labelledby="{id}-name {id}-about">'
        '<title id="{id}-name">{title}</title><desc id="{id}-about">{about}</desc>{outer}</svg>{legend}'
    ).format(
        height=HEIGHT_PX,
        id=plot.id,
        title=harmless(plot.title),
        about=harmless(plot.about),
        outer=outer,
        legend=legend(plot),
    )


def inner_svg(inner: Markup, name: str = "stretched") -> Markup:
    """The stretched grid, with what is drawn on it. name: the style's, `stretched marks` where nothing is cut at its
    edges."""
    return Markup(
        '<svg class="{}" width="100%" height="100%" viewBox="0 0 {} {}" preserveAspectRatio="none">{}</svg>'
    ).format(name, paths.ACROSS, paths.DOWN, inner)


def _percent(place: float) -> str:
    return f"{100 * place:.2f}".rstrip("0").rstrip(".") + "%"


# --- behind the data ------------------------------------------------------------------------------------------------


def _grid(area: Area, plot: Plot) -> Iterator[Markup]:
    across = "".join(f"M0 {_down(tick)}h{paths.ACROSS}" for tick in ticks(area.y, plot.y.quantity, Y_TICKS))
    along = "".join(f"M{_right(tick)} 0v{paths.DOWN}" for tick in ticks(area.x, plot.x.quantity, X_TICKS))
    yield Markup('<path class="grid" d="{}{}"/><path class="axis" d="M0 0V{}H{}"/>').format(
        across, along, paths.DOWN, paths.ACROSS
    )


def _down(tick: Tick) -> int:
    return round((1 - tick.place) * paths.DOWN)


def _right(tick: Tick) -> int:
    return round(tick.place * paths.ACROSS)


def _bands(area: Area, plot: Plot) -> Iterator[Markup]:
    """Every second stage is shaded, so that each is seen to end where the next one begins."""
    stages = [band for band in plot.bands if band.role == "stage"]
    for band in plot.bands:
        if band in stages[::2]:
            continue
        first, last = (float(place) for place in area.x.places(np.array([band.first, band.last])))
        if not (first <= 1 and last >= 0):
            continue
        first, last = max(first, 0.0), min(last, 1.0)
        yield Markup('<rect class="band role-{}" x="{}" width="{}" height="100%"><title>{}</title></rect>').format(
            band.role, _percent(first), _percent(max(last - first, LEAST_BAND)), harmless(band.name)
        )


# --- the data -------------------------------------------------------------------------------------------------------


def _series(area: Area, plot: Plot) -> Iterator[Markup]:
    """Lines above the points of a crowd, few points above lines, and failures above other points. Of lines the dashed
    ones lie above, so that both are seen where they are the same. A mark on an axis is whole: only lines are cut."""
    # By identity: records that hold arrays can't be compared.
    rows = [id(series) for series in plot.series if series.form == "bars"]
    marks = sum(series.x.size for series in plot.series if series.form == "points")
    ordered = sorted(plot.series, key=lambda series: _height(series, marks))
    for are_marks, group in itertools.groupby(ordered, lambda series: series.form == "points"):
        shapes = Markup("").join(shape for series in group for shape in _shapes(area, series, rows, marks))
        yield inner_svg(shapes, "stretched marks" if are_marks else "stretched")


def _shapes(area: Area, series: Series, rows: Sequence[int], marks: int) -> Iterator[Markup]:
    """rows: the identities of the series that are bars. marks: how many points the plot has."""
    x, y = area.x.places(series.x), area.y.places(series.y)
    if series.form == "bars":
        x = x + area.bar / len(rows) * (rows.index(id(series)) - (len(rows) - 1) / 2)
    yield _path(f"{series.form} {_crowd(series, marks)}".strip(), series, _shape(series, x, y, area, len(rows)))
    if series.form == "area":
        yield _path("line", series, paths.line(x, y))


def _height(series: Series, marks: int) -> tuple[bool, bool, bool]:
    above = ("points",) if marks <= FEW_POINTS else ("line", "steps")
    is_dashed = series.form in ("line", "steps") and series.role in DASHED
    return series.form in above, is_dashed, series.role == "bad"


def _crowd(series: Series, marks: int) -> str:
    """How large its points may be, where the plot has so many in all; failures are counted by themselves."""
    if series.form != "points":
        return ""
    number, many = (series.x.size, MANY_FAILURES) if series.role == "bad" else (marks, MANY_POINTS)
    return "few" if number <= FEW_POINTS else "many" if number >= many else ""


def _shape(series: Series, x: FloatArray, y: FloatArray, area: Area, rows: int) -> str:
    if series.form == "points":
        return paths.points(x, y)
    if series.form == "line":
        return paths.line(x, y)
    if series.form == "steps":
        return paths.steps(x, y)
    if series.form == "area":
        return paths.area(x, y, area.floor)
    return paths.bars(x, y, area.bar / rows, area.floor)


def _path(form: str, series: Series, shape: str) -> Markup:
    return Markup('<path class="{} role-{}" d="{}"/>').format(form, series.role, shape)


# --- around it ------------------------------------------------------------------------------------------------------


def _crossing(area: Area, plot: Plot) -> Iterator[Markup]:
    """Lines across and upright."""
    for line in plot.lines:
        place = _place(area, line)
        if not 0 <= place <= 1:
            continue
        at = round((place if line.stands else 1 - place) * (paths.ACROSS if line.stands else paths.DOWN))
        shape = f"M{at} 0v{paths.DOWN}" if line.stands else f"M0 {at}h{paths.ACROSS}"
        yield Markup('<path class="crossing role-{}" d="{}"/>').format(line.role, shape)


def _place(area: Area, line: Line) -> float:
    return (area.x if line.stands else area.y).place(line.at)


def _axes(area: Area, plot: Plot) -> Iterator[Markup]:
    upright = ticks(area.y, plot.y.quantity, Y_TICKS)
    yield Markup('<text class="name" x="-46" y="-12">{}</text>').format(harmless(plot.y.label))
    for tick in upright:
        yield Markup('<text class="tick" x="-8" y="{}" text-anchor="end">{}</text>').format(
            f"{(1 - tick.place) * HEIGHT_PX + 4:.1f}", tick.text
        )
    yield from _below(ticks(area.x, plot.x.quantity, X_TICKS))
    yield Markup('<text class="name" x="100%" y="{}" text-anchor="end">{}</text>').format(
        HEIGHT_PX + 40, harmless(plot.x.label)
    )


def _below(along: Sequence[Tick]) -> Iterator[Markup]:
    """The numbers of the x axis. Where all of them would touch on a phone, only some are shown there."""
    free = -np.inf
    for tick in along:
        half = columns(tick.text) * COLUMN_PX / 2 + 3
        middle = tick.place * NARROWEST_PX
        crowded = middle - half < free
        free = free if crowded else middle + half
        yield Markup('<text class="tick{}" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            " wide-only" if crowded else "", _percent(tick.place), HEIGHT_PX + 18, tick.text
        )


def _labels(area: Area, plot: Plot) -> Iterator[Markup]:
    for label in placed(names(area, plot), HEIGHT_PX, curves(area, plot)):
        away = 4 if label.anchor == "start" else -4
        yield Markup('<text class="label role-{}" x="{}" y="{}" dx="{}" text-anchor="{}">{}</text>').format(
            label.role, _percent(label.x), f"{label.y_px:.0f}", away, label.anchor, harmless(label.text)
        )

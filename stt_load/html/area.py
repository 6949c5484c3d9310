"""What of a plot's axes is seen, so that its values, its lines and their names have room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stt_load.html.labels import ABOVE_PX, Curve, Named, placed
from stt_load.html.plot import Line, Plot
from stt_load.html.scales import Extent, evened, extent
from stt_load.samples.table import FloatArray

HEIGHT_PX = 260
BAR_SHARE = 0.8
"""Of the distance between two bars, so much is bar."""
FAR_LIMIT = 2.5
"""A line across so many times further up than all values is not drawn: they would lie flat on the axis."""
MOST_HEADROOM = 0.3
"""Of the height, that names may take from the values."""


@dataclass(frozen=True, slots=True)
class Area:
    """What of a plot's axes is seen, and how wide each bar is, as a share of the width."""

    x: Extent
    y: Extent
    bar: float

    @property
    def floor(self) -> float:
        """The place from which bars and areas rise: that of 0, or the end of an axis that has none."""
        return min(max(self.y.place(0.0), 0.0), 1.0)


def seen(plot: Plot) -> Area:
    """What of a plot's axes is seen."""
    room = _apart(plot) / 2 if any(series.form == "bars" for series in plot.series) else 0.0
    x = extent(plot.x, _together([series.x for series in plot.series]), room=room)
    values = _together([series.y for series in plot.series])
    highest = np.max(values, initial=0.0, where=np.isfinite(values))
    near = [line.at for line in plot.lines if not line.stands and (line.at <= FAR_LIMIT * highest or highest <= 0)]
    y = extent(plot.y, np.concatenate((values, near)), upright=True, headroom=_headroom(x, plot))
    return Area(x, y, BAR_SHARE * 2 * room / (x.high - x.low))


def _headroom(x: Extent, plot: Plot) -> float:
    """The share of the height that the names of what stands need at the top."""
    standing = placed([*_named_lines(x, None, plot), *_named_stages(x, plot)], HEIGHT_PX)
    return min(max((label.y_px + ABOVE_PX for label in standing), default=0.0) / HEIGHT_PX, MOST_HEADROOM)


def _together(columns: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate([np.asarray(column, dtype=float) for column in columns] or [np.empty(0)])


def _apart(plot: Plot) -> float:
    """The least distance between two bars, in units in which the axis is even; 1 where there is but one."""
    middles = evened(plot.x.scale, _together([series.x for series in plot.series if series.form == "bars"]))
    middles = np.unique(middles[np.isfinite(middles)])
    return float(np.diff(middles).min()) if middles.size > 1 else 1.0


def curves(area: Area, plot: Plot) -> list[Curve]:
    """What is drawn as lines, steps with their corners."""
    found = []
    for series in plot.series:
        x, y = area.x.places(series.x), (1 - area.y.places(series.y)) * HEIGHT_PX
        if series.form == "steps":
            x, y = np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
        if series.form in ("line", "steps", "area"):
            found.append((x, y))
    return found


# --- names ----------------------------------------------------------------------------------------------------------


def names(area: Area, plot: Plot) -> list[Named]:
    """What is named in the plot: its lines and its stages."""
    return [*_named_lines(area.x, area.y, plot), *_named_stages(area.x, plot)]


def _named_lines(x: Extent, y: Extent | None, plot: Plot) -> Iterator[Named]:
    """Without y those that stand alone."""
    for line in plot.lines:
        place = x.place(line.at) if line.stands else y.place(line.at) if y is not None else math.nan
        if line.stands and 0 <= place <= 1:
            yield Named(line.name, line.role, x=place, until=_next_stage(x, plot, line))
        elif not line.stands and math.isfinite(place):
            beyond = "↑" if place > 1 else "↓" if place < 0 else ""
            yield Named(line.name, line.role, y_px=(1 - min(max(place, 0.0), 1.0)) * HEIGHT_PX, beyond=beyond)


def _next_stage(x: Extent, plot: Plot, line: Line) -> float | None:
    """Where the stage that begins at `line` ends: at the next such line, or with the plot."""
    if line.role != "stage":
        return None
    later = [other.at for other in plot.lines if other.stands and other.role == "stage" and other.at > line.at]
    return min(x.place(min(later)), 1.0) if later else 1.0


def _named_stages(x: Extent, plot: Plot) -> Iterator[Named]:
    for band in plot.bands:
        first, last = x.place(band.first), x.place(band.last)
        if band.role == "stage" and first <= 1 and last >= 0:
            yield Named(band.name, band.role, x=max(first, 0.0), until=min(last, 1.0))

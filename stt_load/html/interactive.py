"""A plot as JSON, for the script that makes it one that can be zoomed.

Its values are as exact as ten screens beside each other would show them. The script reads this out of the page, where
it stands in an element that no browser runs; `<` is written as an escape there, so nothing in it ends the element.
"""

from __future__ import annotations

import math

import numpy as np

from stt_load.html.area import Area, seen
from stt_load.html.plot import Axis, Plot, Series
from stt_load.html.scales import Extent
from stt_load.samples.escaping import encode, harmless
from stt_load.samples.table import FloatArray

STEPS = 50_000
"""Of an axis: values are told apart by this part of it."""
TAIL_DECIMALS = 8
LOG_DIGITS = 5


def data(plot: Plot) -> str:
    """The JSON: axes with the ends that are seen at first, series, bands and lines. null: no value."""
    area = seen(plot)
    found = {
        "x": _axis(plot.x, area.x),
        "y": _axis(plot.y, area.y),
        "floor": area.y.low + area.floor * (area.y.high - area.y.low),
        "bar": area.bar * (area.x.high - area.x.low),
        "series": [_series(series, area) for series in plot.series],
        "bands": [
            {"name": harmless(band.name), "first": band.first, "last": band.last, "role": band.role}
            for band in plot.bands
            if math.isfinite(band.first) and math.isfinite(band.last)
        ],
        "lines": [
            {"name": harmless(line.name), "at": line.at, "stands": line.stands, "role": line.role}
            for line in plot.lines
            if math.isfinite(line.at)
        ],
    }
    return encode(found).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _axis(axis: Axis, extent: Extent) -> dict[str, object]:
    """low, high: in units in which the scale is even, as the script counts."""
    return {
        "label": harmless(axis.label),
        "quantity": axis.quantity,
        "scale": axis.scale,
        "low": extent.low,
        "high": extent.high,
    }


def _series(series: Series, area: Area) -> dict[str, object]:
    return {
        "name": harmless(series.name),
        "form": series.form,
        "role": series.role,
        "x": _values(series.x, area.x),
        "y": _values(series.y, area.y),
    }


def _values(values: FloatArray, extent: Extent) -> list[float | int | None]:
    """Rounded; whole numbers without a point, as they are shorter."""
    if extent.scale == "log":
        rounded = [float(f"{value:.{LOG_DIGITS}g}") for value in values.tolist()]
    else:
        apart = (extent.high - extent.low) / STEPS
        decimals = TAIL_DECIMALS if extent.scale == "tail" else min(max(0, -math.floor(math.log10(apart))), 12)
        rounded = np.round(np.asarray(values, dtype=float), decimals).tolist()
    return [(int(value) if value.is_integer() else value) if math.isfinite(value) else None for value in rounded]

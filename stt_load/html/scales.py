"""Where values lie on an axis, and which of them are written beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stt_load.html.plot import Axis, Quantity, Scale
from stt_load.samples.table import FloatArray

MOST_NINES = 7
"""Of the ticks on a tail scale: 99.99999% are more than any run can tell."""
SHARES = (0.0, 0.5, 0.75, 0.9, 0.95, *(1 - 10.0**-nines for nines in range(2, MOST_NINES + 1)))
"""What a tail scale has its ticks at."""
TAIL_LEAST_TOP = 2.0
"""A tail scale reaches 99% at least."""
MARGIN = 0.02
"""Of an axis, beyond the first and the last value."""
PLAIN_MOST = 1e7
"""From here on numbers are written with an exponent."""
MOST_DECIMALS = 6
DECADES: tuple[tuple[float, tuple[float, ...]], ...] = (
    (1.0, (1.0, 2.0, 3.0, 4.0, 6.0, 8.0)),
    (2.0, (1.0, 2.0, 5.0)),
    (math.inf, (1.0,)),
)
"""What the ticks of a logarithmic axis are, times powers of ten, where it has at most so many of these."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A value beside an axis. place: from 0, the axis' first end, to 1."""

    value: float
    place: float
    text: str


@dataclass(frozen=True, slots=True)
class Extent:
    """What of a scale is seen, in units in which it is even: the values themselves, their decimal logarithms, or
    -log10(1 - share)."""

    scale: Scale
    low: float
    high: float

    def places(self, values: FloatArray) -> FloatArray:
        """From 0 at the low end to 1 at the high one; beyond them where the values are. What no scale reaches (0 on a
        logarithmic one, 100% on that of a tail) lies at the end. NaN where there is no number."""
        even = evened(self.scale, values)
        limited = np.where(np.isinf(even) & np.isfinite(values), np.clip(even, self.low, self.high), even)
        return np.where(np.isfinite(limited), (limited - self.low) / (self.high - self.low), np.nan)

    def place(self, value: float) -> float:
        """Of one value."""
        return float(self.places(np.array([value]))[0])


def evened(scale: Scale, values: FloatArray) -> FloatArray:
    """Values in units in which the scale is even. Infinite where it has no place for them."""
    if scale == "linear":
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == "log":
            return np.log10(np.maximum(values, 0.0))
        return -np.log10(np.maximum(1.0 - values, 0.0))


def extent(
    axis: Axis, values: FloatArray, *, upright: bool = False, room: float = 0.0, headroom: float = 0.0
) -> Extent:
    """What is seen of an axis: from its least to its most; where it has none, what the values ask for.

    upright: it is a y axis; one of values that are never negative begins at 0, and it ends at a round one. room: what
    marks need on either side of an x axis, in its units. headroom: the share of an axis that stays free above the
    values.
    """
    even = evened(axis.scale, values)
    even = even[np.isfinite(even)]
    low = float(even.min()) - room if even.size else 0.0
    high = float(even.max()) + room if even.size else 1.0
    above = headroom / (1 - headroom)
    if axis.scale == "tail":
        low, high = min(low, 0.0), max(high + MARGIN, TAIL_LEAST_TOP)
    elif axis.scale == "log" or not upright:
        low, high = _widened(low, high + (high - low) * above, axis.scale)
    else:
        low, high = _upright(low, high, axis.quantity, above)
    ends = evened(axis.scale, np.array([np.nan if end is None else end for end in (axis.least, axis.most)]))
    low, high = (float(end) if np.isfinite(end) else found for end, found in zip(ends, (low, high), strict=True))
    return Extent(axis.scale, low, high if high > low else low + 1.0)


def _widened(low: float, high: float, scale: Scale) -> tuple[float, float]:
    """With a margin on either side; where there is but one value, with it in the middle."""
    if high > low:
        margin = MARGIN * (high - low)
        return (0.0 if scale == "linear" and low >= 0 > low - margin else low - margin), high + margin
    around = 0.5 if scale == "log" else abs(low) / 2 or 0.5
    return low - around, low + around


def _upright(low: float, high: float, quantity: Quantity, above: float) -> tuple[float, float]:
    """above: so much is to be free there, in lengths of the values."""
    low, high = min(low, 0.0), max(high, 0.0)
    high += (high - low) * above
    if low == high:
        return 0.0, 1.0
    step = _step(low, high, 5, quantity)
    # Never so close to a tick that the mark of the highest value is cut.
    top = math.ceil((high + MARGIN * (high - low)) / step) * step if high > 0 else 0.0
    return math.floor(low / step) * step, top


def ticks(seen: Extent, quantity: Quantity, count: int) -> tuple[Tick, ...]:
    """About `count` round values of what is seen, each as it is written."""
    if seen.scale == "tail":
        values = [share for share in SHARES if seen.low <= -math.log10(1 - share) <= seen.high]
        return tuple(Tick(value, seen.place(value), written(value, quantity, 0.0)) for value in values)
    if seen.scale == "log":
        decades = _decades(seen, count)
        if len(decades) > 1:
            return tuple(Tick(value, seen.place(value), written(value, quantity, value)) for value in decades)
        low, high = 10.0**seen.low, 10.0**seen.high
    else:
        low, high = seen.low, seen.high
    step = _step(low, high, count, quantity)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [number * step for number in range(first, last + 1)]
    return tuple(Tick(value, seen.place(value), written(value, quantity, step)) for value in values)


def _decades(seen: Extent, count: int) -> list[float]:
    """Powers of ten, every so many of them; of a short axis what is between them, too."""
    first, last = math.floor(seen.low), math.ceil(seen.high)
    parts = next(parts for most, parts in DECADES if seen.high - seen.low <= most + 2 * MARGIN)
    every = max(1, math.ceil((last - first) / max(count, 1))) if len(parts) == 1 else 1
    values = (part * 10.0**power for power in range(first, last + 1, every) for part in parts)
    return [value for value in values if seen.low - 1e-9 <= math.log10(value) <= seen.high + 1e-9]


def _step(low: float, high: float, count: int, quantity: Quantity) -> float:
    """The least round step (1, 2 or 5 times a power of ten) of at most `count` to the whole; of a count, whole."""
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    step = next(part * power for part in (1.0, 2.0, 5.0, 10.0) if part * power >= rough * (1 - 1e-9))
    return max(step, 1.0) if quantity == "count" else step


def written(value: float, quantity: Quantity, step: float) -> str:
    """A value as it stands beside an axis whose ticks are `step` apart, without its unit; a share in percent. 0 for
    the step: as exactly as it is."""
    shown = value * 100 if quantity == "share" else value
    apart = step * 100 if quantity == "share" else step
    sign = "%" if quantity == "share" else ""
    if shown and (abs(shown) >= PLAIN_MOST or abs(shown) < 10.0**-MOST_DECIMALS <= apart):
        return f"{shown:.3g}{sign}"
    if not step:
        return f"{shown:.{MOST_NINES}g}{sign}"
    decimals = min(max(0, -math.floor(math.log10(apart) + 1e-9)), MOST_DECIMALS)
    return f"{shown + 0.0:,.{decimals}f}{sign}"

"""Where the names of lines and bands stand in a plot, so that no two lie on each other however narrow it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stt_load.html.plot import Role
from stt_load.report.width import columns, plain, shorten
from stt_load.samples.table import FloatArray

NARROWEST_PX = 230.0
"""The width of a plot on the narrowest phone. Names lie at shares of the width and are as wide there as anywhere, so
those that are apart here are apart on every screen."""
COLUMN_PX = 7.0
"""The width of a letter, on average; Hangul takes two."""
LINE_PX = 15.0
"""From one line of text to the next."""
ABOVE_PX = 5.0
"""A line's name stands so far above it."""
LONGEST = 34
"""Columns of a name; what is longer is cut, and is whole in the table."""

Anchor = Literal["start", "end"]
Curve = tuple[FloatArray, FloatArray]
"""A line as places: x as shares of the width, ascending, y in px from the top."""
Box = tuple[float, float, float]
"""What a name takes: from one x to another at its baseline, in px of the narrowest plot."""


@dataclass(frozen=True, slots=True)
class Named:
    """What is to be named.

    x: where, as a share of the width; None: at the right end. until: of a stretch, its end; a name that has no room
    to begin at its begin ends there. y_px: of a line across, from the top; None: as far up as there is room. beyond:
    of a line that lies outside, an arrow that says on which side.
    """

    name: str
    role: Role
    x: float | None = None
    until: float | None = None
    y_px: float | None = None
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A name in its place: at a share of the width, its baseline so many px from the top."""

    text: str
    role: Role
    x: float
    y_px: float
    anchor: Anchor


def placed(names: Sequence[Named], height_px: float, curves: Sequence[Curve] = ()) -> tuple[Label, ...]:
    """The names, each with a place of its own in a plot of this height; those that find none are left out. Names of
    lines across choose first, having less choice: beside their lines at the right or at the left, where they hide
    the fewest curves."""
    taken: list[Box] = []
    found: list[Label] = []
    for named in sorted(filter(lambda named: named.name, names), key=lambda named: named.y_px is None):
        label = _beside(named, taken, height_px, curves) or _placed(named, taken, height_px)
        found += [label] if label is not None else []
    return tuple(found)


def _beside(named: Named, taken: list[Box], height_px: float, curves: Sequence[Curve]) -> Label | None:
    """The label of a line across, whose place it takes: close to it, where it hides the fewest curves; None: there is
    no such place."""
    if named.y_px is None:
        return None
    text, wide = _written(named)
    ends: tuple[tuple[Anchor, float], ...] = (("end", 1.0), ("start", 0.0))
    found: list[tuple[int, Box, Label]] = []
    for anchor, x in ends:
        left = NARROWEST_PX - wide if anchor == "end" else 0.0
        for y_px in _heights(named.y_px, height_px)[:2]:
            if not _meets(taken, left, left + wide, y_px):
                box = (left, left + wide, y_px)
                found.append((_hidden(curves, *box), box, Label(text, named.role, x, y_px, anchor)))
    if not found:
        return None
    _, box, label = min(found, key=lambda one: one[0])
    taken.append(box)
    return label


def _written(named: Named) -> tuple[str, float]:
    """Its text, and how wide that is, in px."""
    text = " ".join(filter(None, (shorten(plain(named.name), LONGEST), named.beyond)))
    return text, columns(text) * COLUMN_PX


def _hidden(curves: Sequence[Curve], left: float, right: float, y_px: float) -> int:
    """How many curves a text from left to right, in px of the narrowest plot, would lie on. On a wider screen it
    takes less of the width, at the same end, and so hides no more."""
    down = (y_px - LINE_PX, y_px + ABOVE_PX)
    return sum(_crosses(x * NARROWEST_PX, y, (left, right), down) for x, y in curves)


def _crosses(x: FloatArray, y: FloatArray, across: tuple[float, float], down: tuple[float, float]) -> bool:
    """Whether a line through these places, NaN where it breaks, comes into a box."""
    from_x, from_y, wide, high = x[:-1], y[:-1], np.diff(x), np.diff(y)
    inside = (from_x <= across[1]) & (x[1:] >= across[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        first, last = (np.clip((np.clip(end, from_x, x[1:]) - from_x) / wide, 0.0, 1.0) for end in across)
    first, last = np.where(wide > 0, first, 0.0), np.where(wide > 0, last, 1.0)
    one, other = from_y + first * high, from_y + last * high
    return bool(np.any(inside & (np.minimum(one, other) <= down[1]) & (np.maximum(one, other) >= down[0])))


def _placed(named: Named, taken: list[Box], height_px: float) -> Label | None:
    """Its label, whose place it takes."""
    text, wide = _written(named)
    x = 1.0 if named.x is None else named.x
    anchor: Anchor = "start" if x * NARROWEST_PX + wide <= NARROWEST_PX else "end"
    if anchor == "end" and named.until is not None:
        x = named.until
    left = x * NARROWEST_PX - (wide if anchor == "end" else 0.0)
    for y_px in _heights(named.y_px, height_px):
        if not _meets(taken, left, left + wide, y_px):
            taken.append((left, left + wide, y_px))
            return Label(text, named.role, x, y_px, anchor)
    return None


def _heights(line_px: float | None, height_px: float) -> list[float]:
    """Baselines to try: above the line, below it, and then further and further away; without a line from the top."""
    rows = int(height_px // LINE_PX)
    if line_px is None:
        return [LINE_PX * (row + 0.8) for row in range(rows)]
    above, below = line_px - ABOVE_PX, line_px + LINE_PX
    tried = [height for row in range(rows) for height in (above - row * LINE_PX, below + row * LINE_PX)]
    return [height for height in tried if LINE_PX * 0.7 <= height <= height_px - ABOVE_PX]


def _meets(taken: Sequence[Box], left: float, right: float, y_px: float) -> bool:
    return any(
        left < other_right + COLUMN_PX and other_left < right + COLUMN_PX and abs(y_px - other) < LINE_PX
        for other_left, other_right, other in taken
    )

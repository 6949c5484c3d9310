"""The shapes of series as SVG paths: whole numbers of a fine grid, each point told from the one before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from stt_load.samples.table import FloatArray

ACROSS, DOWN = 4_000, 1_000
"""Of the grid: finer than any screen shows it. x from the left, y from the top."""
FAR = 10
"""What lies further outside, in widths of the plot, is drawn at that distance: renderers have single precision."""

IntArray = npt.NDArray[np.int64]


def grid(x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
    """Places, from 0 at the left and at the bottom to 1, on the grid. Takes finite ones only."""
    limited_x, limited_y = (np.clip(places, -FAR, FAR) for places in (x, y))
    return np.rint(limited_x * ACROSS).astype(np.int64), np.rint((1 - limited_y) * DOWN).astype(np.int64)


def points(x: FloatArray, y: FloatArray) -> str:
    """A line of no length at each place, which its round or square ends make a mark; places that fall together are
    one. Those without a number, and those that are outside, are none."""
    seen = np.isfinite(x) & np.isfinite(y) & (x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)
    if not seen.any():
        return ""
    # In order of x, so that steps are short; unique sorts by the first column.
    places = np.unique(np.stack(grid(x[seen], y[seen]), axis=1), axis=0)
    steps = np.diff(places, axis=0, prepend=[[0, 0]])
    return "".join(f"m{across}{_next(down)}h0" for across, down in steps.tolist())


def line(x: FloatArray, y: FloatArray) -> str:
    """Places joined in their order; one without a number breaks the line."""
    return "".join(_joined(*grid(*part)) for part in _parts(x, y))


def steps(x: FloatArray, y: FloatArray) -> str:
    """A line that stays at a value until the next one."""
    return "".join(_stairs(*grid(*part)) for part in _parts(x, y))


def area(x: FloatArray, y: FloatArray, floor: float) -> str:
    """What is between a line and the place `floor`, closed."""
    return "".join(_closed(*part, floor) for part in _parts(x, y))


def bars(x: FloatArray, y: FloatArray, width: float, floor: float) -> str:
    """Rectangles from the place `floor`, each as wide as `width` and with its x in the middle."""
    seen = np.isfinite(x) & np.isfinite(y)
    left, top = grid(x[seen] - width / 2, y[seen])
    right, bottom = grid(x[seen] + width / 2, np.full(int(seen.sum()), floor))
    sides = np.stack((left, bottom, top, right), axis=1).tolist()
    return "".join(f"M{first} {low}V{high}H{last}V{low}z" for first, low, high, last in sides)


def _parts(x: FloatArray, y: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    """What is between two that have no number."""
    seen = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(seen.astype(np.int8), prepend=0, append=0))
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield x[first:last], y[first:last]


def _joined(across: IntArray, down: IntArray) -> str:
    """One alone is a line of no length, which the ends of a stroke make a mark."""
    moves = np.stack((np.diff(across), np.diff(down)), axis=1)
    moves = moves[moves.any(axis=1)]
    rest = "".join(f"{_next(x, first=number == 0)}{_next(y)}" for number, (x, y) in enumerate(moves.tolist()))
    return f"M{across[0]} {down[0]}" + (f"l{rest}" if rest else "h0")


def _stairs(across: IntArray, down: IntArray) -> str:
    moves = zip(np.diff(across).tolist(), np.diff(down).tolist(), strict=True)
    stairs = "".join((f"h{x}" if x else "") + (f"v{y}" if y else "") for x, y in moves)
    return f"M{across[0]} {down[0]}{stairs or 'h0'}"


def _closed(x: FloatArray, y: FloatArray, floor: float) -> str:
    across, down = grid(x, y)
    _, (bottom,) = grid(x[:1], np.array([floor]))
    return f"{_joined(across, down)}V{bottom}H{across[0]}z"


def _next(number: int, *, first: bool = False) -> str:
    """A number after another one, which a sign sets apart, too."""
    return f"{number}" if number < 0 or first else f" {number}"

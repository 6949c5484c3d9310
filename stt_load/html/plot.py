"""A plot as data: what is drawn, how its numbers are written, and the table behind it. It knows no SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stt_load.html.blocks import Table
from stt_load.samples.table import FloatArray

Scale = Literal["linear", "log", "tail"]
"""tail: of shares, drawn by -log10(1 - share), so that 50%, 90%, 99% and 99.9% are equally far from each other."""
Quantity = Literal["s", "rps", "count", "share", "ratio"]
"""How numbers of an axis are written; a share in percent."""
Form = Literal["points", "line", "steps", "area", "bars"]
"""steps: a line that stays at a value until the next one. area: a line, and what is below it. bars: from 0."""
Role = Literal["main", "second", "third", "bad", "quiet", "warmup", "stall", "stage", "limit", "edge"]
"""What something means: the style sheet gives each its colour, in light and dark. bad: failures. quiet: what is
there for orientation. edge: the level that is carried, and the one that is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """label: with its unit. least, most: the ends; None: as the values have them."""

    label: str
    quantity: Quantity
    scale: Scale = "linear"
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values of one kind, x in order except of points. y: NaN where there is none, which breaks a line."""

    name: str
    form: Form
    x: FloatArray
    y: FloatArray
    role: Role = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A stretch of x that is marked over the whole height: the warm-up, a stall, a stage."""

    name: str
    first: float
    last: float
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line across, with its name beside it. at: on the y axis where it lies, on the x axis where it
    stands."""

    name: str
    at: float
    stands: bool = False
    role: Role = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One plot.

    id: of the element in the page, unique there. about: what it shows, in a sentence, for who can't see it as well.
    table: the numbers behind it, for keyboards and screen readers. thinned: what was left out, a sentence; None:
    nothing. has_zoom: whether the scripts make it one that can be zoomed; SVG it is in any case.
    """

    id: str
    title: str
    about: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    table: Table
    bands: tuple[Band, ...] = ()
    lines: tuple[Line, ...] = ()
    thinned: str | None = None
    has_zoom: bool = True

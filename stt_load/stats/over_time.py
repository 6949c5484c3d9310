"""How something went in the course of a run: its time cut into intervals, and what there was in each."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from stt_load.samples.table import FloatArray
from stt_load.stats.quantiles import quantile

Closed = Literal["left", "right"]
"""Which end of an interval belongs to it."""
NICE = (1.0, 2.0, 5.0, 10.0)
"""Widths that a person counts in, times any power of ten."""
A_THIRD_MORE = 4 / 3
POINTS = 200
"""Of a moving quantile: more than anybody sees in such a line."""
WINDOW_ANSWERS = 100
"""That it is to be of, where a run has enough of them,"""
NARROWEST, WIDEST = 1 / 30, 1 / 4
"""and which share of the whole time its window may be at least, and at most."""


def edges(from_s: float, to_s: float, most: int) -> FloatArray:
    """The ends of about `most` intervals that fill from_s..to_s, a third more of them at most, and one end more than
    there are intervals; none where that has no length.

    They are as wide as each other, a number of seconds that a person counts in, and 0, the barrier, is an end of two
    where it is inside. The outermost ones are cut off at from_s and to_s, and joined to their neighbours where less
    than half is left of the first, as a rate over so short a time says little, and less than all of the last: it ends
    with an event, so that one more is counted in it than its length has on average. What comes before 0 is not
    joined to what comes after it.
    """
    if not to_s > from_s:
        return np.empty(0)
    width_s = _width_s((to_s - from_s) / most / A_THIRD_MORE)
    if not from_s < 0 < to_s:
        return _cut(from_s, to_s, width_s)
    return np.concatenate([_cut(from_s, 0.0, width_s)[:-1], _cut(0.0, to_s, width_s)])


def counts(at_s: FloatArray, ends_s: FloatArray, closed: Closed) -> npt.NDArray[np.int64]:
    """How many of the instants `at_s`, in any order, are in each interval between `ends_s`.

    closed: an instant that is an end belongs to the interval that begins there (`left`, as a start does), or to the
    one that ends there (`right`, as the end of a request does: the warm-up's last one may be the barrier). At the
    outermost ends it belongs to the only one that there is.
    """
    below = np.searchsorted(np.sort(at_s), ends_s, side=closed)
    below[0] = np.count_nonzero(at_s < ends_s[0])
    below[-1] = np.count_nonzero(at_s <= ends_s[-1])
    return np.diff(below)


def per_second(at_s: FloatArray, ends_s: FloatArray, closed: Closed) -> FloatArray:
    """The same by the length of each interval."""
    return np.asarray(counts(at_s, ends_s, closed) / np.diff(ends_s))


def in_flight(from_s: FloatArray, to_s: FloatArray, ends_s: FloatArray) -> FloatArray:
    """How many of the stretches from_s[i]..to_s[i] there were at a time in each interval between `ends_s`, on
    average: by Little's law the time that they spent in it, over its length."""
    return np.asarray(np.diff(_spent_s(from_s, ends_s) - _spent_s(to_s, ends_s)) / np.diff(ends_s))


def window_s(at_s: FloatArray) -> float:
    """How long a stretch of the time that `at_s` cover a moving quantile is taken over: as long as 100 of them take,
    between a thirtieth and a quarter of the whole."""
    if len(at_s) < 2:
        return 0.0
    return float(np.ptp(at_s)) * min(WIDEST, max(NARROWEST, WINDOW_ANSWERS / len(at_s)))


def moving_quantile(
    at_s: FloatArray, values: FloatArray, p: float, width_s: float, points: int = POINTS
) -> tuple[FloatArray, FloatArray]:
    """The quantile p, 0 < p < 1, of those of `values` that came around each of `points` instants, evenly spread.

    at_s: when each came, in order. Around: within half of `width_s` before or after. NaN where these are so few that
    the nearest rank is their maximum under another name, 20 of a P95; no instants where all came at once.
    """
    if not len(at_s) or at_s[0] == at_s[-1]:
        return np.empty(0), np.empty(0)
    instants_s = np.linspace(at_s[0], at_s[-1], points)
    first = np.searchsorted(at_s, instants_s - width_s / 2, side="left")
    last = np.searchsorted(at_s, instants_s + width_s / 2, side="right")
    enough = fewest(p)
    found = [
        quantile(values[begin:end], p) if end - begin >= enough else None
        for begin, end in zip(first.tolist(), last.tolist(), strict=True)
    ]
    return instants_s, np.asarray([np.nan if value is None else value for value in found])


def fewest(p: float) -> int:
    """How many values the quantile p, 0 < p < 1, takes not to be their maximum under another name."""
    return math.ceil(round(1 / (1 - p), 6))


def _width_s(least_s: float) -> float:
    power = 10.0 ** math.floor(math.log10(least_s))
    return power * next(one for one in NICE if one * power >= least_s * (1 - 1e-9))


def _cut(from_s: float, to_s: float, width_s: float) -> FloatArray:
    """The ends of intervals that begin at multiples of the width, each where it is at least half as far from from_s,
    and as far from to_s."""
    first, last = math.ceil(from_s / width_s), math.floor(to_s / width_s)
    inside = [number * width_s for number in range(first, last + 1)]
    kept = [end for end in inside if end - from_s >= width_s / 2 and to_s - end >= width_s * (1 - 1e-9)]
    return np.asarray([from_s, *kept, to_s])


def _spent_s(since_s: FloatArray, until_s: FloatArray) -> FloatArray:
    """For each of `until_s`: how long it is since each of `since_s` that was before it, all added up."""
    ordered = np.sort(since_s)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    before = np.searchsorted(ordered, until_s)
    return np.asarray(before * until_s - sums[before])

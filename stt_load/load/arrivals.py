"""How arrivals are spread: their places on a line on which one arrives per unit, on the average."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
import numpy.typing as npt

from stt_load.samples.run_info import OpenLoop

BLOCK = 4_096
"""Gaps that are drawn at a time, from a generator of their own."""
_PURPOSE = 0x0A441
"""What tells these draws from others of the same seed."""
_KEPT = 4
"""Blocks that are kept: whoever asks, asks for one place after the other."""


class Arrivals(Protocol):
    """Places, in their order: a pure function of the number, from 0."""

    def place(self, number: int) -> float:
        """Where the number-th arrives, in mean gaps from the beginning."""

    def before(self, place: float) -> int:
        """How many arrive before `place`."""


class EvenArrivals:
    """One as far from the next as any other, the first at the beginning."""

    def place(self, number: int) -> float:
        return float(number)

    def before(self, place: float) -> int:
        return max(0, math.ceil(place))


class DrawnArrivals:
    """Gaps that know nothing of each other, of gamma's distribution with the shape `shape` and a mean of 1.

    They are drawn in blocks, each by the seed and its number, so that any of them can be had at any time, in any
    process.
    """

    def __init__(self, seed: int, shape: float) -> None:
        self._seed, self._shape = seed, shape
        self._begins = [0.0]
        self._blocks: dict[int, npt.NDArray[np.float64]] = {}

    def place(self, number: int) -> float:
        block, within = divmod(number, BLOCK)
        return float(self._block(block)[within])

    def before(self, place: float) -> int:
        block = 0
        while self._begin(block + 1) < place:
            block += 1
        return block * BLOCK + int(np.searchsorted(self._block(block), place))

    def _begin(self, block: int) -> float:
        while len(self._begins) <= block:
            self._block(len(self._begins) - 1)
        return self._begins[block]

    def _block(self, number: int) -> npt.NDArray[np.float64]:
        if (kept := self._blocks.get(number)) is not None:
            return kept
        begin = self._begin(number)
        draw = np.random.default_rng([self._seed, _PURPOSE, number])
        gaps = draw.standard_exponential(BLOCK) if self._shape == 1 else draw.standard_gamma(self._shape, BLOCK)
        places = begin + np.cumsum(gaps / self._shape)
        if number + 1 == len(self._begins):
            self._begins.append(float(places[-1]))
        if len(self._blocks) >= _KEPT:
            del self._blocks[next(iter(self._blocks))]
        self._blocks[number] = places
        return places


def arrivals_of(load: OpenLoop, seed: int) -> Arrivals:
    """As `load` asks for; `seed` decides on those that are drawn."""
    if load.arrivals == "constant":
        return EvenArrivals()
    return DrawnArrivals(seed, load.burstiness if load.arrivals == "gamma" else 1.0)

"""From one level to the next: doubled, halfway between two, a little less or more. Users are whole."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stt_load.samples.levels import Axis

_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class Steps:
    """resolution: by how much two levels may differ that need none between them, as a share. to: the highest level;
    None: there is none."""

    axis: Axis
    resolution: float
    to: float | None

    def doubled(self, value: float) -> float:
        return self._value(value * 2, up=True)

    def between(self, low: float, high: float) -> float | None:
        """Their geometric mean; None where nothing is to be tried between them."""
        if high / low <= 1 + self.resolution + _NEARLY or (self._are_whole and high - low <= 1):
            return None
        found = self._value(math.sqrt(low * high))
        return found if low < found < high else None

    def below(self, value: float, times: int) -> float | None:
        """The next lower one to try when so many were tried, each step longer than the last; None: there is none."""
        found = self._value(value / (1 + self.resolution * 2**times))
        if self._are_whole:
            found = min(found, value - 1)
        return found if found > 0 else None

    def above(self, value: float, times: int) -> float | None:
        """The next higher one, likewise."""
        if self.to is not None and value >= self.to:
            return None
        found = self._value(value * (1 + self.resolution * 2**times), up=True)
        return max(found, min(value + 1, self.to or math.inf)) if self._are_whole else found

    @property
    def _are_whole(self) -> bool:
        return self.axis == "users"

    def _value(self, value: float, *, up: bool = False) -> float:
        """As it is tried: whole, or with three digits."""
        found = float(round(value)) if self._are_whole else float(f"{value:.3g}")
        return min(found, self.to) if up and self.to is not None else found

"""One figure of a trial, beside its truth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Unit = Literal["", "s", "/s", "bytes"]

EARLY_S = 0.0005
LATE_S = 0.015
BUSY_S = 0.5
"""An answer can't be there before the server has given it (but for the clocks' last digits), nor long after it."""
LAST_DIGIT = 2e-6
"""By so much a difference of two reported instants, or what is worked out of such, may be wrong."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one trial. low, high: how far the reported value may be from the true one, both ends included."""

    name: str
    unit: Unit
    truth: float
    reported: float | None
    low: float = 0.0
    high: float = 0.0

    @property
    def difference(self) -> float:
        """Infinite where nothing was reported."""
        return math.inf if self.reported is None else self.reported - self.truth

    @property
    def right(self) -> bool:
        return self.low <= self.difference <= self.high

    @property
    def late(self) -> bool:
        """Wrong as it would be on a machine that is busy with something else: a time too long, a rate too low."""
        if self.unit == "/s":
            return not self.right and self.difference < 0
        return not self.right and self.low < 0 < self.difference < BUSY_S

    @property
    def strain(self) -> float:
        """How much of what is allowed was needed: above 1 it is wrong."""
        limit = self.high if self.difference > 0 else -self.low
        return abs(self.difference) / limit if limit else (0.0 if self.right else math.inf)


def late(name: str, truth: float, reported: float | None) -> Figure:
    return Figure(name, "s", truth, reported, -EARLY_S, LATE_S)


def rounded(name: str, unit: Unit, truth: float, reported: float | None) -> Figure:
    """The same but for the last digit of what is reported."""
    return Figure(name, unit, truth, reported, -LAST_DIGIT, LAST_DIGIT)

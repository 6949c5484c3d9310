"""One text as a voice has spoken it, while a pack is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Span = tuple[float, float]


class PackingError(ValueError):
    """Why no pack can be made, as a sentence."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """voice: its name. samples: mono, full scale is 1. words: from when to when each word of `text` is spoken, in
    seconds from the first sample; None where the synthesiser doesn't say."""

    voice: str
    text: str
    samples: Samples
    rate_hz: int
    words: tuple[Span, ...] | None = None

    @property
    def duration_s(self) -> float:
        return self.samples.size / self.rate_hz


def within(span: Span, from_s: float, end_s: float) -> Span:
    """`span`, counted from `from_s`, which is where the recording begins; it ends at `end_s`."""
    first, last = (round(min(max(at - from_s, 0.0), end_s), 3) for at in span)
    return first, last

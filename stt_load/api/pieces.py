"""The text of a streamed answer in the pieces that it came in, and when."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from math import fsum

from stt_load.api.words import first_ink


@dataclass(frozen=True, slots=True)
class Gaps:
    """Seconds between the arrivals of one piece of text and the next. p95_s: nearest rank."""

    mean_s: float
    p95_s: float
    max_s: float


class Pieces:
    """Texts and when each came in. spaced: they are parts of their own, with a space between two that have none.

    count: those that are more than blanks; only these have an arrival. What came at the same instant, as all in one
    part does, is kept as one arrival: a stream of millions of pieces takes memory for its parts and its text.
    """

    __slots__ = ("_last", "_spaced", "_text", "_times", "count")

    def __init__(self, spaced: bool = False) -> None:
        self._spaced = spaced
        self._last = ""
        self._text = StringIO(newline="")
        self._times = array("d")
        self.count = 0

    def add(self, text: str, at_s: float) -> None:
        """text: may be empty. at_s: no earlier than before."""
        if not text:
            return
        if self._spaced:
            if self._last and not (self._last.isspace() or text[0].isspace()):
                text = f" {text}"
            self._last = text[-1]
        self._text.write(text)
        if first_ink(text) is None:
            return
        self.count += 1
        times = self._times
        if not times or times[-1] != at_s:
            times.append(at_s)

    @property
    def text(self) -> str:
        return self._text.getvalue()

    @property
    def first_s(self) -> float | None:
        """When the first one came that is more than blanks."""
        return self._times[0] if self._times else None

    @property
    def gaps(self) -> Gaps | None:
        """None with fewer than two. Two at the same instant: 0."""
        count = self.count - 1
        if count < 1:
            return None
        gaps = sorted(after - before for before, after in pairwise(self._times))
        zeros = count - len(gaps)
        place = (95 * count + 99) // 100 - 1
        p95_s = gaps[place - zeros] if place >= zeros else 0.0
        return Gaps(fsum(gaps) / count, p95_s, gaps[-1] if gaps else 0.0)

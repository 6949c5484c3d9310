"""Texts in the pieces that they came in, and when: of a streamed answer, or of a session."""

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


class Texts:
    """What was said while it was said. A final text is a finished part that stays as it is; one that is not goes on.

    Finals repeat what the others said, and count only where there are none: so do `text`, `count` and `gaps`.
    """

    __slots__ = ("_finals", "_partials")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """It has turned out that all so far was no text."""
        self._partials = Pieces()
        self._finals = Pieces(spaced=True)

    def add(self, at_s: float, text: str, final: bool) -> None:
        """text: may be empty. at_s: no earlier than before."""
        (self._finals if final else self._partials).add(text, at_s)

    @property
    def text(self) -> str:
        return self._told.text

    @property
    def count(self) -> int:
        """Texts that are more than blanks."""
        return self._told.count

    @property
    def gaps(self) -> Gaps | None:
        """Between the arrivals of those; None with fewer than two. Two in one part came at once: 0."""
        return self._told.gaps

    @property
    def first_s(self) -> float | None:
        """When the first of either kind came that is more than blanks."""
        firsts = (self._partials.first_s, self._finals.first_s)
        return min((first for first in firsts if first is not None), default=None)

    @property
    def _told(self) -> Pieces:
        return self._partials if self._partials.count else self._finals

"""Which words of a recording make one utterance of a pack: it is cut at pauses, long ones first."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from stt_load.packing.silences import Pause

SHORTEST_S: Final = 0.52
"""Of an utterance: in less there is no word that a recogniser could be sure of."""
LONGEST_S: Final = 10.0
"""Of an utterance: clips are filled with whole ones, and of long ones few fit."""
CLEAR_S: Final = 0.3
"""A pause so long is one that the speaker makes: there it is cut even if what lies between would be short enough."""


class Piece(NamedTuple):
    """first, end: its words by their places, the latter not its own. from_s, to_s: where it is cut, in seconds."""

    first: int
    end: int
    from_s: float
    to_s: float

    @property
    def lasts_s(self) -> float:
        return self.to_s - self.from_s


def pieces(words: int, lasts_s: float, pauses: Sequence[Pause]) -> Iterator[Piece]:
    """All words of a recording that lasts `lasts_s`, in pieces one after the other, cut in the middle of pauses.

    The longest pauses come first, and each cuts the piece that it is in, if it is clear or the piece is too long;
    never so that one is shorter than SHORTEST_S. Where pauses are too few, pieces stay longer than LONGEST_S.
    """
    cuts = [(0.0, 0), (lasts_s, words)]
    for pause in sorted(pauses, key=lambda one: (-one.lasts_s, one.from_s)):
        cut = pause.middle_s, pause.after + 1
        place = bisect(cuts, cut)
        (before_s, _), (behind_s, _) = cuts[place - 1 : place + 1]
        is_wanted = pause.lasts_s >= CLEAR_S or behind_s - before_s > LONGEST_S
        if is_wanted and min(cut[0] - before_s, behind_s - cut[0]) >= SHORTEST_S:
            cuts.insert(place, cut)
    for (from_s, first), (to_s, end) in pairwise(cuts):
        yield Piece(first, end, from_s, to_s)

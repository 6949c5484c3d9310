"""Where a long recording can be cut: in pauses between its words, whose instants are known. Numbers alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from stt_load.audio.entries import Span

LEAST_S: Final = 0.1
"""Of a pause that may be cut in. Words that follow each other are less apart, also where an aligner errs by some 10
ms."""
KEPT_S: Final = 0.15
"""Of a pause, at most, before the first word of a cut and after the last one."""


class Cut(NamedTuple):
    """Words `first` to `last`, and from when to when they are in the recording, with half of the pauses around."""

    first: int
    last: int
    from_s: float
    to_s: float


def cuts(words: Sequence[Span], lasts_s: float, most_s: float) -> list[Cut]:
    """A recording of `lasts_s` seconds in pieces of at most `most_s`: all of its words, each once, in their order.
    None where that can't be done.

    Each is cut where the pause is widest, among those after at least half of what has room.
    """
    found: list[Cut] = []
    first = 0
    while first < len(words):
        ends = list(_ends(words, first, lasts_s, most_s))
        if not ends:
            return []
        if ends[-1] == len(words) - 1:
            last = ends[-1]
        else:
            reach_s = words[ends[-1]][1] - words[first][0]
            late = [end for end in ends if 2 * (words[end][1] - words[first][0]) >= reach_s]
            last = max(late, key=lambda end: _pause_s(words, end))
        found.append(_cut(words, first, last, lasts_s))
        first = last + 1
    return found


def _ends(words: Sequence[Span], first: int, lasts_s: float, most_s: float) -> Iterator[int]:
    """The words that a piece which begins with `first` can end with."""
    for last in range(first, len(words)):
        cut = _cut(words, first, last, lasts_s)
        if cut.to_s - cut.from_s > most_s:
            return
        if last == len(words) - 1 or _pause_s(words, last) >= LEAST_S:
            yield last


def _pause_s(words: Sequence[Span], last: int) -> float:
    """After word `last`, which is not the last one of all."""
    return words[last + 1][0] - words[last][1]


def _cut(words: Sequence[Span], first: int, last: int, lasts_s: float) -> Cut:
    before_s = words[first][0] if first == 0 else _pause_s(words, first - 1) / 2
    after_s = lasts_s - words[last][1] if last == len(words) - 1 else _pause_s(words, last) / 2
    from_s = words[first][0] - min(KEPT_S, max(0.0, before_s))
    return Cut(first, last, from_s, words[last][1] + min(KEPT_S, max(0.0, after_s)))

"""Where nobody speaks in a recording, and between which words that is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stt_load.packing.recording import Span

LEAST_S: Final = 0.1
"""Of a pause. Before a "t" or a "k" people are quiet for less."""
MARGIN_S: Final = 0.1
"""Before and after speech: a breath before "h" and a release after "t" are soft."""
ACTIVE_DB: Final = 30.0
"""What is so far below the loudest piece, and further, is no speech."""
LEAST_DB, MOST_DB = 8.0, 30.0
"""A pause is quieter than speech by half of what lies between speech and the quietest tenth of the recording, in
decibels; where that is less than the first of these, speech can't be told from what is behind it, and more than the
second is never asked for."""


class Loudness(NamedTuple):
    """values: root mean square of each piece of `piece_s` seconds."""

    values: NDArray[np.float64]
    piece_s: float


class Pause(NamedTuple):
    """after: the place of the word before it. from_s, to_s: in seconds from the recording's beginning."""

    after: int
    from_s: float
    to_s: float

    @property
    def lasts_s(self) -> float:
        return self.to_s - self.from_s

    @property
    def middle_s(self) -> float:
        return (self.from_s + self.to_s) / 2


def pauses(loud: Loudness, words: Sequence[Span]) -> list[Pause]:
    """Between which of `words` (from when to when each is spoken) it is quiet for LEAST_S or longer.

    Which words these are is told by where within its instants each is spoken (`_heard`). Where it is quiet there, it
    is no pause: the word is soft, or not where it is said to be. Of two pauses between the same words the longer one
    counts.
    """
    heard_s = _heard(loud, words)
    found: dict[int, Pause] = {}
    for from_s, to_s in _quiet(loud):
        after = bisect_left(heard_s, from_s) - 1
        if after < 0 or after == len(words) - 1 or bisect_left(heard_s, to_s) != after + 1:
            continue
        pause = Pause(after, from_s, to_s)
        if after not in found or pause.lasts_s > found[after].lasts_s:
            found[after] = pause
    return list(found.values())


def speech(loud: Loudness) -> Span:
    """From when to when somebody speaks, with a MARGIN_S before and after; all of it where that can't be told."""
    lasts_s = loud.values.size * loud.piece_s
    if (below := _threshold(loud.values)) is None:
        return 0.0, lasts_s
    spoken = np.flatnonzero(loud.values >= below)
    first, last = int(spoken[0]) * loud.piece_s, (int(spoken[-1]) + 1) * loud.piece_s
    return max(0.0, first - MARGIN_S), min(lasts_s, last + MARGIN_S)


def _heard(loud: Loudness, words: Sequence[Span]) -> list[float]:
    """Of each word the centre of its power: who aligns words stretches some of them over the pause beside them."""
    power = np.concatenate([[0.0], np.cumsum(loud.values**2)])
    moment = np.concatenate([[0.0], np.cumsum(loud.values**2 * (np.arange(loud.values.size) + 0.5))])
    heard_s: list[float] = []
    for from_s, to_s in words:
        first = min(int(from_s / loud.piece_s), loud.values.size - 1)
        end = min(max(ceil(to_s / loud.piece_s), first + 1), loud.values.size)
        whole = float(power[end] - power[first])
        centre = float(moment[end] - moment[first]) / whole if whole > 0 else (first + end) / 2
        heard_s.append(max(centre * loud.piece_s, heard_s[-1] if heard_s else 0.0))
    return heard_s


def _quiet(loud: Loudness) -> Iterator[tuple[float, float]]:
    """From when to when it is."""
    if (below := _threshold(loud.values)) is None:
        return
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud.values < below, [False]]).astype(np.int8)))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if (end - first + 0.5) * loud.piece_s >= LEAST_S:
            yield first * loud.piece_s, end * loud.piece_s


def _threshold(loud: NDArray[np.float64]) -> float | None:
    """What is quieter than this is a pause; None where nothing is."""
    if not loud.size or not (loudest := float(loud.max())):
        return None
    speech = float(np.sqrt(np.mean(loud[loud >= loudest * 10 ** (-ACTIVE_DB / 20)] ** 2)))
    behind = max(float(np.quantile(loud, 0.1)), speech * 10 ** (-2 * MOST_DB / 20))
    below_db = min(10 * np.log10(speech / behind), MOST_DB)  # half of the difference, which is 20 times the logarithm
    return None if below_db < LEAST_DB else speech * float(10 ** (-below_db / 20))

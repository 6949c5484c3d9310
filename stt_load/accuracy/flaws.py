"""What can be wrong with an answer beyond words misheard, as far as the answer and its own reference tell.

Texts are strings of letters, one for each word (`stt_load.accuracy.references.Alphabet`). The limits were found by
simulating answers with 5, 20 and 40% of the words wrong (docs/decisions/0012-accuracy.md): each is where errors alone
no longer look like the flaw.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np

from stt_load.samples.accuracy import FEWEST_WORDS

_TRUNCATED_LENGTH = 0.66
_PREFIX_LENGTH = 0.70
_PREFIX_DISTANCE = 0.65
_PREFIX_GAIN = 0.2
_FEWEST_MISSING = 4

_ROUNDS = {1: 8, 2: 4, 3: 4, 4: 3, 5: 3, 6: 3, 7: 3, 8: 3}
"""How often so many words have to follow on themselves to be a loop."""
_FEWEST_AGAIN = min(length * (rounds - 1) for length, rounds in _ROUNDS.items())
"""Words that are there before, at least, in any loop."""


def truncated(said: str, heard: str, distance: int) -> bool:
    """Whether a beginning of the reference `said` fits `heard` far better than the whole, `distance` edits away.

    heard has at most 0.66 n words, n those of said; of the prefixes of said the one nearest to it has m <= 0.70 n
    words, at least 4 fewer than n, and is at most 0.65 m edits away, 0.2 n fewer than the whole.
    """
    n = len(said)
    if not heard or n < FEWEST_WORDS or len(heard) > _TRUNCATED_LENGTH * n:
        return False
    distances = prefix_distances(said, heard)
    m = int(np.argmin(distances))
    fits = distances[m] <= min(_PREFIX_DISTANCE * m, distance - _PREFIX_GAIN * n)
    return bool(fits and m <= _PREFIX_LENGTH * n and n - m >= _FEWEST_MISSING)


def prefix_distances(said: str, heard: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Edits between `heard` and the first 0, 1, ... all words of `said`: the last row of Wagner and Fischer's table.

    A row at a time; the insertions in it, each of which costs one more than the cell before, are a running minimum.
    """
    columns = np.arange(len(said) + 1)
    letters = np.array([ord(letter) for letter in said])
    row = columns
    for number, letter in enumerate(heard, start=1):
        best = np.empty_like(columns)
        best[0] = number
        np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)), out=best[1:])
        row = np.minimum.accumulate(best - columns) + columns
    return row


def looping(said: str, heard: str) -> bool:
    """Whether `heard` has far too many words, more than 2 n + 10, or goes round and round: one word 8 times in a row,
    two or three 4 times, four to eight 3 times. What the reference `said` repeats by itself does not count."""
    if len(said) < FEWEST_WORDS:
        return False
    if len(heard) > 2 * len(said) + 10:
        return True
    if len(heard) - len(set(heard)) < _FEWEST_AGAIN:
        return False
    return any(_loops(said, heard, length, rounds) for length, rounds in _ROUNDS.items())


def _loops(said: str, heard: str, length: int, rounds: int) -> bool:
    for start, times in _rounds(heard, length):
        words = heard[start : start + length]
        if times >= rounds and times - max(0, most_rounds(said, words) - 1) >= rounds:
            return True
    return False


def _rounds(text: str, length: int) -> list[tuple[int, int]]:
    """Where `length` letters follow on themselves, and how often they are there in a row."""
    same = [one == other for one, other in zip(text, text[length:], strict=False)]
    found, place = [], 0
    for equal, run in groupby(same):
        size = sum(1 for _ in run)
        if equal:
            found.append((place, size // length + 1))
        place += size
    return found


def most_rounds(text: str, words: str) -> int:
    """How often `words` is in `text` in a row, at most, whichever of its letters comes first."""
    turned = {words[place:] + words[:place] for place in range(len(words))}
    return max(
        [times for start, times in _rounds(text, len(words)) if text[start : start + len(words)] in turned],
        default=int(any(one in text for one in turned)),
    )

"""Where in a sentence each of its words is spoken, from the phones of flite.

flite says of a text which phones it made, and when each ends (`-psdur`), but not which word each belongs to. So every
word is also given to it alone, and the two sequences of phones are aligned with the fewest differences
(Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966): in a sentence some
vowels are reduced ("the", "a", "and"), and few phones are added or dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from stt_load.packing.recording import Span

PHONE = re.compile(r"([a-z]+):([0-9]+\.[0-9]+)")
PAUSE = "pau"


class Phone(NamedTuple):
    name: str
    from_s: float
    to_s: float


def phones_of(printed: str) -> list[Phone]:
    """What flite prints with -psdur ("pau:0.192 dh:0.242 ..."): names, and ends in seconds. Pauses are left out.

    Nothing where something else was printed.
    """
    found, before = [], 0.0
    for item in printed.split():
        matched = PHONE.fullmatch(item)
        if not matched:
            return []
        name, end = matched[1], float(matched[2])
        if name != PAUSE:
            found.append(Phone(name, before, end))
        before = end
    return found


def spans(phones: Sequence[Phone], words: Sequence[Sequence[str]]) -> tuple[Span, ...] | None:
    """From when to when each word is spoken; None where the phones don't tell.

    phones: of the sentence. words: of each word alone, its phones. A word lasts from the first phone that is its to
    the last one; one that has no phone left has no instant, and then nothing is said of the whole sentence.
    """
    alone = [(name, at) for at, names in enumerate(words) for name in names]
    owners = aligned([phone.name for phone in phones], [name for name, _ in alone])
    found: list[list[Phone]] = [[] for _ in words]
    for phone, owner in zip(phones, owners, strict=True):
        if owner is not None:
            found[alone[owner][1]].append(phone)
    if not all(found):
        return None
    return tuple((its[0].from_s, its[-1].to_s) for its in found)


def aligned(heard: Sequence[str], said: Sequence[str]) -> list[int | None]:
    """For each of `heard` the place in `said` that it stands for, in order; None for one too many.

    A phone of the same kind (both vowels, or both not) costs half of what another does, so that a reduced vowel stays
    in its word.
    """
    costs = [[0.0] * (len(said) + 1) for _ in range(len(heard) + 1)]
    for i in range(len(heard) + 1):
        for j in range(len(said) + 1):
            if i and j:
                swap = costs[i - 1][j - 1] + _difference(heard[i - 1], said[j - 1])
                costs[i][j] = min(swap, costs[i - 1][j] + 1, costs[i][j - 1] + 1)
            else:
                costs[i][j] = float(i + j)
    owners: list[int | None] = [None] * len(heard)
    i, j = len(heard), len(said)
    while i and j:
        if costs[i][j] == costs[i - 1][j - 1] + _difference(heard[i - 1], said[j - 1]):
            i, j = i - 1, j - 1
            owners[i] = j
        elif costs[i][j] == costs[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return owners


def _difference(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return 0.5 if (one[0] in "aeiou") == (other[0] in "aeiou") else 1.0

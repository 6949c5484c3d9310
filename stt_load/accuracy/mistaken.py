"""Answers that are another's: swapped between callers, or one text given to many.

Texts are strings of letters, one for each word (`stt_load.accuracy.references.Alphabet`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from stt_load.samples.accuracy import FEWEST_WORDS

WINDOW = 50
"""How many that were sent before, and after, an answer can have been swapped with."""

_SUSPECT_RATE = 0.35
_SUSPECT_EDITS = 3
_GAIN = 0.2
_WORST_FIT = 0.75
_FEWEST_FEWER = 3
_SLACK = 0.1
_MOST_WORDS_DIFFER = 0.5
_MANY = 3


def suspect(words: int, word_edits: int) -> bool:
    """Whether an answer with so many errors, to a clip of so many words, may be another's."""
    return words >= FEWEST_WORDS and word_edits >= _SUSPECT_EDITS and word_edits > _SUSPECT_RATE * words


@dataclass(frozen=True, slots=True)
class Suspect:
    """An answer far from its own reference. place: in the order of sending. heard: its letters."""

    place: int
    heard: str
    word_edits: int


def swapped(one: Suspect, letters: Callable[[int], str], edits: Callable[[int], int], places: int) -> int | None:
    """The place of the clip that says what was answered to `one`; None where there is none.

    letters: of the reference at each place, 0 to places - 1. edits: how far the answer at each place is from its own
    reference. Of those in the window that have other words, the one with the lowest rate of errors, if that is at
    most 0.75, at least 0.2 below that of its own reference, and saves 3 edits or more. A clip whose own answer is
    nearer to it by more than a tenth of its words is none: who was given that one's answer has it, or as good a one.
    """
    from rapidfuzz.distance import Levenshtein

    own = letters(one.place)
    most_rate = min(_WORST_FIT, one.word_edits / len(own) - _GAIN)
    most_edits = one.word_edits - _FEWEST_FEWER
    found = None
    for place in range(max(0, one.place - WINDOW), min(places, one.place + WINDOW + 1)):
        other = letters(place)
        limit = min(most_edits, int(most_rate * len(other) + 1e-9))
        # The length alone may say that it is too far, which is quicker to see here than to be told.
        if abs(len(other) - len(one.heard)) > limit or not other or other == own:
            continue
        distance = Levenshtein.distance(other, one.heard, score_cutoff=limit)
        if distance > limit or distance > edits(place) + _SLACK * len(other):
            continue
        if found is None or distance < most_rate * len(other):
            found, most_rate = place, distance / len(other)
    return found


def repeated(suspects: Mapping[int, Suspect], letters: Callable[[int], str]) -> dict[int, tuple[int, bool]]:
    """Which of the suspects, by place, have a long answer that another one has to the letter, though most words of
    their references differ: to each the place of such another one, and whether it was given three times or more."""
    alike: dict[str, list[int]] = defaultdict(list)
    for place, one in suspects.items():
        if len(one.heard) >= FEWEST_WORDS:
            alike[one.heard].append(place)
    found: dict[int, tuple[int, bool]] = {}
    for places in alike.values():
        if len(places) > 1:
            pairs = dict(_differing(places, letters))
            found |= {place: (other, len(pairs) >= _MANY) for place, other in pairs.items()}
    return found


def _differing(places: list[int], letters: Callable[[int], str]) -> Iterator[tuple[int, int]]:
    """Each place with one whose reference is another: the first of all, or the first that differs from that."""
    first = places[0]
    others = [place for place in places[1:] if _differ(letters(first), letters(place))]
    if not others:
        return
    yield first, others[0]
    yield from ((place, first) for place in others)
    for place in set(places) - {first, *others}:
        if _differ(letters(others[0]), letters(place)):
            yield place, others[0]


def _differ(one: str, other: str) -> bool:
    from rapidfuzz.distance import Levenshtein

    limit = int(_MOST_WORDS_DIFFER * max(len(one), len(other)))
    return Levenshtein.distance(one, other, score_cutoff=limit) > limit

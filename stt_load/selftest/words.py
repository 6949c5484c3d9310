"""How right the answers must be found to be: what the server says it heard against what it says it answered.

Nothing here is shared with what scores the answers of a run, not even the way words are made comparable: small
letters, and no punctuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

JUDGED_WORDS = 9
"""Of a clip, from which on its answer is told from another clip's, from a part of it, or from a loop."""


@dataclass(frozen=True, slots=True)
class Edits:
    """The fewest edits that make one sequence of another. Which of them are substitutions is a matter of choice
    between ways that are equally short: at least and at most so many."""

    all: int
    fewest_substitutions: int
    most_substitutions: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Sums over answers. wrong: those with an edit. judged: those to clips of JUDGED_WORDS and more. longer: by how
    many words the answers are longer than what was said, all together."""

    answers: int
    wrong: int
    judged: int
    words: int
    edits: Edits
    longer: int
    characters: int
    character_edits: int


def scores(pairs: Iterable[tuple[str, str]]) -> Scores:
    """Of pairs of what was said and what was answered."""
    texts = [(plain(said), plain(answered)) for said, answered in pairs]
    words = [(said.split(), answered.split()) for said, answered in texts]
    found = [edits(said, answered) for said, answered in words]
    return Scores(
        answers=len(texts),
        wrong=sum(one.all > 0 for one in found),
        judged=sum(len(said) >= JUDGED_WORDS for said, _ in words),
        words=sum(len(said) for said, _ in words),
        edits=Edits(
            sum(one.all for one in found),
            sum(one.fewest_substitutions for one in found),
            sum(one.most_substitutions for one in found),
        ),
        longer=sum(len(answered) - len(said) for said, answered in words),
        characters=sum(len(said) for said, _ in texts),
        character_edits=sum(0 if said == answered else edits(said, answered).all for said, answered in texts),
    )


def plain(text: str) -> str:
    """In small letters, words alone, one blank between two."""
    return " ".join("".join(one if one.isalnum() else " " for one in text.lower()).split())


def edits(said: Sequence[str], answered: Sequence[str]) -> Edits:
    """V. Levenshtein's distance, by R. Wagner and M. Fischer's table (1974), two rows of it at a time."""
    rows = [(column, 0, 0) for column in range(len(answered) + 1)]
    for number, one in enumerate(said, start=1):
        above, rows = rows, [(number, 0, 0)]
        for column, other in enumerate(answered):
            all_, fewest, most = above[column]
            ways = [(all_, fewest, most) if one == other else (all_ + 1, fewest + 1, most + 1)]
            ways += [(way[0] + 1, *way[1:]) for way in (above[column + 1], rows[column])]
            least = min(way[0] for way in ways)
            short = [way for way in ways if way[0] == least]
            rows.append((least, min(way[1] for way in short), max(way[2] for way in short)))
    return Edits(*rows[-1])

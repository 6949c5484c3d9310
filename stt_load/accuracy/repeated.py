"""Answers to clips that were said again, held against the first one that an idle service gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal

import numpy as np

from stt_load.accuracy.answers import Part, Readable
from stt_load.accuracy.normalise import Normaliser
from stt_load.accuracy.scores import Rows
from stt_load.accuracy.scoring import Scoring
from stt_load.audio.names import REPEAT
from stt_load.samples.accuracy import FLAWS, RepeatedClip, Repeats

_UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Myanmar
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3040", "\u30ff"),  # Hiragana, Katakana
    ("\u3400", "\u9fff"),  # CJK ideographs
    ("\U00020000", "\U0003ffff"),  # more of them
)
"""Blocks of Unicode whose scripts put no blanks between words."""

_PLACES = {0: "measured", REPEAT + 1: "control", REPEAT + 2: "repeated"}


def compared(answers: Readable, seqs: Collection[int], normal: Normaliser) -> Repeats:
    """The answers to the clips `seqs`: the first attempt of each that was a repetition is what the others are held
    against, by the same rules as answers against what was said (`Scoring`), flaws included.

    Where most letters are of a script without blanks, each character is taken for a word. Whose first answer is empty
    is no worse a clip: were it left out, later ones would seem to be empty more often than the first ones.
    """
    wanted = frozenset(seqs)
    first = {one.seq: one.text for one in answers if one.attempt == REPEAT and one.seq in wanted}
    characters = _is_unspaced(first.values())
    others = Part(answers, lambda one: one.seq in first and one.attempt in _PLACES)
    normal = _in_characters(normal) if characters else normal
    scores = Scoring(others, lambda seq, _: (first[seq],), normal, _untold).scores(None, None)
    unit: Literal["words", "characters"] = "words" if normal.spaced else "characters"
    heard = _heard(others, normal)
    empty = {seq: RepeatedClip(seq, 0, **_lengths(heard[seq])) for seq in heard if not normal(first[seq]).strip()}
    found = empty | _clips(scores.rows, by_characters=not normal.spaced)
    clips = tuple(replace(found[seq], between=_between(list(heard[seq].values()))) for seq in sorted(found))
    examples = tuple(one for one in scores.accuracy.examples if _PLACES[one.attempt] != "control")
    return Repeats(len(wanted), unit, clips, examples)


def _heard(answers: Readable, normal: Normaliser) -> dict[int, dict[int, list[str]]]:
    """What was answered, by seq and attempt: words, or characters where these are counted."""
    found: dict[int, dict[int, list[str]]] = defaultdict(dict)
    for one in answers:
        text = normal(one.text)
        found[one.seq].setdefault(one.attempt, text.split() if normal.spaced else list(text.replace(" ", "")))
    return found


def _lengths(heard: Mapping[int, Sequence[str]]) -> dict[str, Any]:
    """The edits that make each of nothing."""
    return {_PLACES[attempt]: len(text) for attempt, text in heard.items()}


def _between(heard: Sequence[Sequence[str]]) -> tuple[int, ...]:
    from rapidfuzz.distance import Levenshtein

    return tuple(Levenshtein.distance(one, other) for one, other in combinations(heard, 2))


def _clips(rows: Rows, *, by_characters: bool) -> dict[int, RepeatedClip]:
    """By seq, those whose first answer has words."""
    found: dict[int, RepeatedClip] = {}
    words = np.sum([rows[name].astype(int) for name in ("substitutions", "deletions", "insertions")], axis=0)
    sizes, edits = (rows["characters"], rows["character_edits"]) if by_characters else (rows["words"], words)
    for number, (seq, attempt, flaw) in enumerate(rows[["seq", "attempt", "flaw"]].tolist()):
        clip = found.get(seq) or RepeatedClip(seq, int(sizes[number]))
        place = _PLACES[attempt]
        told: dict[str, Any] = {place: int(edits[number])}
        if flaw and place != "control":
            told[f"{place}_flaw"] = FLAWS[flaw - 1]
        found[seq] = replace(clip, **told)
    return found


def _is_unspaced(texts: Iterable[str]) -> bool:
    letters = [letter for text in texts for letter in text if letter.isalpha()]
    return 2 * sum(any(low <= letter <= high for low, high in _UNSPACED) for letter in letters) > len(letters)


def _in_characters(normal: Normaliser) -> Normaliser:
    return replace(
        normal, spaced=False, joins=lambda _: False, apply=lambda text: " ".join(normal(text).replace(" ", ""))
    )


def _untold(_done: int, _of: int) -> None:
    """They are few."""

"""Word and character errors of answers, counted by jiwer: the fewest edits that make the answer of the reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jiwer import AlignmentChunk


class Edits(NamedTuple):
    """Of one answer. words, characters: of the reference; the rest is what makes the answer of it.

    numeral: a word with a digit stands where the reference has other words.
    """

    words: int
    substitutions: int
    deletions: int
    insertions: int
    characters: int
    character_edits: int
    numeral: bool

    @property
    def word_edits(self) -> int:
        return self.substitutions + self.deletions + self.insertions

    @property
    def wer(self) -> float:
        return self.word_edits / self.words


def edits(references: Sequence[str], answers: Sequence[str], spaced: bool) -> list[Edits]:
    """Of each answer against its reference, both normalised; no reference is empty.

    spaced: blanks are characters, too. The distance of characters is taken from rapidfuzz, on which jiwer is built:
    the number is the same, without the alignment that nobody wants.
    """
    from jiwer import ReduceToListOfListOfWords, process_words

    if not references:
        return []
    words = ReduceToListOfListOfWords()
    found = process_words(list(references), list(answers), words, words)
    characters = character_edits(references, answers, spaced)
    return [
        _counts(said, heard, chunks, *one)
        for said, heard, chunks, one in zip(
            found.references, found.hypotheses, found.alignments, characters, strict=True
        )
    ]


def character_edits(references: Iterable[str], answers: Iterable[str], spaced: bool) -> list[tuple[int, int]]:
    """Characters of each reference, and how many edits make the answer of it."""
    from rapidfuzz.distance import Levenshtein

    if not spaced:
        references, answers = ([text.replace(" ", "") for text in texts] for texts in (references, answers))
    return [(len(said), Levenshtein.distance(said, heard)) for said, heard in zip(references, answers, strict=True)]


def _counts(
    said: list[str], heard: list[str], chunks: Iterable[AlignmentChunk], characters: int, character_edits: int
) -> Edits:
    substitutions = deletions = insertions = 0
    numeral = False
    for chunk in chunks:
        kind = chunk.type
        if kind == "equal":
            continue
        here = chunk.hyp_start_idx, chunk.hyp_end_idx
        if kind == "substitute":
            substitutions += here[1] - here[0]
            numeral = numeral or _is_numeral(said[chunk.ref_start_idx : chunk.ref_end_idx], heard[here[0] : here[1]])
        elif kind == "delete":
            deletions += chunk.ref_end_idx - chunk.ref_start_idx
        else:
            insertions += here[1] - here[0]
    return Edits(len(said), substitutions, deletions, insertions, characters, character_edits, numeral)


def _is_numeral(said: Iterable[str], heard: Iterable[str]) -> bool:
    """Whether digits were written for other words."""
    return any(map(_has_digit, heard)) and not any(map(_has_digit, said))


def _has_digit(word: str) -> bool:
    return not word.isalpha() and any(map(str.isdigit, word))

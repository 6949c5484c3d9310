"""All answers of a run held against what its clips say: read once, counted, and the suspicious looked at again."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

import numpy as np

from stt_load.accuracy.answers import Answer, Readable
from stt_load.accuracy.edits import Edits, character_edits, edits
from stt_load.accuracy.examples import Examples
from stt_load.accuracy.flaws import looping, truncated
from stt_load.accuracy.mistaken import WINDOW, Suspect, repeated, suspect, swapped
from stt_load.accuracy.normalise import Normaliser
from stt_load.accuracy.references import Alphabet, Reference, References, Texts
from stt_load.accuracy.scores import ROW, Rows, Scores
from stt_load.samples.accuracy import FEWEST_WORDS, FLAWS, Accuracy, Flaw

Progress: TypeAlias = Callable[[int, int], None]
BATCH = 200
_MOST_WORDS = 65_534
"""A row counts so many: one more stands for nothing counted (`stt_load.samples.fields`)."""
_KEPT = np.dtype([*((name, ROW[name]) for name in ROW.names or ()), ("sent_s", "<f8"), ("place", "<u8")])


class Scoring:
    """The scoring of one run.

    texts: what its clips say. progress: told how many answers have been counted, of how many.

    Of each answer 39 bytes are kept, and its words only where it is far from its reference: it may be another's.
    """

    def __init__(self, answers: Readable, texts: Texts, normaliser: Normaliser, progress: Progress) -> None:
        self._answers = answers
        self._normaliser = normaliser
        self._progress = progress
        self._alphabet = Alphabet()
        self._references = References(texts, normaliser, self._alphabet)
        self._total = answers.count()
        self._kept = np.zeros(self._total, _KEPT)
        self._scored = self._read = 0
        self._seen: set[int] = set()
        self._heard: dict[int, str] = {}
        self._numerals = 0
        self._spaced = [0, 0]

    def scores(self, language: str | None, pack: str | None) -> Scores:
        """Everything. Raises `ScoringError` where the answers are not what they should be."""
        self._progress(0, self._total)
        rest = iter(self._answers)
        while batch := list(islice(rest, BATCH)):
            self._count(batch)
            self._progress(self._read, self._total)
        self._seen.clear()
        others = self._find_mistaken()
        rows = self._kept[: self._scored]
        examples = Examples(rows, others, self._references, self._answers)
        accuracy = Accuracy(
            self._normaliser.name,
            self._normaliser.version,
            language,
            pack,
            self._scored,
            self._read - self._scored,
            None if self._scored else "None of the answers is to a clip with words.",
            int(np.count_nonzero(rows["words"] < FEWEST_WORDS)),
            self._numerals,
            spaced_characters=None if self._normaliser.spaced else self._spaced[0],
            spaced_character_edits=None if self._normaliser.spaced else self._spaced[1],
            worst=examples.worst(),
            examples=examples.of_flaws(),
        )
        return Scores(_in_order(rows), accuracy)

    def _count(self, batch: list[Answer]) -> None:
        self._read += len(batch)
        judged = [(one, said) for one in batch if (said := self._reference(one))]
        normal = [reference.normal for _, reference in judged]
        heard = [self._normaliser(one.text) for one, _ in judged]
        counted = edits(normal, heard, self._normaliser.spaced)
        for (one, reference), text, counts in zip(judged, heard, counted, strict=True):
            self._keep(one, reference, text, counts)
        if not self._normaliser.spaced:
            for characters, wrong in character_edits(normal, heard, spaced=True):
                self._spaced[0] += characters
                self._spaced[1] += wrong

    def _reference(self, answer: Answer) -> Reference | None:
        """None where it can't be held against anything: no words, far too many, or answered already."""
        key = answer.seq << 16 | answer.attempt
        if key in self._seen:
            return None
        self._seen.add(key)
        found = self._references.of(answer.seq, answer.attempt)
        return found if 0 < len(found.letters) <= _MOST_WORDS else None

    def _keep(self, answer: Answer, reference: Reference, text: str, counts: Edits) -> None:
        number = self._scored
        self._scored += 1
        self._numerals += counts.numeral
        flaw = 0
        if counts.words >= FEWEST_WORDS and counts.word_edits > 1:
            letters = self._alphabet.letters(text.split())
            flaw = _own_flaw(reference.letters, letters, counts.word_edits)
            if suspect(counts.words, counts.word_edits):
                self._heard[number] = letters
        self._kept[number] = (
            answer.seq,
            answer.attempt,
            *(counts.words, counts.substitutions, counts.deletions, min(counts.insertions, _MOST_WORDS)),
            *(counts.characters, counts.character_edits, flaw, answer.sent_s, answer.place),
        )

    def _find_mistaken(self) -> dict[int, int]:
        """The other's number, for each answer that is another's; its row says which flaw that is."""
        kept = self._kept[: self._scored]
        order = np.argsort(kept["sent_s"], kind="stable")
        places = np.empty_like(order)
        places[order] = np.arange(len(order))

        @lru_cache(4 * WINDOW)
        def letters(place: int) -> str:
            row = kept[order[place]]
            return self._references.of(int(row["seq"]), int(row["attempt"])).letters

        def edits(place: int) -> int:
            return self._edits_of(int(order[place]))

        def whose_clip(one: Suspect) -> int | None:
            return swapped(one, letters, edits, len(order))

        suspects = {
            int(places[number]): Suspect(int(places[number]), heard, self._edits_of(number))
            for number, heard in self._heard.items()
        }
        self._heard.clear()
        alike = repeated(dict(sorted(suspects.items())), letters)
        others: dict[int, int] = {}
        for place in sorted(suspects):
            other, flaw = _whose(suspects[place], alike.get(place), whose_clip)
            if flaw is not None and other is not None:
                kept["flaw"][order[place]] = number_of(flaw)
                others[int(order[place])] = int(order[other])
        return others

    def _edits_of(self, number: int) -> int:
        row = self._kept[number]
        return int(row["substitutions"]) + int(row["deletions"]) + int(row["insertions"])


def number_of(flaw: Flaw) -> int:
    """What stands for it in a row."""
    return 1 + FLAWS.index(flaw)


def _own_flaw(said: str, heard: str, word_edits: int) -> int:
    if truncated(said, heard, word_edits):
        return number_of("truncated")
    return number_of("looping") if looping(said, heard) else 0


def _whose(
    one: Suspect, alike: tuple[int, bool] | None, whose_clip: Callable[[Suspect], int | None]
) -> tuple[int | None, Flaw | None]:
    """A text that three or more were given is no swap, even if one of their neighbours has said it."""
    if alike and alike[1]:
        return alike[0], "repeated"
    if (other := whose_clip(one)) is not None:
        return other, "swapped"
    return (alike[0], "repeated") if alike else (None, None)


def _in_order(rows: Rows) -> Rows:
    """By seq and attempt, without what a row of scores does not have."""
    ordered = rows[np.lexsort((rows["attempt"], rows["seq"]))]
    scores = np.empty(len(rows), ROW)
    for name in ROW.names or ():
        scores[name] = ordered[name]
    return scores

"""The answers that are worth a look, beside what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from stt_load.accuracy.answers import Readable
from stt_load.accuracy.references import References
from stt_load.accuracy.scores import Rows
from stt_load.samples.accuracy import CUT, FLAWS, LONGEST_TEXT, Example

WORST = 5
OF_A_FLAW = 3


class Examples:
    """Of scored answers.

    rows: their counts, where their text is (place) and when each was sent (sent_s). others: to the number of an
    answer that is another's, the number of that one. Texts are read again from the answers.
    """

    def __init__(self, rows: Rows, others: Mapping[int, int], references: References, answers: Readable) -> None:
        self._rows = rows
        self._others = others
        self._references = references
        self._answers = answers
        edits = sum(rows[name].astype(np.int64) for name in ("substitutions", "deletions", "insertions"))
        self._edits = np.zeros(0, np.int64) if isinstance(edits, int) else edits

    def worst(self) -> tuple[Example, ...]:
        """Those with most words wrong in proportion; of equals those with more words wrong, then the first sent."""
        rows, edits = self._rows, self._edits
        wrong = np.flatnonzero(edits)
        rates = edits[wrong] / rows["words"][wrong]
        order = np.lexsort((rows["sent_s"][wrong], -edits[wrong], -rates))
        return self._of(wrong[order[:WORST]])

    def of_flaws(self) -> tuple[Example, ...]:
        """The first sent with each flaw."""
        by_sending = np.argsort(self._rows["sent_s"], kind="stable")
        flaws = self._rows["flaw"][by_sending]
        found = [by_sending[np.flatnonzero(flaws == number + 1)[:OF_A_FLAW]] for number in range(len(FLAWS))]
        return tuple(example for numbers in found for example in self._of(numbers))

    def _of(self, numbers: Iterable[int]) -> tuple[Example, ...]:
        return tuple(map(self._example, map(int, numbers)))

    def _example(self, number: int) -> Example:
        row, other = self._rows[number], self._others.get(number)
        seq, attempt, flaw = int(row["seq"]), int(row["attempt"]), int(row["flaw"])
        return Example(
            seq,
            attempt,
            _shown(self._references.of(seq, attempt).said),
            _shown(self._answers.text_at(int(row["place"]))),
            int(self._edits[number]) / int(row["words"]),
            FLAWS[flaw - 1] if flaw else None,
            None if other is None else int(self._rows["seq"][other]),
        )


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - len(CUT)] + CUT

"""What comes of scoring a run's answers: a row of counts for each, and what is worth a look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from stt_load.samples.accuracy import NO_TEXTS, Accuracy

ROW = np.dtype(
    [
        ("seq", "<u4"),
        ("attempt", "<u2"),
        ("words", "<u2"),
        ("substitutions", "<u2"),
        ("deletions", "<u2"),
        ("insertions", "<u2"),
        ("characters", "<u4"),
        ("character_edits", "<u4"),
        ("flaw", "u1"),
    ]
)
"""One answer: which it is; words of the reference, at least 1, and the edits that make the answer of it; the same of
characters, as the normalisation counts them; 0, or 1 + the place of its flaw in FLAWS."""

Rows: TypeAlias = np.ndarray[tuple[int], np.dtype[np.void]]


class ScoringError(RuntimeError):
    """The answers could not be scored; the text is one sentence for a person."""


def wordless(source: str) -> str:
    """Why nothing can be held against clips of this source, of which no words are known."""
    if source == "files":
        return NO_TEXTS
    return f"The clips were {source}, in which there are no words."


@dataclass(frozen=True)
class Scores:
    """rows: of dtype ROW, one for each scored answer, by seq and attempt. accuracy: all else."""

    rows: Rows
    accuracy: Accuracy

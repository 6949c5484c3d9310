"""What came out when a run's answers were held against what its clips say, beside the counts in its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, get_args

Flaw = Literal["swapped", "repeated", "truncated", "looping"]
"""What can be wrong with an answer beyond words misheard (docs/measurement.md, Accuracy)."""
FLAWS: tuple[Flaw, ...] = get_args(Flaw)
"""In the order of the numbers that stand for them, from 1. A row has one: another's answer goes first."""

LONGEST_ANSWER = 100_000
"""Characters of an answer that are kept, sent on and scored; the rest of it is left out where it is first kept."""
LONGEST_TEXT = 400
"""Characters of a text of an example."""
CUT = "…"
"""What one ends with of which there was more."""
FEWEST_WORDS = 9
"""Of a clip, for its answer to be told from another clip's, from a part of it, or from a loop."""
NO_TEXTS = "The recordings have no texts."
"""Why no answer to recordings of the user's own was scored."""


@dataclass(frozen=True, slots=True)
class Example:
    """One answer beside what its clip says, both as they are, cut where they are long.

    wer: its word error rate, normalised. flaw: what else is wrong with it. other_seq: of a swapped one, the iteration
    whose clip says what was answered; of a repeated one, another that was answered alike.
    """

    seq: int
    attempt: int
    said: str
    heard: str
    wer: float
    flaw: Flaw | None = None
    other_seq: int | None = None


@dataclass(frozen=True, slots=True)
class RepeatedClip:
    """One clip that was said several times, its answers held against the first one that came before the run.

    size: of that one, in words or characters, 0 where it was empty. control, measured, repeated: edits that make of
    it the second answer from before the run, that to the measured request, and that to its repetition in the run;
    None without an answer.
    between: edits that make one of these of another, of any two that there are. measured_flaw, repeated_flaw: what is
    wrong with these two as a whole, were the first one right.
    """

    seq: int
    size: int
    control: int | None = None
    measured: int | None = None
    repeated: int | None = None
    between: tuple[int, ...] = ()
    measured_flaw: Flaw | None = None
    repeated_flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Repeats:
    """Answers to clips that were said again.

    asked: how many clips. unit: words, or characters where a language has no blanks, or puts them anywhere. clips:
    those that had a first answer and another one. examples: of each flaw, at most three; what is said there is the
    first answer.
    """

    asked: int
    unit: Literal["words", "characters"] = "words"
    clips: tuple[RepeatedClip, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How the answers of a run were scored, and which are worth a look; the counts of each answer are in its row.

    normalisation: english, korean or none: what was done to both texts before they were compared. normaliser: the
    package that did it, with its version. language, pack: of what was said. scored: answers that were held against
    their clips. unscored: those that could not be, as their clips have no words or they are a second answer to the
    same request. reason: why none was scored, a sentence; None where they were. too_short: scored answers to clips of
    too few words to tell a flaw. numerals: answers with digits where other words were said: two, say, heard as 2,
    which is a known difference of writing and no fault of the service's. spaced_characters, spaced_character_edits:
    of a Korean run, reference characters and edits with the blanks counted, whereas those of the rows are without
    them; None otherwise. worst: the answers with most wrong in proportion, at most five. examples: of each flaw, at
    most three. repeats: answers to clips that were said again, held against each other; None where none were.
    """

    normalisation: str | None = None
    normaliser: str | None = None
    language: str | None = None
    pack: str | None = None
    scored: int = 0
    unscored: int = 0
    reason: str | None = None
    too_short: int = 0
    numerals: int = 0
    spaced_characters: int | None = None
    spaced_character_edits: int | None = None
    worst: tuple[Example, ...] = ()
    examples: tuple[Example, ...] = ()
    repeats: Repeats | None = None

    @classmethod
    def unjudged(cls, reason: str) -> Self:
        """Nothing was scored, because of `reason`, a sentence."""
        return cls(reason=reason)

"""How right the answers are, from the counts in the rows: rates of errors, an interval, what stands out.

Every rate is a sum of edits over a sum of words (or characters): never a mean of the answers' own rates, in which a
clip of three words would weigh as much as one of eighty.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from stt_load.samples.accuracy import FEWEST_WORDS, FLAWS
from stt_load.samples.table import FloatArray, Samples, absent
from stt_load.stats.blocks import AccuracyFigures, Bounds
from stt_load.stats.model import Finding
from stt_load.stats.ranks import upper_tail

DRAWS = 1_000
FEWEST_ANSWERS = 20
FEWEST_WRONG = 5
Z_975 = 1.959964  # 97.5% point of the standard normal
MOST_GROUPS = 10_000
SEED = 20_140_731
"""Any number would do, as long as it stays: the same rows are to make the same interval."""
AT_A_TIME = 50

MOSTLY_WRONG = 0.5
MOSTLY_WRONG_CER = 0.3
FEWEST_MOSTLY = 5
_NOT_THIS_ONES = ("swapped", "truncated", "looping")


def accuracy(rows: Samples) -> AccuracyFigures:
    """The figures of `rows`, in any order: of the ok ones among them that were scored."""
    scored = scored_of(rows)
    if not len(scored):
        return AccuracyFigures(0)
    wer_interval, cer_interval = intervals(scored)
    flaws = {flaw: int(np.count_nonzero(scored["flaw"] == code)) for code, flaw in enumerate(FLAWS, start=1)}
    return AccuracyFigures(
        n=len(scored),
        wer=wer(scored),
        wer_interval=wer_interval,
        cer=cer(scored),
        cer_interval=cer_interval,
        words=_sum(scored, "words"),
        substitutions=_sum(scored, "substitutions"),
        deletions=_sum(scored, "deletions"),
        insertions=_sum(scored, "insertions"),
        characters=_sum(scored, "characters"),
        character_edits=_sum(scored, "character_edits"),
        judged=int(np.count_nonzero(scored["words"] >= FEWEST_WORDS)),
        **flaws,
    )


def scored_of(rows: Samples) -> Samples:
    """The ok ones among `rows` whose answers were held against what their clips say."""
    return rows.where(rows.ok & (rows["words"] > 0))


def wer(scored: Samples) -> float | None:
    """Word error rate: (S + D + I) / words of what was said. Above 1 where answers are longer than that."""
    words = _sum(scored, "words")
    return float(edits(scored).sum()) / words if words else None


def cer(scored: Samples) -> float | None:
    """Character error rate, likewise."""
    characters = _sum(scored, "characters")
    return _sum(scored, "character_edits") / characters if characters else None


def intervals(scored: Samples) -> tuple[Bounds | None, Bounds | None]:
    """95% confidence intervals of WER and CER, by bootstrap over requests (Bisani and Ney, *Bootstrap Estimates for
    Confidence Intervals in ASR Performance Evaluation*, ICASSP 2004): as many answers as there are, drawn with
    replacement, 1,000 times. Whole answers are drawn because the words of one stand or fall together. Of more than
    10,000, random groups of equally many are drawn in their place: the spread of the sums is the same. The same rows
    in any order make the same interval.

    The percentiles of the draws alone are too close together where few answers are wrong. They are put further out as
    Student's t is to the normal (Hesterberg, *What Teachers Should Know About the Bootstrap*, The American
    Statistician 69, 2015), with the answers that have an error for the sample. None below 20 answers, and below 5
    that have an error.
    Simulated, with rates of 1 to 40%, each answer with one of its own, the truth is inside in 93 to 100 runs of 100.
    Errors that come in a few answers, but wholesale, take more: with one of twenty swapped it is 62 at 20 answers, 79
    at 30, 91 at 60, 94 at 100.
    """
    if len(scored) < FEWEST_ANSWERS:
        return None, None
    columns = np.stack([edits(scored), *(column(scored, one) for one in ("words", "character_edits", "characters"))])
    sums = _drawn(columns)
    wrong = [int(np.count_nonzero(columns[place])) for place in (0, 2)]
    wers, cers = sums[:, 0] / sums[:, 1], sums[:, 2] / np.maximum(sums[:, 3], 1)
    known = bool(columns[3].any())
    return _bounds(wers, wrong[0]), _bounds(cers, wrong[1] if known else 0)


def wrong_answers(measured: Samples) -> Iterator[Finding]:
    """What is wrong beyond words misheard: most of what was said, or whole answers in one of four ways.

    Most is wrong where WER is above 50% and CER above 30%: blanks in other places make a WER of Korean alone. That is
    a matter of language, rate or model, so answers that are swapped, cut short or go round in a loop, which are wrong
    in another way, don't count towards it; nor is it said where all texts are empty, which has a finding of its own.
    """
    scored = scored_of(measured)
    judged = int(np.count_nonzero(scored["words"] >= FEWEST_WORDS))
    plain = scored.where(~np.isin(scored["flaw"], [FLAWS.index(flaw) + 1 for flaw in _NOT_THIS_ONES]))
    rate, of_characters = wer(plain) or 0.0, cer(plain)
    heard = bool(np.any(scored["text_length"] > 0))
    mostly = rate > MOSTLY_WRONG and (of_characters is None or of_characters > MOSTLY_WRONG_CER)
    if mostly and heard and len(plain) >= max(FEWEST_MOSTLY, len(scored) / 2):
        figures = {"wer": wer(scored), "cer": cer(scored)}
        yield Finding("mostly_wrong", {"answers": len(scored)} | {k: v for k, v in figures.items() if v is not None})
    for code, flaw in enumerate(FLAWS, start=1):
        count = int(np.count_nonzero(scored["flaw"] == code))
        if count:
            yield Finding(flaw, {"wrong": count, "answers": judged})


def edits(scored: Samples) -> FloatArray:
    """Words of each answer that were put in, left out, or put in another's place."""
    return np.asarray(sum(column(scored, one) for one in ("substitutions", "deletions", "insertions")))


def column(scored: Samples, name: str) -> FloatArray:
    """As numbers that don't overflow where they are added; what is absent is 0."""
    return np.asarray(np.where(absent(scored.rows, name), 0.0, scored[name].astype(float)))


def _sum(scored: Samples, name: str) -> int:
    return int(column(scored, name).sum())


def _drawn(columns: FloatArray) -> FloatArray:
    """The sums of `columns` (a row each, a value for each answer) over the answers of each draw: draws x columns."""
    random = np.random.default_rng(SEED)
    values = columns[:, np.lexsort(columns)].T
    count = len(values)
    if count > MOST_GROUPS:
        values = values[random.permutation(count)]
        values = np.add.reduceat(values, np.linspace(0, count, MOST_GROUPS, endpoint=False).astype(int))
    sums = [
        values[random.integers(len(values), size=(min(AT_A_TIME, DRAWS - done), len(values)))].sum(axis=1)
        for done in range(0, DRAWS, AT_A_TIME)
    ]
    return np.concatenate(sums)


def _bounds(rates: FloatArray, wrong: int) -> Bounds | None:
    """wrong: answers that have an error."""
    if wrong < FEWEST_WRONG:
        return None
    tail = upper_tail(student_t(wrong - 1) * math.sqrt(wrong / (wrong - 1)))
    ordered = np.sort(rates)
    beyond = int(tail * len(ordered))
    return Bounds(float(ordered[beyond]), float(ordered[-1 - beyond]))


def student_t(degrees: int) -> float:
    """The 97.5% point of Student's t, by its expansion about the normal's (Abramowitz and Stegun, 26.7.5): from four
    degrees on it is within 0.01."""
    z = Z_975
    first = (z**3 + z) / (4 * degrees)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
    return z + first + second + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)

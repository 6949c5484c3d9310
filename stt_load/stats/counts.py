"""How many errors a run has, of how many chances: failed requests, or wrong words, and how the latter come together.

Words that are wrong come in answers: one that is another's, or that goes round in a loop, has dozens at once. Counted
as if each came by itself, they would vary far less than they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stt_load.samples.gate import OF_COUNTS
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.accuracy import column, edits, scored_of
from stt_load.stats.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one run, or of several together.

    errors: failed requests, or words (characters) that were put in, left out or put in another's place. total:
    requests, or words (characters) of what was said. clustering: variance of the errors of an answer over their mean,
    1 where each error comes by itself, never below.
    """

    errors: int
    total: int
    clustering: float = 1.0

    @property
    def rate(self) -> float:
        """errors / total; total is above 0."""
        return self.errors / self.total


def counted(path: str, measured: Samples, metrics: Metrics) -> Counts | None:
    """What the metric at `path`, one of `OF_COUNTS`, is made of; None without data.

    measured: the measured rows. metrics: their figures. Of goodput_ratio, those requests are counted that
    were not good.
    """
    if OF_COUNTS[path] == "words":
        scored = scored_of(measured)
        if path == "accuracy.wer":
            return _clustered(edits(scored), column(scored, "words"))
        return _clustered(column(scored, "character_edits"), column(scored, "characters"))
    judged = metrics.requests.judged
    if not judged:
        return None
    if path == "error_rate":
        return Counts(metrics.requests.failed, judged)
    if path == "shed_rate":
        return Counts(metrics.failures.get("shed", 0), judged)
    good = metrics.goodput_ratio
    return None if good is None else Counts(round((1 - good) * judged), judged)


def pooled(counts: Sequence[Counts]) -> Counts:
    """All of them as one. Of their clustering each counts by its errors, as a variance is measured where there are
    some."""
    errors = sum(one.errors for one in counts)
    variance = sum(one.clustering * one.errors for one in counts)
    return Counts(errors, sum(one.total for one in counts), variance / errors if errors else 1.0)


def _clustered(errors: FloatArray, chances: FloatArray) -> Counts | None:
    """Of answers with so many errors in so many words each. What they are expected to have grows with their words, so
    the variance is about that."""
    total = float(chances.sum())
    if not total:
        return None
    wrong = float(errors.sum())
    apart = errors - wrong / total * chances
    clustering = max(1.0, float(np.square(apart).sum()) / wrong) if wrong else 1.0
    return Counts(round(wrong), round(total), clustering)

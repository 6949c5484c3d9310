"""How many errors there are, of how many chances, and how they come together: by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stt_load.samples.gate import OF_COUNTS
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.counts import Counts, counted, pooled
from stt_load.stats.summary import metrics
from tests.factory import table


def answers(words: list[int], wrong: list[int]) -> Samples:
    """Scored ones; a wrong word is one that was left out."""
    samples = table(np.arange(float(len(words))), 0.05)
    rows: Any = samples.rows
    rows["words"], rows["deletions"], rows["substitutions"], rows["insertions"] = words, wrong, 0, 0
    rows["characters"], rows["character_edits"] = [5 * one for one in words], [4 * one for one in wrong]
    return samples


def of(path: str, samples: Samples) -> Counts | None:
    return counted(path, samples, metrics(samples, 1))


def test_failed_requests_and_shed_ones_are_counted_without_those_cut_off() -> None:
    kinds: list[ErrorKind | None] = [ErrorKind.SHED, ErrorKind.HTTP_5XX, ErrorKind.CANCELLED, *[None] * 7]
    samples = table(np.arange(10.0), 0.5, kind=kinds)
    assert of("error_rate", samples) == Counts(2, 9)
    assert of("shed_rate", samples) == Counts(1, 9)


def test_of_goodput_the_bad_ones_are_counted() -> None:
    samples = table(np.arange(10.0), 0.5)
    figures = replace(metrics(samples, 1), goodput_ratio=0.7)
    assert counted("goodput_ratio", samples, figures) == Counts(3, 10)
    assert counted("goodput_ratio", samples, replace(figures, goodput_ratio=None)) is None


def test_wrong_words_are_counted_and_wrong_characters() -> None:
    samples = answers([10, 10, 20], [1, 1, 2])
    assert of("accuracy.wer", samples) == Counts(4, 40)
    assert of("accuracy.cer", samples) == Counts(16, 200)


def test_errors_that_come_in_one_answer_are_clustered() -> None:
    """A tenth of 100 words is wrong, all in one answer of ten: 9^2 + 9 x 1^2 = 90 about what is expected, over 10."""
    counts = of("accuracy.wer", answers([10] * 10, [10, *[0] * 9]))
    assert counts is not None
    assert counts.clustering == pytest.approx(9.0)


def test_errors_more_even_than_chance_are_worth_no_more_than_one_each() -> None:
    counts = of("accuracy.wer", answers([10] * 10, [1] * 10))
    assert counts == Counts(10, 100, 1.0)


def test_nothing_scored_and_nothing_judged_is_no_data() -> None:
    assert of("accuracy.wer", table([0.0], 0.5)) is None
    assert of("error_rate", table([0.0], 0.5, kind=ErrorKind.CANCELLED)) is None


def test_runs_are_pooled_and_their_clustering_counts_by_their_errors() -> None:
    assert pooled([Counts(1, 100, 2.0), Counts(3, 100, 6.0), Counts(0, 100)]) == Counts(4, 300, 5.0)
    assert pooled([Counts(0, 100), Counts(0, 50)]) == Counts(0, 150, 1.0)


@pytest.mark.parametrize("path", OF_COUNTS)
def test_each_metric_of_counts_is_counted(path: str) -> None:
    samples = answers([10] * 30, [1] * 30)
    figures = replace(metrics(samples, 1), goodput_ratio=1.0)
    counts = counted(path, samples, figures)
    assert counts is not None
    assert counts.total == {"accuracy.wer": 300, "accuracy.cer": 1_500}.get(path, 30)

"""How right answers are: rates by hand, an interval that holds what is true, what stands out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.accuracy import FEWEST_WORDS, FLAWS
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.accuracy import (
    FEWEST_ANSWERS,
    MOST_GROUPS,
    accuracy,
    intervals,
    wrong_answers,
)
from stt_load.stats.blocks import AccuracyFigures
from stt_load.stats.findings import findings
from stt_load.stats.levels import levels
from stt_load.stats.summary import metrics
from tests.factory import joined, table


def scored(
    words: npt.ArrayLike,
    substitutions: npt.ArrayLike = 0,
    deletions: npt.ArrayLike = 0,
    insertions: npt.ArrayLike = 0,
    *,
    characters: npt.ArrayLike | None = None,
    character_edits: npt.ArrayLike = 0,
    wrong: Sequence[str | None] = (),
    **columns: npt.ArrayLike,
) -> Samples:
    """A row for each of `words`; characters: None for five a word."""
    counts = np.atleast_1d(np.asarray(words))
    samples = table(np.arange(float(len(counts))), 0.05, **columns)  # type: ignore[arg-type]
    rows = samples.rows
    rows["words"], rows["characters"] = counts, 5 * counts if characters is None else characters
    rows["substitutions"], rows["deletions"], rows["insertions"] = substitutions, deletions, insertions
    rows["character_edits"] = character_edits
    for place, flaw in enumerate(wrong):
        rows["flaw"][place] = 0 if flaw is None else 1 + FLAWS.index(flaw)
    return samples


def binomial(n: int, mean: float, random: np.random.Generator) -> Samples:
    """Answers of 18 to 28 words, each with a rate of errors of its own, `mean` on average."""
    words = random.integers(18, 29, n)
    wrong = random.binomial(words, random.beta(1.0, 1.0 / mean - 1.0, n))
    return scored(words, wrong, character_edits=2 * wrong)


def test_figures_by_hand() -> None:
    found = accuracy(scored([20, 3], [1, 1], [2, 0], [0, 3], characters=[90, 10], character_edits=[9, 6]))
    assert (found.n, found.words, found.substitutions, found.deletions, found.insertions) == (2, 23, 2, 2, 3)
    assert (found.wer, found.cer) == (7 / 23, 0.15)
    assert (found.characters, found.character_edits, found.judged) == (100, 15, 1)
    assert (found.wer_interval, found.cer_interval) == (None, None)


def test_a_row_that_is_not_ok_counts_for_nothing_whatever_it_says() -> None:
    """Nobody has scored it; a file from elsewhere may say so."""
    rows = scored([20, 20], [1, 20])
    right = accuracy(rows.where(np.array([True, False])))
    rows.rows["error_kind"][1] = list(ErrorKind).index(ErrorKind.HTTP_5XX) + 1
    assert accuracy(rows) == right
    assert right.wer == 0.05


def test_without_a_scored_answer_there_is_nothing() -> None:
    assert accuracy(table([0.0, 1.0], 1.0)) == AccuracyFigures(0)
    assert metrics(table([0.0, 1.0], 1.0), 1).accuracy.wer is None
    assert list(wrong_answers(table([0.0, 1.0], 1.0))) == []


def test_a_failed_request_has_no_part_in_it() -> None:
    kinds: list[ErrorKind | None] = [None, ErrorKind.TRUNCATED]
    assert metrics(scored([10, 10], [1, 9], kind=kinds), 1).accuracy.wer == 0.1  # type: ignore[arg-type]


def test_flaws_are_counted_each() -> None:
    wrong = ["swapped", "swapped", "looping", None, "truncated", "repeated"]
    found = accuracy(scored([20] * 6, wrong=wrong))
    assert (found.swapped, found.repeated, found.truncated, found.looping, found.judged) == (2, 1, 1, 1, 6)


@given(st.permutations(range(40)))
def test_any_order_makes_the_same_figures(order: list[int]) -> None:
    run = binomial(40, 0.2, np.random.default_rng(1))
    assert accuracy(run.where(np.array(order))) == accuracy(run)


@pytest.mark.parametrize(("mean", "n"), [(0.03, 30), (0.03, 100), (0.1, 30), (0.1, 200), (0.5, 20)])
def test_the_interval_holds_the_truth(mean: float, n: int) -> None:
    """In 300 simulated runs; it were 95% if it were exact."""
    random = np.random.default_rng(2)
    runs = [intervals(binomial(n, mean, random)) for _ in range(300)]
    told = [wers for wers, _ in runs if wers is not None]
    assert len(told) > 270
    assert 0.91 <= np.mean([one.low <= mean <= one.high for one in told]) <= 0.99


def test_the_interval_of_many_is_that_of_independent_answers() -> None:
    """Drawn in groups, it is as wide as the textbook's of a ratio: 1.96 standard errors to either side."""
    run = binomial(4 * MOST_GROUPS + 7, 0.1, np.random.default_rng(3))
    found, _ = intervals(run)
    rate = accuracy(run).wer
    assert found is not None
    assert rate is not None
    residuals = run["substitutions"] - rate * run["words"].astype(float)
    error = np.std(residuals) * np.sqrt(len(run)) / float(run["words"].sum())
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.12)
    assert found.low < rate < found.high


def test_words_that_stand_or_fall_together_make_it_wider() -> None:
    """Half of the answers all wrong is another thing than half of the words of each."""
    whole, part = (intervals(scored([20] * 40, edits))[0] for edits in ([0, 20] * 20, [9, 11] * 20))
    assert whole is not None
    assert part is not None
    assert whole.high - whole.low > 5 * (part.high - part.low)


def test_what_has_hardly_been_seen_has_no_interval() -> None:
    few = FEWEST_ANSWERS - 1
    assert intervals(scored([20] * few, [3] * few)) == (None, None)
    assert intervals(scored([20] * 30, [1] * 4 + [0] * 26)) == (None, None)
    wers, cers = intervals(scored([20] * 30, [1] * 5 + [0] * 25))
    assert wers is not None
    assert cers is None


def test_each_level_has_its_own_rates() -> None:
    one, two = levels(scored([10, 10, 20], [1, 2, 0], character_edits=[5, 5, 10], users=[1, 1, 2]))
    assert (one.figures.wer, one.figures.cer) == (0.15, 0.1)
    assert (two.figures.wer, two.figures.cer) == (0.0, 0.1)


def named(run: Samples) -> dict[str, dict[str, float]]:
    return {finding.name: finding.values for finding in wrong_answers(run)}


def test_most_is_wrong() -> None:
    found = named(scored([20] * 5, [19] * 5, character_edits=[80] * 5))
    assert found == {"mostly_wrong": {"answers": 5, "wer": 0.95, "cer": 0.8}}


def test_four_answers_are_too_few_to_say_so() -> None:
    assert named(scored([20] * 4, [19] * 4, character_edits=[80] * 4)) == {}


def test_blanks_in_other_places_are_no_wrong_words() -> None:
    assert named(scored([20] * 9, [15] * 9, character_edits=[3] * 9)) == {}


def test_swapped_answers_are_no_matter_of_the_language() -> None:
    run = scored([20] * 10, [19] * 10, character_edits=[80] * 10, wrong=["swapped"] * 6)
    assert named(run) == {"swapped": {"wrong": 6, "answers": 10}}


def test_where_nothing_is_heard_another_finding_says_so() -> None:
    run = scored([20] * 5, 0, [20] * 5, character_edits=[100] * 5, text_length=0)
    assert named(run) == {}
    assert [one.name for one in findings(run, 1)] == ["empty_texts"]


def test_flaws_are_findings_of_the_answers_that_could_be_judged() -> None:
    run = scored([20, 20, FEWEST_WORDS - 1], wrong=["truncated", None, None])
    assert named(run) == {"truncated": {"wrong": 1, "answers": 2}}
    assert [one.name for one in findings(run, 1)] == ["truncated"]


def test_wrong_answers_change_no_latency() -> None:
    right, wrong = (metrics(scored([20] * 30, edits), 1) for edits in (0, 20))
    assert (right.response_time_s, right.error_rate, right.requests) == (
        wrong.response_time_s,
        wrong.error_rate,
        wrong.requests,
    )


def test_counts_of_many_rows_do_not_overflow() -> None:
    run = joined(scored([65_000] * 100, [65_000] * 100, insertions=[65_000] * 100))
    assert (accuracy(run).words, accuracy(run).wer) == (6_500_000, 2.0)

"""Numbers and claims of a comparison, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stt_load.comparison.model import Comparison, Difference, Range
from stt_load.report import comparison_words as words
from stt_load.report.messages import Messages
from tests.report.comparisons import ERRORS, FIVE, ONE, P95, P99, SIX, THREE, THROUGHPUT, WER

SAY = Messages("en")


def test_amounts_have_their_units() -> None:
    assert words.amount(SAY, P95, 0.5) == "0.500 s"
    assert words.amount(SAY, THROUGHPUT, 9.876) == "9.88/s"
    assert words.amount(SAY, WER, 0.0312) == "3.12%"
    assert words.amount(SAY, ERRORS, 0.00001) == "<0.01%"
    assert words.amount(SAY, ERRORS, 0.0) == "0.00%"
    assert words.amount(SAY, replace(P95, metric="rtf.p95", unit="ratio"), 0.1) == "0.100"
    assert words.amount(SAY, replace(P95, metric="dropped", unit="count"), 3.0) == "3"
    assert words.amount(SAY, replace(P95, metric="dropped", unit="count"), 3.5) == "3.5"
    assert words.amount(SAY, replace(P95, unit="bytes"), 1500.0) == "1.5 kB"
    assert words.amount(SAY, P95, None) == "n/a"


@pytest.mark.parametrize(
    ("change", "said"),
    [(0.12, "+12.0%"), (-0.034, "-3.4%"), (0.0, "0.0%"), (-0.0001, "0.0%"), (0.0004, "0.0%"), (None, "-")],
)
def test_changes_have_a_sign_unless_they_are_none(change: float | None, said: str) -> None:
    assert words.change(change) == said


def test_intervals_may_have_no_end() -> None:
    assert words.interval(Range(-0.01, 0.02)) == "-1.0%..+2.0%"
    assert words.interval(Range(0.01, None)) == "+1.0%..-"
    assert words.interval(None) == "-"


@pytest.mark.parametrize(
    ("p", "said"), [(0.0097, "0.0097"), (0.00999, "0.01"), (1 / 252, "0.004"), (1e-9, "<0.0001"), (1.0, "1")]
)
def test_p_has_two_digits(p: float, said: str) -> None:
    assert words.probability(p) == said


def test_what_so_many_runs_can_tell() -> None:
    """5 against 5: p = 1/252, so that 1 in 100 leaves room for two metrics; 6 against 6, 1/924, for nine."""
    assert words.decidable(FIVE) == 2
    assert words.decidable(SIX) == 9
    assert words.decidable(THREE) == 0
    assert words.decidable(ONE) == 0
    exact = replace(FIVE, smallest_p=0.005, alpha=0.01)  # 2 x 0.005 is not below 0.01
    assert words.decidable(exact) == 1


def test_all_worse_goes_by_the_better_direction() -> None:
    assert words.all_worse(P95)
    assert not words.all_worse(THROUGHPUT)
    assert words.all_worse(replace(THROUGHPUT, baseline=THROUGHPUT.candidate, candidate=THROUGHPUT.baseline))
    assert not words.all_worse(replace(P95, candidate=(*P95.candidate[:-1], 0.51)))
    assert not words.all_worse(replace(P95, candidate=(*P95.candidate[:-1], None)))


def test_the_verdict_names_what_is_worse_and_what_is_better() -> None:
    assert list(words.verdict(SAY, SIX)) == [
        "❌ The candidate is worse: p95(response_time_s).",
        "✨ It is better: throughput_rps.",
    ]


def test_that_nothing_is_worse_is_said_with_what_would_have_been_found() -> None:
    sentence, _ = words.verdict(SAY, replace(SIX, differences=(P99, THROUGHPUT, ERRORS), verdict="no_worse"))
    assert sentence == (
        "✅ The candidate is found worse in no metric (p99(response_time_s), throughput_rps, error_rate). In 4 of 5 "
        "tries these runs would have found: p99(response_time_s) +9.4%, throughput_rps -0.4%, error_rate from 0.34%."
    )
    same = replace(ERRORS, finds_at=None)
    (sentence,) = words.verdict(SAY, replace(SIX, differences=(same,), verdict="no_worse"))
    assert sentence == "✅ The candidate is found worse in no metric (error_rate)."


def test_so_few_runs_for_so_many_metrics() -> None:
    *_, last = words.notes(SAY, FIVE)
    assert last == (
        "💡 5 runs against 5 runs can decide 2 metrics at most, not 3 metrics: ask for fewer (--metric), or make 6 "
        "runs a side."
    )


def test_six_against_six_needs_no_advice() -> None:
    (only,) = words.notes(SAY, SIX)
    assert only.startswith("p: how often chance alone")


def test_holm_counts_what_there_is_something_to_tell_of() -> None:
    nothing = replace(WER, baseline=(None,) * 6, candidate=(None,) * 6, baseline_mean=None)
    beyond = replace(P95, candidate=(None,) * 6, candidate_mean=None, change=None)
    found = replace(SIX, differences=(P95, nothing, beyond))
    assert words.tested(found) == 2
    assert "after Holm over 2 metrics" in next(words.notes(SAY, found))
    assert words.tested(replace(ONE, differences=(ONE.differences[0], nothing))) == 1


def reasons(one: Difference, found: Comparison = SIX) -> str:
    return words.line(SAY, found, one)


def test_the_reasons_of_claims() -> None:
    beyond = replace(P95, candidate=(*P95.candidate[:5], None), candidate_mean=None, change=None, interval=None)
    assert reasons(beyond) == (
        "WORSE: p95(response_time_s): in 1 of 12 runs it is beyond all that succeeded, or there are too few "
        "requests; more than noise, and the means differ by more than 3%"
    )
    same = replace(ERRORS, candidate=(0.0,) * 6, candidate_mean=0.0, p=1.0, claim="no_difference")
    assert reasons(same) == "no worsening found: error_rate: the same in all runs"
    assert reasons(ERRORS) == (
        "can't tell: error_rate: it may be noise; so many runs find a worsening to 0.34% in 4 of 5 tries"
    )
    turned = replace(ERRORS, baseline=ERRORS.candidate, candidate=ERRORS.baseline)
    turned = replace(turned, baseline_mean=ERRORS.candidate_mean, candidate_mean=0.0, change=-1.0, finds_at=0.0123)
    assert reasons(turned) == (
        "can't tell: error_rate -100.0%: no more than noise; so many runs, so far apart, find no worsening to less "
        "than 1.23% in 4 of 5 tries"
    )
    blunt = replace(P99, claim="cant_tell", finds=0.412)
    assert reasons(blunt).endswith(
        ": no more than noise; so many runs, so far apart, find no worsening of less than 41.2% in 4 of 5 tries"
    )
    assert reasons(replace(blunt, change=0.2)).endswith(
        ": it may be noise; so many runs find a worsening of 41.2% in 4 of 5 tries"
    )
    single = replace(P95, p=None, claim="cant_tell", finds=None)
    assert reasons(single, ONE).endswith(": no more than the requests of one run differ among themselves")
    assert reasons(replace(single, interval=None), ONE).endswith("differ among themselves")
    assert "too few requests" in reasons(replace(single, interval=None), ONE)
    assert reasons(replace(single, change=0.02), ONE).endswith("not worse by more than 3%")


def test_runs_in_doubt_are_named() -> None:
    first, *_ = words.notes(SAY, replace(SIX, degraded=("runs/base_2.json", "runs/\x1b[31m.json")))
    assert first.startswith("❗ DEGRADED runs are among them")
    assert first.endswith(": runs/base_2.json, runs/ [31m.json")

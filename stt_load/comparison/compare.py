"""A candidate's runs held against a baseline's: what is worse, what is not, and what can't be told."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stt_load.comparison.bootstrap import within
from stt_load.comparison.change import change_of, interval_of
from stt_load.comparison.claims import Told, claims, with_data
from stt_load.comparison.conditions import unlike
from stt_load.comparison.figures import Figures, figures
from stt_load.comparison.model import (
    ALPHA,
    DEFAULT_METRICS,
    LEAST_CHANGE,
    Comparison,
    Difference,
    Range,
    Verdict,
)
from stt_load.comparison.permutation import smallest_p
from stt_load.comparison.power import Found, least_found, runs_needed
from stt_load.storage.run_record import RunRecord


def compare(
    baseline: Sequence[RunRecord],
    candidate: Sequence[RunRecord],
    metrics: Sequence[str] = DEFAULT_METRICS,
    least_change: float = LEAST_CHANGE,
    alpha: float = ALPHA,
) -> Comparison:
    """The runs of both sides, one or more each, held against each other.

    metrics: paths below `metrics`. least_change: a change up to this share of the baseline is none. alpha: the
    probability of calling any of the metrics worse where none is.
    What makes the runs incomparable is told in `unlike`, and is for the caller to refuse.
    Raises `ValueError` for a side without runs, no metrics, one that can't be compared, and for shares that are none.
    """
    _check(baseline, candidate, metrics, least_change, alpha)
    found = figures(metrics, baseline, candidate)
    several = len(baseline) > 1 or len(candidate) > 1
    differences = (
        differences_of(found, least_change, alpha)
        if several
        else tuple(_of_single_runs(one, baseline[0], candidate[0], least_change) for one in found)
    )
    return Comparison(
        baseline=_names(baseline),
        candidate=_names(candidate),
        differences=differences,
        least_change=least_change,
        alpha=alpha,
        smallest_p=smallest_p(len(baseline), len(candidate)) if several else None,
        runs_needed=runs_needed(max(1, with_data(found)), alpha),
        unlike=unlike(baseline, candidate),
        degraded=_names([run for run in (*baseline, *candidate) if run.summary.validity.verdict == "DEGRADED"]),
        verdict=verdict_of(differences),
    )


def differences_of(found: Sequence[Figures], least_change: float, alpha: float) -> tuple[Difference, ...]:
    """What can be said of each metric, by all runs: of two or more on one side at least."""
    tested = with_data(found)
    return tuple(
        _difference(
            one, told, interval_of(one), None if told.p is None else least_found(one, tested, least_change, alpha)
        )
        for one, told in zip(found, claims(found, least_change, alpha), strict=True)
    )


def verdict_of(differences: Sequence[Difference]) -> Verdict:
    """Whether the candidate is worse. A metric that no run of either side has says nothing; of runs that have none at
    all nothing can be told."""
    claims = [one.claim for one in differences if not _is_missing(one)]
    if "worse" in claims:
        return "worse"
    return "cant_tell" if not claims or "cant_tell" in claims or "differs" in claims else "no_worse"


def _of_single_runs(found: Figures, baseline: RunRecord, candidate: RunRecord, least_change: float) -> Difference:
    """One run a side: at most that these two differ."""
    inside = within(found.metric.path, baseline.samples, candidate.samples)
    is_changed = abs(change_of(found).worsening(found.metric.better)) > least_change
    differs = inside is not None and inside.differs and is_changed
    claim = Told("differs" if differs else "cant_tell")
    return _difference(found, claim, None if inside is None else inside.interval)


def _difference(found: Figures, told: Told, interval: Range | None, finds: Found | None = None) -> Difference:
    change = change_of(found)
    return Difference(
        metric=found.metric.path,
        unit=found.metric.unit,
        better=found.metric.better or "lower",
        baseline=tuple(map(_finite, found.baseline)),
        candidate=tuple(map(_finite, found.candidate)),
        baseline_mean=_finite(change.baseline),
        candidate_mean=_finite(change.candidate),
        change=change.share,
        interval=interval,
        p=told.p,
        p_adjusted=told.p_adjusted,
        finds=None if finds is None else _finite(finds.share),
        finds_at=None if finds is None else _finite(finds.mean),
        claim=told.claim,
    )


def _is_missing(one: Difference) -> bool:
    """Whether no run of either side has it. What is beyond all that succeeded has no number, but a p."""
    return (
        one.claim == "cant_tell"
        and one.p is None
        and not any(value is not None for value in (*one.baseline, *one.candidate))
    )


def _names(runs: Sequence[RunRecord]) -> tuple[str, ...]:
    return tuple(str(run.path) for run in runs)


def _check(
    baseline: Sequence[RunRecord],
    candidate: Sequence[RunRecord],
    metrics: Sequence[str],
    least_change: float,
    alpha: float,
) -> None:
    for name, runs in (("baseline", baseline), ("candidate", candidate)):
        if not runs:
            raise ValueError(f"{name}: there are no runs; it takes one at least")
    if not metrics:
        raise ValueError(f"metrics: there are none; name one, such as {DEFAULT_METRICS[0]}")
    if not 0 <= least_change < 1:
        raise ValueError(f"least_change: {least_change!r} is no share from 0 to below 1, such as 0.05")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: {alpha!r} is no probability between 0 and 1, such as 0.01")


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None

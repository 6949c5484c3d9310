"""What comes of holding runs against each other: plain frozen records, JSON by `dataclasses.asdict`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from stt_load.stats.blocks import Better, Unit

Claim = Literal["worse", "better", "no_difference", "differs", "cant_tell"]
"""worse, better: by more than noise and more than the least change. differs: one run a side, whose requests differ by
more than theirs do among themselves; that says nothing of the next run. no_difference: these runs would have told one
of `FINDS_AT_MOST`, and didn't. cant_tell: runs too few or too far apart to tell, a mean that is worse by what may be
chance, or no data."""
Verdict = Literal["no_worse", "worse", "cant_tell"]

DEFAULT_METRICS = (
    "all.response_time_s.p95",
    "all.response_time_s.p99",
    "throughput_rps",
    "accuracy.wer",
    "error_rate",
)
"""Paths below `metrics` of what is compared where nothing else is asked for."""
LEAST_CHANGE = 0.03
"""A change up to this is none, however certain it is."""
FINDS_AT_MOST = 0.3
"""Runs that find only a worsening of more than this share have nothing to say of whether there is one."""
FINDS_POINTS_AT_MOST = 0.01
"""Of what is a share itself, such as an error rate, it may be a percentage point instead: of failures that are rare a
third more is little."""
ALPHA = 0.01
"""The probability of calling any of the metrics worse where none is."""


@dataclass(frozen=True, slots=True)
class Range:
    """A confidence interval of 95%."""

    low: Annotated[float | None, "Lower end; null: none."]
    high: Annotated[float | None, "Upper end; null: none."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric, on both sides."""

    metric: Annotated[str, "Its path below `metrics`."]
    unit: Annotated[Unit, "Of its values."]
    better: Annotated[Better, "Which direction is."]
    baseline: Annotated[tuple[float | None, ...], "Its value in each run of the baseline; null: none, or beyond all."]
    candidate: Annotated[tuple[float | None, ...], "And of the candidate."]
    baseline_mean: Annotated[
        float | None, "Mean over these: of logarithms (geometric) of times and rates, of shares as they are."
    ]
    candidate_mean: Annotated[float | None, "And of the candidate."]
    change: Annotated[float | None, "candidate / baseline - 1, of the means; null: no data, or a baseline of 0."]
    interval: Annotated[Range | None, "Of the change; null: it can't be told."]
    p: Annotated[float | None, "Of 'it is no worse', one-sided; null: one run a side, or no data."]
    p_adjusted: Annotated[float | None, "The same after Holm, over all metrics that both sides have."]
    finds: Annotated[
        float | None,
        "The least worsening that so many runs, as far apart as these, find in 4 of 5 tries; null: none.",
    ]
    finds_at: Annotated[
        float | None, "The candidate's mean from which on they find it; also from a baseline of 0; null: none."
    ]
    claim: Annotated[Claim, "What can be said."]


@dataclass(frozen=True, slots=True)
class Unlike:
    """Something that makes runs incomparable. values: of each run in their order, baseline first, where one such;
    equal ones once."""

    name: Annotated[str, "What it is: a key of the configuration, or `host.cpus` and the like."]
    baseline: Annotated[tuple[str, ...], "What the runs of the baseline have, each value once."]
    candidate: Annotated[tuple[str, ...], "And the candidate's."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs of a candidate held against those of a baseline."""

    baseline: Annotated[tuple[str, ...], "Files of the baseline's runs."]
    candidate: Annotated[tuple[str, ...], "And of the candidate's."]
    differences: Annotated[tuple[Difference, ...], "In the order in which they were asked for."]
    least_change: Annotated[float, "A change up to this share is none."]
    alpha: Annotated[float, "The probability of calling any metric worse where none is."]
    smallest_p: Annotated[float | None, "The least p that so many runs can come to; null: one run a side."]
    runs_needed: Annotated[int, "So many runs a side could tell of so many metrics."]
    unlike: Annotated[tuple[Unlike, ...], "What makes them incomparable; compared by force where there is any."]
    degraded: Annotated[tuple[str, ...], "Runs whose measurement is in doubt: DEGRADED."]
    verdict: Annotated[Verdict, "Whether the candidate is worse."]

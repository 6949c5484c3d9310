"""A gate: limits that were learnt from good runs, as its file has them. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

GATE_VERSION = 1
"""Of the file; raised when a property changes its meaning."""

LimitMethod = Literal["prediction", "errors", "words"]
"""prediction: a prediction limit on logarithms. errors: of a share of requests, by counts and by how far the runs lie
apart. words: of an error rate of words, or of characters, likewise, where errors of one answer count as they come
together."""
OF_COUNTS: Mapping[str, LimitMethod] = {
    "error_rate": "errors",
    "shed_rate": "errors",
    "goodput_ratio": "errors",
    "accuracy.wer": "words",
    "accuracy.cer": "words",
}
"""How the limits of figures are found that are a share of requests, or errors over words or characters, by their
paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimit:
    """The limit of one metric."""

    metric: Annotated[str, "Its path below `metrics`."]
    better: Annotated[Literal["lower", "higher"], "Which direction is: the limit is a most, or a least."]
    method: Annotated[LimitMethod, "How it was found."]
    limit: Annotated[
        float | None, "What a run may come to at most, or at least; null: it depends on how many requests a run has."
    ]
    finds: Annotated[
        float | None, "The least worsening, as a share, that it finds in 4 of 5 tries; null: it is not known."
    ]
    finds_at: Annotated[
        float | None, "The value from which on it finds a worsening in 4 of 5 tries; null: it is not known."
    ] = None
    mean: Annotated[
        float, "Of the baseline's runs, of logarithms; for counts of as many errors as come by themselves, and 3."
    ]
    spread: Annotated[float, "Standard deviation between them, of the same."]
    values: Annotated[tuple[float, ...], "What each run of the baseline had."]
    errors: Annotated[int | None, "Of counts: failed requests, or wrong words, of all of them together."] = None
    total: Annotated[int | None, "And requests, or words, in all."] = None
    clustering: Annotated[
        float | None, "Of counts: variance of an answer's errors over their mean; 1: each comes by itself."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A metric that was asked for and has no limit."""

    metric: Annotated[str, "Its path below `metrics`."]
    reason: Annotated[str, "Why, a sentence."]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFile:
    """All of a gate.

    conditions: what a run must have in common with the baseline, by name; a run that has not can't be held against
    it.
    """

    gate_version: Annotated[int, "Of this file."]
    version: Annotated[str, "Of the stt-load that made it."]
    made_at: Annotated[str, "When, ISO 8601 with offset."]
    strict: Annotated[bool, "1 in 1,000 false alarms in place of 1 in 100."]
    runs: Annotated[tuple[str, ...], "The files that it was learnt from."]
    level: Annotated[
        float,
        "Probability that one limit alone is passed by one good run: as strict as so many limits and runs ask for.",
    ]
    false_alarms: Annotated[float, "Probability that a good run, and a second one, fail the whole gate, at most."]
    limits: Annotated[tuple[GateLimit, ...], "In the order of the metrics."]
    left_out: Annotated[tuple[LeftOut, ...], "Metrics that have no limit."] = ()
    conditions: Annotated[dict[str, str], "What runs held against it must have, by name."]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What one limit came to in one run."""

    metric: Annotated[str, "Its path below `metrics`."]
    observed: Annotated[float | None, "What the run had; null: no data, or beyond all that succeeded."]
    limit: Annotated[float | None, "What it might come to, for a run of so many requests."]
    is_over: Annotated[bool, "It is worse than that; without data, too."]


@dataclass(frozen=True, slots=True)
class RunGate:
    """A gate that a run is to be held against."""

    file: Annotated[str, "Its path, as it was given."]
    learnt: Annotated[GateFile, "What stood in it when the run began."]

"""What the statistics produce: plain frozen records, JSON by `dataclasses.asdict`. No data is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from stt_load.stats.metrics import Metrics, Requests

Verdict = Literal["VALID", "DEGRADED", "INVALID"]


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """What the measured requests of one level came to."""

    requests: Annotated[Requests, "What became of them."]
    mean_s: Annotated[float | None, "Mean response time of the ok ones."]
    median_s: Annotated[float | None, "Median."]
    p95_s: Annotated[float | None, "P95."]
    p99_s: Annotated[float | None, "P99."]
    throughput_rps: Annotated[
        float | None, "ok per second; null where the run never stayed there for a median response time."
    ]
    wer: Annotated[float | None, "Word error rate of the answers that were scored."] = None
    cer: Annotated[float | None, "Their character error rate."] = None


@dataclass(frozen=True, slots=True)
class Level:
    """A part of the run with a load of its own."""

    kind: Annotated[Literal["users"], "What the load is a number of."]
    users: Annotated[int, "Users running when its requests were sent."]
    from_s: Annotated[float, "When the run first came to it, in seconds from the barrier."]
    to_s: Annotated[float, "When it left it last."]
    figures: Annotated[LevelFigures, "What its requests came to."]


@dataclass(frozen=True, slots=True)
class DurationFigures:
    """How right the answers are to clips of about one length."""

    over_s: Annotated[float, "Clips longer than this,"]
    up_to_s: Annotated[float | None, "and up to this, in seconds; null: of any length beyond."]
    n: Annotated[int, "Answers that were scored."]
    words: Annotated[int, "Words that were said."]
    wer: Annotated[float | None, "Word error rate."]
    cer: Annotated[float | None, "Character error rate."]


@dataclass(frozen=True, slots=True)
class Backend:
    """The measured samples whose answers had `value` in the captured header `header`; None: they had no such header.

    connections: how many of them it served; a kept-alive connection stays where it is.
    """

    header: str
    value: str | None
    requests: int
    failed: int
    unfinished: int
    connections: int
    mean_s: float | None
    median_s: float | None
    p95_s: float | None


@dataclass(frozen=True, slots=True)
class Warmup:
    """The warm-up in a block of its own: it is in no other figure.

    duration_s: first warm-up start to last warm-up end. mean_s: mean response time of the ok ones.
    first_success_s: first warm-up start to the end of the first ok answer.
    """

    requests: int
    succeeded: int
    failed: int
    unfinished: int
    failures: dict[str, int]
    duration_s: float | None
    mean_s: float | None
    first_success_s: float | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A printed figure that stalls of the generator can have changed, in seconds: as printed, and without them."""

    name: str
    reported_s: float
    without_stalls_s: float


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the measurement: its value against the two limits; `verdict` None when there was no data.

    figure: of `stalls`, the figure that they can have changed most.
    """

    name: str
    value: float | None
    degraded_above: float | None
    invalid_above: float | None
    verdict: Verdict | None
    figure: Changed | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """The worst verdict of the checks; None when there was no data for any of them."""

    verdict: Verdict | None
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the server did that the reader should know; `values` are the figures its sentence needs."""

    name: str
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is computed from the samples of one run."""

    warmup: Warmup
    metrics: Metrics
    levels: tuple[Level, ...]
    durations: tuple[DurationFigures, ...]
    backends: tuple[Backend, ...]
    validity: Validity
    findings: tuple[Finding, ...]

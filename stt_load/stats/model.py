"""What the statistics produce: plain frozen records, JSON by `dataclasses.asdict`. No data is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from stt_load.samples.gate import GateResult
from stt_load.stats.blocks import Requests, Rtf, Unit
from stt_load.stats.metrics import Metrics

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
    offered_rps: Annotated[float | None, "In an open loop, arrivals per second; else null."] = None
    wer: Annotated[float | None, "Word error rate of the answers that were scored."] = None
    cer: Annotated[float | None, "Their character error rate."] = None


@dataclass(frozen=True, slots=True)
class Saturation:
    """Whether a service keeps up with the arrivals of an open loop, so far as so many of them can tell: what waits
    grows, and with it the times. Both trends are Kendall's tau of 20 batches in the order of time."""

    named: Annotated[bool, "It does not keep up: figures depend on how long one waits."]
    arrivals: Annotated[int, "Measured arrivals that it is told from."]
    tau_in_flight: Annotated[float | None, "Trend of the number between due and done; null: too few arrivals."]
    tau_responses: Annotated[float | None, "Trend of response times by their ends; null: too few answers."]
    growth: Annotated[float | None, "Mean in flight in the last fifth of the time less that in the first."]
    least_growth: Annotated[float | None, "What chance makes of that with so many arrivals: it is named above."]
    would_find: Annotated[
        float | None,
        "Rate over what the service can do that so many arrivals find in 95 runs of 100; null: not even 1.2.",
    ]


@dataclass(frozen=True, slots=True)
class Level:
    """A part of the run with a load of its own: a stage of its profile, or a number of users."""

    kind: Annotated[Literal["users", "rate"], "What the load is a number of: users, or arrivals per second."]
    stage: Annotated[int | None, "Which stage it is, from 0; null: what the number of users happened to be."]
    first: Annotated[float, "That number, of a stage at its beginning."]
    last: Annotated[float, "And at its end: another one in a ramp."]
    from_s: Annotated[
        float | None,
        "When the run first came to it, of a stage its first measured start, in seconds from the barrier; null: "
        "nothing of it was measured.",
    ]
    to_s: Annotated[float | None, "When it left it last; of a stage the next one's first start, or its own last one."]
    settling: Annotated[int, "Requests of a stage that came before, and are in no figure."]
    figures: Annotated[LevelFigures, "What its requests came to."]
    saturation: Annotated[
        Saturation | None, "Whether the service kept up with a stage of one rate; null: it has another load."
    ] = None


@dataclass(frozen=True, slots=True)
class Times:
    """Quantiles of times in seconds, by nearest rank."""

    median_s: Annotated[float | None, "Median."]
    p95_s: Annotated[float | None, "P95."]
    p99_s: Annotated[float | None, "P99; below n = 100 it is the maximum."]


@dataclass(frozen=True, slots=True)
class DurationFigures:
    """How long the answers to clips of about one length took, and how right they are."""

    over_s: Annotated[float, "Clips longer than this,"]
    up_to_s: Annotated[float | None, "and up to this, in seconds; null: of any length beyond."]
    n: Annotated[int, "Answers (ok)."]
    response_time_s: Annotated[Times, "From the intended start to the answer's last byte."]
    service_time_s: Annotated[Times, "From the send to the answer's last byte."]
    rtf: Annotated[Rtf, "Observed real-time factor, waiting included."]
    scored: Annotated[int, "Answers among them that were held against what their clips say."]
    words: Annotated[int, "Words that were said in these."]
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
class TooFew:
    """A quantile that was found in too few requests to have an interval."""

    figure: Annotated[str, "The quantile."]
    n: Annotated[int, "Requests that it was found in."]
    needed: Annotated[int, "So many it takes at least; where they waited for each other, so many independent ones."]
    reason: Annotated[
        Literal["rows", "users", "dependent"],
        "rows: too few beyond the quantile. users: fewer than 30 for each in flight. dependent: they waited for each "
        "other.",
    ]
    worth: Annotated[int | None, "So many independent ones know as much as they do; null: that is not the reason."]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the measurement: its value against the two limits; `verdict` None when there was no data.

    figure: of `stalls`, the figure that they can have changed most. too_few: of `slo_samples`, what it counts.
    """

    name: str
    value: float | None
    degraded_above: float | None
    invalid_above: float | None
    verdict: Verdict | None
    figure: Changed | None = None
    too_few: tuple[TooFew, ...] = ()


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
class SloInterval:
    """95% confidence interval of what a limit is of."""

    low: Annotated[float | None, "Lower end; null: beyond all that succeeded."]
    high: Annotated[float | None, "Upper end; null likewise."]


@dataclass(frozen=True, slots=True)
class SloVerdict:
    """What became of one limit, over all measured requests."""

    expression: Annotated[str, "As it was written."]
    metric: Annotated[str, "What it is of: a figure or a block of figures below `metrics`."]
    unit: Annotated[Unit, "Of the numbers here."]
    limit: Annotated[float, "What it was to be held against."]
    observed: Annotated[float | None, "What was measured; null: beyond all that succeeded, or no data."]
    interval: Annotated[SloInterval | None, "How far that is known; null where nobody can tell."]
    n: Annotated[int, "Requests that it was found in; where there are none it is missed."]
    at_least: Annotated[bool, "It falls on a request that was cut off, and may be more."]
    beyond: Annotated[bool, "It falls on a request that failed: it is beyond all that succeeded."]
    certain: Annotated[bool, "False near the limit: the interval contains it."]
    verdict: Annotated[Literal["met", "missed", "uncertain"], "With `validity.strict_slo` uncertain ones are missed."]


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that is computed from the samples of one run. saturation: of an open loop at one rate. gate: what
    each learnt limit came to."""

    warmup: Warmup
    metrics: Metrics
    saturation: Saturation | None
    levels: tuple[Level, ...]
    durations: tuple[DurationFigures, ...]
    backends: tuple[Backend, ...]
    validity: Validity
    findings: tuple[Finding, ...]
    slo: tuple[SloVerdict, ...] = ()
    gate: tuple[GateResult, ...] = ()

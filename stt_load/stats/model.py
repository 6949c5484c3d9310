"""What the statistics produce: plain frozen records, JSON by `dataclasses.asdict`. No data is None, never 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["VALID", "DEGRADED", "INVALID"]


@dataclass(frozen=True, slots=True)
class Interval:
    """95% confidence interval of a quantile, and the number of independent samples it is worth."""

    low: float
    high: float
    n_eff: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """A latency distribution over n samples, in seconds.

    `intervals` has an entry for each of median, p90, p95, p99, p999 whose interval can be stated.
    """

    n: int
    mean: float | None
    median: float | None
    min: float | None
    max: float | None
    stdev: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    p999: float | None
    intervals: dict[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Requests:
    """How many, and what became of them: total = succeeded + failed + unfinished.

    unfinished: cut off by the end of the run, or by a limit of the generator's own; no failures of the service.
    """

    total: int
    succeeded: int
    failed: int
    unfinished: int

    @property
    def judged(self) -> int:
        """Those that the service answered or failed: what rates of failures are shares of."""
        return self.succeeded + self.failed


@dataclass(frozen=True, slots=True)
class AllQuantiles:
    """Quantiles over n intended requests, in seconds: a failed one is slower than all that succeeded, an unfinished
    one counts as at least its age.

    None is beyond all successes (p999: or fewer than 1,000 requests). at_least: the names of those that fall on an
    unfinished one, and may be more.
    """

    n: int
    median: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    p999: float | None
    at_least: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllLatency:
    """Latencies over every measured intent, whatever became of it."""

    response_time_s: AllQuantiles


@dataclass(frozen=True, slots=True)
class Rtf:
    """Observed real-time factor: service time / audio length (overall: sum over sum)."""

    overall: float | None
    median: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Between one piece of a streamed text and the next. mean_s, max_s: of all gaps. p95_s: median of the P95 that
    each request had."""

    mean_s: float | None
    p95_s: float | None
    max_s: float | None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The numbers of the measured phase. Latencies are over the ok samples, those in `all` over every sample.

    error_rate, shed_rate: shares of those that are not unfinished. failures: the failed ones by kind.
    ttft_s: time to first text, of streamed answers. connect_s: set-up of connections, where one was opened.
    processing_time_s: as the service says; outside_time_s: what that leaves of the service time, network and queue.
    tokens: as the service says. polls: questions after jobs, at intervals of poll_interval_s, which is how finely
    response times are known then.
    """

    requests: Requests
    error_rate: float | None
    shed_rate: float | None
    failures: dict[str, int]
    all: AllLatency
    response_time_s: Distribution
    service_time_s: Distribution
    throughput_rps: float | None
    steady_rps: float | None
    window_s: float | None
    drain_s: float | None
    audio_throughput: float | None
    rtf: Rtf
    ttft_s: Distribution
    delta_gap_s: Gaps
    connect_s: Distribution
    processing_time_s: Distribution
    outside_time_s: Distribution
    tokens: int | None
    polls: int | None
    poll_interval_s: float | None
    upload_bytes: int
    download_bytes: int
    empty_texts: int


@dataclass(frozen=True, slots=True)
class Level:
    """The measured samples that were sent while `users` users ran.

    throughput_rps: None where the run never stayed there for a (median) response time.
    """

    users: int
    requests: Requests
    mean_s: float | None
    median_s: float | None
    p95_s: float | None
    p99_s: float | None
    throughput_rps: float | None


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
    backends: tuple[Backend, ...]
    validity: Validity
    findings: tuple[Finding, ...]

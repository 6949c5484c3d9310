"""The figures of the measured phase, and the one table of them: name, path, unit, population and direction.

A figure is named once, as a field of `Metrics` or of a block in it. `METRICS`, the paths in the result, its schema,
the console's lines and what the documents are held against follow from that. No data is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_type_hints

Unit = Literal["s", "rps", "bytes", "share", "ratio", "count"]
Population = Literal["ok", "all", "requests"]
"""Over which measured samples: the ok ones; every intent, whatever became of it; or counts of requests themselves."""
Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Figure:
    """What there is to know of a figure, beside its type. Of a figure in a block, what is None is the block's.

    about: for a reader of the result. better: None where neither direction is.
    """

    about: str
    unit: Unit | None = None
    population: Population | None = None
    better: Better | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table. name: of the statistic, a field of `Metrics`. path: in the result below `metrics`."""

    name: str
    path: str
    unit: Unit
    population: Population
    better: Better | None


@dataclass(frozen=True, slots=True)
class Interval:
    """95% confidence interval of a quantile, and the number of independent samples it is worth."""

    low: Annotated[float, "Lower end."]
    high: Annotated[float, "Upper end."]
    n_eff: Annotated[float, "How many independent samples the run is worth here."]


N = Annotated[int, Figure("Samples.", "count")]
Median = Annotated[float | None, Figure("P50.")]
P90 = Annotated[float | None, Figure("P90.")]
P95 = Annotated[float | None, Figure("P95.")]
P99 = Annotated[float | None, Figure("P99; below n = 100 it is the maximum.")]
P999 = Annotated[float | None, Figure("P99.9; null below n = 1,000.")]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of times in seconds over n samples; quantiles by nearest rank on the raw values."""

    n: N
    mean: Annotated[float | None, Figure("Arithmetic mean.")]
    median: Median
    min: Annotated[float | None, Figure("Smallest.")]
    max: Annotated[float | None, Figure("Largest.")]
    stdev: Annotated[float | None, Figure("Standard deviation of the sample (n - 1).")]
    p90: P90
    p95: P95
    p99: P99
    p999: P999
    intervals: Annotated[dict[str, Interval], "By quantile, where one can be stated."] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Requests:
    """How many: total = succeeded + failed + unfinished."""

    total: Annotated[int, Figure("All of them.")]
    succeeded: Annotated[int, Figure("The ok ones.", better="higher")]
    failed: Annotated[int, Figure("Those that failed, sheds included.", better="lower")]
    unfinished: Annotated[
        int,
        Figure(
            "Cut off by the end of the run, or by a limit of the load generator's own: no failures of the service."
        ),
    ]

    @property
    def judged(self) -> int:
        """Those that the service answered or failed: what rates of failures are shares of."""
        return self.succeeded + self.failed


@dataclass(frozen=True, slots=True)
class AllQuantiles:
    """Quantiles over n intended requests by nearest rank; None is beyond all that succeeded."""

    n: N
    median: Median
    p90: P90
    p95: P95
    p99: P99
    p999: P999
    at_least: Annotated[tuple[str, ...], "Quantiles that fall on an unfinished one and may be more."] = ()


@dataclass(frozen=True, slots=True)
class AllLatency:
    """Latency over every measured intent, whatever became of it."""

    response_time_s: Annotated[
        AllQuantiles,
        Figure(
            "From the intended start to the end: failed, lost and dropped ones are slower than all that succeeded, "
            "an unfinished one counts as at least its age. null: beyond all that succeeded."
        ),
    ]


@dataclass(frozen=True, slots=True)
class Rtf:
    """Observed real-time factor, waiting included: service time / audio length."""

    overall: Annotated[float | None, Figure("Sum of service time / sum of audio.")]
    median: Annotated[float | None, Figure("Median of the requests'.")]
    p95: Annotated[float | None, Figure("P95 of the requests'.")]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Between one piece of a streamed text and the next, in seconds."""

    mean_s: Annotated[float | None, Figure("Of all gaps.")]
    p95_s: Annotated[float | None, Figure("Median of the P95 that each request had.")]
    max_s: Annotated[float | None, Figure("The longest of all.")]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of the measured phase."""

    requests: Annotated[Requests, Figure("What became of them.", "count", "requests")]
    error_rate: Annotated[float | None, Figure("failed / (succeeded + failed).", "share", "requests", "lower")]
    shed_rate: Annotated[
        float | None, Figure("Its part that was refused on purpose (429, 503).", "share", "requests", "lower")
    ]
    failures: Annotated[
        dict[str, int], Figure("Failed ones by kind, most frequent first.", "count", "requests", "lower")
    ]
    all: Annotated[AllLatency, Figure("Latency over every measured intent.", "s", "all", "lower")]
    response_time_s: Annotated[
        Distribution, Figure("From the intended start to the answer's last byte, of the ok ones.", "s", "ok", "lower")
    ]
    service_time_s: Annotated[
        Distribution, Figure("From the send to the answer's last byte, of the ok ones.", "s", "ok", "lower")
    ]
    throughput_rps: Annotated[float | None, Figure("ok / window.", "rps", "ok", "higher")]
    steady_rps: Annotated[
        float | None,
        Figure("ok that ended between the first and the last start, over that time.", "rps", "ok", "higher"),
    ]
    window_s: Annotated[float | None, Figure("First intended start to last end.", "s", "requests")]
    drain_s: Annotated[float | None, Figure("Last start to last end.", "s", "requests")]
    audio_throughput: Annotated[
        float | None,
        Figure(
            "Seconds of audio of ok requests per second: as much audio as so many people speaking.",
            "ratio",
            "ok",
            "higher",
        ),
    ]
    rtf: Annotated[Rtf, Figure("Observed real-time factor, waiting included.", "ratio", "ok", "lower")]
    ttft_s: Annotated[
        Distribution,
        Figure(
            "Time to first text of streamed answers: from the send to the first text that is not empty.",
            "s",
            "ok",
            "lower",
        ),
    ]
    delta_gap_s: Annotated[Gaps, Figure("Between one piece of a streamed text and the next.", "s", "ok", "lower")]
    connect_s: Annotated[
        Distribution, Figure("Set-up of connections, of the requests that opened one.", "s", "ok", "lower")
    ]
    processing_time_s: Annotated[
        Distribution, Figure("How long the service says it has worked on a clip.", "s", "ok", "lower")
    ]
    outside_time_s: Annotated[
        Distribution, Figure("What that leaves of the service time: network and queue.", "s", "ok", "lower")
    ]
    tokens: Annotated[int | None, Figure("Tokens used, as the service says.", "count", "ok")]
    polls: Annotated[int | None, Figure("How often the ends of jobs were asked for.", "count", "requests")]
    poll_interval_s: Annotated[
        float | None, Figure("At what intervals: response times are no finer.", "s", "requests")
    ]
    upload_bytes: Annotated[int, Figure("Bodies sent.", "bytes", "requests")]
    download_bytes: Annotated[int, Figure("Bodies received.", "bytes", "requests")]
    empty_texts: Annotated[int, Figure("ok answers without a word.", "count", "ok", "lower")]


_NOTHING = Figure("")


@cache
def figures_of(record: type) -> dict[str, tuple[Any, Figure | str]]:
    """The type of each field of `record`, and what is said of it: a sentence where it is no figure."""
    hints = get_type_hints(record, include_extras=True)
    return {one.name: get_args(hints[one.name])[:2] for one in fields(record)}


def _rows(record: type, path: str = "", block: Figure = _NOTHING) -> Iterator[Metric]:
    """The figures of `record`, in their order, with what they have of the block that they stand in. A direction they
    have of it where the unit is the block's, too: more samples are neither better nor worse."""
    for name, (kind, figure) in figures_of(record).items():
        if isinstance(figure, str):
            continue
        better = figure.better or (None if figure.unit else block.better)
        whole = Figure(figure.about, figure.unit or block.unit, figure.population or block.population, better)
        where = f"{path}.{name}" if path else name
        if is_dataclass(kind):
            yield from _rows(kind, where, whole)  # type: ignore[arg-type]
        elif whole.unit is None or whole.population is None:
            raise TypeError(f"{where} has no unit, or no population")
        else:
            yield Metric(where.partition(".")[0], where, whole.unit, whole.population, better)


METRICS = tuple(_rows(Metrics))
"""All figures, in the order of the result."""

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
Population = Literal["ok", "all", "requests", "connections"]
"""Over which measured samples: the ok ones; every intent, whatever became of it; or counts of requests themselves.
Connections are those that any request of the run opened: with keep-alive the warm-up's are the only ones."""
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


def _time(about: str) -> Figure:
    """Of the ok ones, the less the better."""
    return Figure(about, "s", "ok", "lower")


def _of_requests(about: str, unit: Unit, better: Better | None = None) -> Figure:
    return Figure(about, unit, "requests", better)


Number = float | None
N = Annotated[int, Figure("Samples.", "count")]
Median = Annotated[Number, Figure("P50.")]
P90 = Annotated[Number, Figure("P90.")]
P95 = Annotated[Number, Figure("P95.")]
P99 = Annotated[Number, Figure("P99; below n = 100 it is the maximum.")]
P999 = Annotated[Number, Figure("P99.9; null below n = 1,000.")]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of times in seconds over n samples; quantiles by nearest rank on the raw values."""

    n: N
    mean: Annotated[Number, Figure("Arithmetic mean.")]
    median: Median
    min: Annotated[Number, Figure("Smallest.")]
    max: Annotated[Number, Figure("Largest.")]
    stdev: Annotated[Number, Figure("Standard deviation of the sample (n - 1).")]
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

    overall: Annotated[Number, Figure("Sum of service time / sum of audio.")]
    median: Annotated[Number, Figure("Median of the requests'.")]
    p95: Annotated[Number, Figure("P95 of the requests'.")]


@dataclass(frozen=True, slots=True)
class Gaps:
    """Between one piece of a streamed text and the next, in seconds."""

    mean_s: Annotated[Number, Figure("Of all gaps.")]
    p95_s: Annotated[Number, Figure("Median of the P95 that each request had.")]
    max_s: Annotated[Number, Figure("The longest of all.")]


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One round trip over the network, in seconds: what TCP took to connect."""

    n: Annotated[int, Figure("Connections whose time is known.", "count")]
    median: Median
    min: Annotated[Number, Figure("Smallest.")]


@dataclass(frozen=True, slots=True)
class Bounds:
    """95% confidence interval of a rate of errors, by bootstrap over requests."""

    low: Annotated[float, "Lower end."]
    high: Annotated[float, "Upper end."]


Count = int | None
_Unknown = Annotated[Bounds | None, "Its interval; null with too few answers, or too few that are wrong."]


def _wrong(about: str) -> Figure:
    """So many answers, the fewer the better."""
    return Figure(about, "count", better="lower")


@dataclass(frozen=True, slots=True)
class AccuracyFigures:
    """How right the answers are, over the n that were held against what their clips say; null without any."""

    n: Annotated[int, Figure("Answers that were scored.", "count")]
    wer: Annotated[Number, Figure("Word error rate: (substitutions + deletions + insertions) / words.")] = None
    wer_interval: _Unknown = None
    cer: Annotated[Number, Figure("Character error rate: character_edits / characters.")] = None
    cer_interval: _Unknown = None
    words: Annotated[Count, Figure("Words that were said, normalised.", "count")] = None
    substitutions: Annotated[Count, _wrong("Of them, heard as other words.")] = None
    deletions: Annotated[Count, _wrong("Of them, not heard.")] = None
    insertions: Annotated[Count, _wrong("Words heard that nobody said.")] = None
    characters: Annotated[Count, Figure("Characters that were said, normalised; Korean without blanks.", "count")] = (
        None
    )
    character_edits: Annotated[Count, _wrong("Characters heard as others, not heard, or that nobody said.")] = None
    swapped: Annotated[Count, _wrong("Answers that are another request's.")] = None
    repeated: Annotated[Count, _wrong("Answers of one and the same text to clips that say other things.")] = None
    truncated: Annotated[Count, _wrong("Answers to the beginning of the clip alone.")] = None
    looping: Annotated[Count, _wrong("Answers that say the same words over and over, or far too many.")] = None
    judged: Annotated[Count, Figure("Answers to clips of words enough for these four to be told.", "count")] = None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of the measured phase."""

    requests: Annotated[Requests, _of_requests("What became of them.", "count")]
    error_rate: Annotated[Number, _of_requests("failed / (succeeded + failed).", "share", "lower")]
    shed_rate: Annotated[Number, _of_requests("Its part that was refused on purpose (429, 503).", "share", "lower")]
    failures: Annotated[dict[str, int], _of_requests("Failed ones by kind, most frequent first.", "count", "lower")]
    all: Annotated[AllLatency, Figure("Latency over every measured intent.", "s", "all", "lower")]
    response_time_s: Annotated[
        Distribution, _time("From the intended start to the answer's last byte, of the ok ones.")
    ]
    service_time_s: Annotated[Distribution, _time("From the send to the answer's last byte, of the ok ones.")]
    round_trip_s: Annotated[
        RoundTrip,
        Figure(
            "One round trip over the network, to the proxy where there is one: the TCP connects of the whole run.",
            "s",
            "connections",
            "lower",
        ),
    ]
    throughput_rps: Annotated[Number, Figure("ok / window.", "rps", "ok", "higher")]
    steady_rps: Annotated[
        Number, Figure("ok that ended between the first and the last start, over that time.", "rps", "ok", "higher")
    ]
    window_s: Annotated[Number, _of_requests("First intended start to last end.", "s")]
    drain_s: Annotated[Number, _of_requests("Last start to last end.", "s")]
    audio_throughput: Annotated[
        Number,
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
        _time("Time to first text of streamed answers: from the send to the first text that is not empty."),
    ]
    delta_gap_s: Annotated[Gaps, _time("Between one piece of a streamed text and the next.")]
    connect_s: Annotated[Distribution, _time("Set-up of connections, of the requests that opened one.")]
    processing_time_s: Annotated[Distribution, _time("How long the service says it has worked on a clip.")]
    outside_time_s: Annotated[Distribution, _time("What that leaves of the service time: network and queue.")]
    tokens: Annotated[int | None, Figure("Tokens used, as the service says.", "count", "ok")]
    polls: Annotated[int | None, _of_requests("How often the ends of jobs were asked for.", "count")]
    poll_interval_s: Annotated[Number, _of_requests("At what intervals: response times are no finer.", "s")]
    upload_bytes: Annotated[int, _of_requests("Bodies sent.", "bytes")]
    download_bytes: Annotated[int, _of_requests("Bodies received.", "bytes")]
    empty_texts: Annotated[int, Figure("ok answers without a word.", "count", "ok", "lower")]
    accuracy: Annotated[
        AccuracyFigures,
        Figure("How right the answers are; sums of edits over sums of words.", "ratio", "ok", "lower"),
    ]


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

"""The figures of the measured phase, and the one table of them: name, path, unit, population and direction.

A figure is named once, as a field of `Metrics` or of a block in it. `METRICS`, the paths in the result, its schema,
the console's lines and what the documents are held against follow from that. No data is None, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from stt_load.stats.blocks import (
    AccuracyFigures,
    AllLatency,
    Better,
    Distribution,
    Figure,
    Gaps,
    Number,
    Population,
    Requests,
    RoundTrip,
    Rtf,
    ServiceTimeFit,
    Stability,
    Unit,
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table. name: of the statistic, a field of `Metrics`. path: in the result below `metrics`."""

    name: str
    path: str
    unit: Unit
    population: Population
    better: Better | None


def _time(about: str) -> Figure:
    """Of the ok ones, the less the better."""
    return Figure(about, "s", "ok", "lower")


def _of_requests(about: str, unit: Unit, better: Better | None = None) -> Figure:
    return Figure(about, unit, "requests", better)


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
    goodput_rps: Annotated[
        Number,
        Figure("Good ones (ok, and as `slo` says each has to be) / window; null without it.", "rps", "ok", "higher"),
    ]
    goodput_ratio: Annotated[
        Number, _of_requests("Good ones / (succeeded + failed); null likewise.", "share", "higher")
    ]
    window_s: Annotated[
        Number, _of_requests("First intended start to last end; of stages, what is measured of each, added up.", "s")
    ]
    drain_s: Annotated[Number, _of_requests("Last start to last end.", "s")]
    offered_rps: Annotated[
        Number, _of_requests("Arrivals of an open loop that were due before its last one, over that time.", "rps")
    ]
    achieved_rps: Annotated[
        Number, _of_requests("Those of them that were sent by 20 ms after the last one was due.", "rps", "higher")
    ]
    schedule_lag_s: Annotated[
        Distribution,
        _of_requests(
            "From the due instant of an open loop's request to its send, whatever became of it.", "s", "lower"
        ),
    ]
    dropped: Annotated[int, _of_requests("Arrivals that no slot was free to send in time.", "count", "lower")]
    connected: Annotated[int, _of_requests("Requests that still had to open a connection.", "count", "lower")]
    in_flight: Annotated[
        Number, _of_requests("Mean number at a time between send and end, over the window.", "count")
    ]
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
    service_time_fit: Annotated[
        ServiceTimeFit, Figure("Service time by the length of the clip, as a formula.", "s", "ok", "lower")
    ]
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
    stability: Annotated[
        Stability,
        Figure("Whether the same clips are heard alike under load as before it.", "ratio", "ok", "lower"),
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

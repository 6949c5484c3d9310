"""The records that figures stand in, each figure with what there is to know of it; None is no data, never 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

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
class Interval:
    """95% confidence interval of a quantile, and the number of independent samples it is worth."""

    low: Annotated[float, "Lower end."]
    high: Annotated[float, "Upper end."]
    n_eff: Annotated[float, "How many independent samples the run is worth here."]


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


FitModel = Literal["linear", "steps", None]
UnfitReason = Literal["few_answers", "one_length", "no_longer", "no_nearer", None]


@dataclass(frozen=True, slots=True)
class ServiceTimeFit:
    """Service time by the length of the clip, as a formula: fixed_s + per_audio_s x seconds of audio, or fixed_s +
    per_started_30_s x how many times 30 s are begun. null where none is nearer than the medians by length are."""

    n: Annotated[int, Figure("Answers that it was looked for in.", "count")]
    model: Annotated[
        FitModel, "linear: by seconds of audio; steps: by 30 s begun, as Whisper pads clips to 30 s; null: none."
    ] = None
    fixed_s: Annotated[Number, Figure("What any clip takes.")] = None
    per_audio_s: Annotated[Number, Figure("What each second of audio takes more.", "ratio", better="lower")] = None
    per_started_30_s: Annotated[Number, Figure("What each 30 s that are begun take more.")] = None
    residual_p95_s: Annotated[Number, Figure("P95 of how far the answers are from it, up or down.")] = None
    buckets_p95_s: Annotated[Number, Figure("The same of the medians of the answers' buckets (durations).")] = None
    shortest_s: Annotated[Number, Figure("The shortest clip that it is known to hold for.", "s")] = None
    longest_s: Annotated[Number, Figure("The longest one.", "s")] = None
    one_user: Annotated[
        bool | None,
        "Whether one user at most was there all the time. Otherwise it includes queueing. null: no requests.",
    ] = None
    reason: Annotated[
        UnfitReason,
        "Why there is none: too few answers; clips of one length; longer clips take no longer; it would be less than "
        "twice as near as the medians by length.",
    ] = None


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
class Stability:
    """How much answers to the same clip differ, over the n clips that were said again; null without any."""

    n: Annotated[int, Figure("Clips that were answered twice before the run and at least once in it.", "count")]
    answers: Annotated[Count, Figure("Answers to them in the run.", "count")] = None
    control: Annotated[
        Number,
        Figure("What the second answer from before the run has other than the first: edits / words of the first."),
    ] = None
    load: Annotated[Number, Figure("The same of the answers in the run.")] = None
    p: Annotated[Number, Figure("Probability that chance makes so much more of it in the run.", "share")] = None
    swapped: Annotated[Count, _wrong("Answers in the run that are another clip's, were the first ones right.")] = None
    repeated: Annotated[Count, _wrong("Answers of one and the same text to clips with other first ones.")] = None
    truncated: Annotated[Count, _wrong("Answers that are the beginning of the first one alone.")] = None
    looping: Annotated[Count, _wrong("Answers that say the same words over and over, or far too many.")] = None

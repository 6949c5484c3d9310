"""How service time follows the length of the clip: a formula, where one tells more than the buckets do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.blocks import ServiceTimeFit, UnfitReason
from stt_load.stats.lengths import bucket_of
from stt_load.stats.quantiles import quantile
from stt_load.stats.ranks import mean_ranks

FEWEST_ANSWERS = 20
MOST_OF_BUCKETS = 0.5
"""Of what the medians by bucket leave, that a formula may leave at most."""
Z_999 = 3.090232  # 99.9% point of the standard normal
STARTED_S = 30.0
"""What recognisers of the Whisper family hear at a time (Radford et al., *Robust Speech Recognition via Large-Scale
Weak Supervision*, 2022, 2.1), padded to it where there is less, so that each 30 s begun cost the same."""

PAIRS = 500_000
"""Of answers that slopes are taken of: all pairs of 1,000, and of more as many, drawn by chance."""
SEED = 20_140_731
"""Any number would do, as long as it stays: the same rows are to make the same formula."""


@dataclass(frozen=True, slots=True)
class _Line:
    """fixed_s + slope x of each; residual_p95_s: how far P95 of the answers are from it, up or down."""

    model: Literal["linear", "steps"]
    fixed_s: float
    slope: float
    residual_p95_s: float


def fit(measured: Samples) -> ServiceTimeFit:
    """The formula of `measured`, in any order: of the ok ones among them whose clips have a length.

    Two are tried, a line through the seconds of audio and one through how many times 30 s are begun, and the one that
    leaves less is taken. It is shown only where longer clips do take longer (p < 0.001), and where it is at least
    twice as near to the answers as the medians of the buckets that `durations` has, by the P95 of what is left: else
    it says less than the table does. That keeps it away where a queue drowns what service times follow.
    """
    rows = measured.where(measured.ok & (measured["audio_s"] > 0) & np.isfinite(measured["sent_s"]))
    n, one_user = len(rows), bool(np.all(measured["users"] == 1)) if len(measured) else None
    if n < FEWEST_ANSWERS or rows["audio_s"].min() == rows["audio_s"].max():
        return ServiceTimeFit(n, one_user=one_user, reason="few_answers" if n < FEWEST_ANSWERS else "one_length")
    order = np.lexsort((rows.service_s, rows["audio_s"]))
    audio_s, service_s = rows.seconds("audio_s")[order], rows.service_s[order]
    lines = [line for line in _lines(audio_s, service_s) if line.slope > 0]
    best = min(lines, key=lambda line: line.residual_p95_s, default=None)
    buckets_p95_s = _left_by_buckets(audio_s, service_s)
    reason: UnfitReason = None
    if best is None or _rank_correlation_z(audio_s, service_s) < Z_999:
        reason = "no_longer"
    elif best.residual_p95_s > MOST_OF_BUCKETS * buckets_p95_s:
        reason = "no_nearer"
    if best is None or reason is not None:
        return ServiceTimeFit(n, buckets_p95_s=buckets_p95_s, one_user=one_user, reason=reason)
    return ServiceTimeFit(
        n=n,
        model=best.model,
        fixed_s=best.fixed_s,
        per_audio_s=best.slope if best.model == "linear" else None,
        per_started_30_s=best.slope if best.model == "steps" else None,
        residual_p95_s=best.residual_p95_s,
        buckets_p95_s=buckets_p95_s,
        shortest_s=float(audio_s[0]),
        longest_s=float(audio_s[-1]),
        one_user=one_user,
    )


def _rank_correlation_z(x: FloatArray, y: FloatArray) -> float:
    """Spearman's: about standard normal where the one has nothing to do with the other. Over all orders of any values
    a correlation has the variance 1 / (n - 1) (Pitman, *Significance Tests Which May be Applied to Samples from Any
    Populations II*, Supplement to the Journal of the Royal Statistical Society 4, 1937), so with ties, too."""
    if y.min() == y.max():
        return 0.0
    return float(np.corrcoef(mean_ranks(x), mean_ranks(y))[0, 1] * np.sqrt(len(x) - 1))


def _lines(audio_s: FloatArray, service_s: FloatArray) -> Iterator[_Line]:
    """Each that there is: none through what is the same for all."""
    linear: Literal["linear"] = "linear"
    steps: Literal["steps"] = "steps"
    for model, x in ((linear, audio_s), (steps, np.ceil(audio_s / STARTED_S))):
        slope = _slope(x, service_s)
        if slope is not None:
            fixed_s = float(np.median(service_s - slope * x))
            yield _Line(model, fixed_s, slope, _p95(service_s - fixed_s - slope * x))


def _slope(x: FloatArray, y: FloatArray) -> float | None:
    """The median slope of the lines through two points each; None where all stand above each other.

    After Theil (1950) and Sen (*Estimates of the Regression Coefficient Based on Kendall's Tau*, Journal of the
    American Statistical Association 63, 1968): up to 29% of the answers may be anything at all, as the first ones of
    a cold service are, before it can be anywhere (Rousseeuw and Leroy, *Robust Regression and Outlier Detection*,
    1987, chapter 2).
    """
    one, other = _pairs(len(x))
    apart = x[other] - x[one]
    chosen = apart != 0
    if not chosen.any():
        return None
    return float(np.median((y[other] - y[one])[chosen] / apart[chosen]))


def _pairs(n: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    if n * (n - 1) // 2 <= PAIRS:
        one, other = np.triu_indices(n, 1)
        return one, other
    random = np.random.default_rng(SEED)
    one, other = random.integers(n, size=(2, PAIRS), dtype=np.intp)
    return one, other


def _left_by_buckets(audio_s: FloatArray, service_s: FloatArray) -> float:
    bucket, left = bucket_of(audio_s), np.empty(len(service_s))
    for number in np.unique(bucket):
        of_it = bucket == number
        left[of_it] = service_s[of_it] - np.median(service_s[of_it])
    return _p95(left)


def _p95(left: FloatArray) -> float:
    return quantile(np.abs(left), 0.95) or 0.0

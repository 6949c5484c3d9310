"""The figures by the length of the clips: how long the answers took, and how right they are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.accuracy import cer, scored_of, wer
from stt_load.stats.blocks import Rtf
from stt_load.stats.model import DurationFigures, Times
from stt_load.stats.quantiles import quantile

DURATIONS_S = (0.0, 5.0, 10.0, 20.0, 30.0, 60.0, float("inf"))
"""Where the buckets of lengths of audio begin and end: over the one, up to the other."""


def bucket_of(audio_s: FloatArray) -> npt.NDArray[np.intp]:
    """The bucket of each length, by its number: the first is 0."""
    return np.maximum(np.searchsorted(DURATIONS_S, audio_s, side="left") - 1, 0)


def durations(measured: Samples) -> tuple[DurationFigures, ...]:
    """The figures of the ok ones among `measured` by length of audio, shortest first; empty where all are in one
    bucket."""
    ok = measured.where(measured.ok)
    bucket = bucket_of(ok.seconds("audio_s"))
    numbers = np.unique(bucket).tolist()
    return tuple(_figures(number, ok.where(bucket == number)) for number in numbers) if len(numbers) > 1 else ()


def rtf(ok: Samples) -> Rtf:
    """Service time / audio length, over the answers to clips that have a length."""
    ok = ok.where((ok["audio_s"] > 0) & np.isfinite(ok["sent_s"]))
    service_s, audio_s = ok.service_s, ok.seconds("audio_s")
    each = service_s / audio_s
    return Rtf(
        overall=float(service_s.sum() / audio_s.sum()) if len(ok) else None,
        median=quantile(each, 0.5),
        p95=quantile(each, 0.95),
    )


def _figures(number: int, rows: Samples) -> DurationFigures:
    over_s, up_to_s = DURATIONS_S[number], DURATIONS_S[number + 1]
    service_s, scored = rows.service_s, scored_of(rows)
    return DurationFigures(
        over_s=over_s,
        up_to_s=up_to_s if np.isfinite(up_to_s) else None,
        n=len(rows),
        response_time_s=_times(rows.response_s),
        service_time_s=_times(service_s[np.isfinite(service_s)]),
        rtf=rtf(rows),
        scored=len(scored),
        words=int(scored["words"].sum(dtype=np.int64)),
        wer=wer(scored),
        cer=cer(scored),
    )


def _times(values_s: FloatArray) -> Times:
    return Times(*(quantile(values_s, p) for p in (0.5, 0.95, 0.99)))

"""All figures of a run, from the table of its samples."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from stt_load.samples.fields import ROW
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop, Load
from stt_load.samples.sample import UNFINISHED, ErrorKind, Phase
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats import answers
from stt_load.stats.accuracy import accuracy, durations
from stt_load.stats.checks import Limits
from stt_load.stats.findings import findings
from stt_load.stats.levels import levels
from stt_load.stats.metrics import AllLatency, Distribution, Metrics, Rtf
from stt_load.stats.model import Summary, Warmup
from stt_load.stats.quantiles import distribution, every_intent, quantile
from stt_load.stats.rates import rates, requests_of, window
from stt_load.stats.validity import DEFAULT_LIMITS, judge


def summarise(
    samples: Samples,
    *,
    users: int,
    load: Load,
    generator: Generator,
    poll_interval_s: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Summary:
    """What a run came to.

    samples: all of the run, of every phase, in any order, with instants relative to the barrier. users: users at the
    barrier; when more came later, the most there were count. load: what was asked for. generator: what the load
    generator saw of itself. poll_interval_s: of jobs that are asked after. limits: from where on the measurement is
    not to be believed.
    """
    # Sums depend on their order in the last digit: the same samples are to make the same figures, however they came.
    samples = samples.in_order()
    measured = samples.where(samples["phase"] == Phase.MEASURED)
    users = max(users, int(measured["users"].max(initial=0)))
    return Summary(
        warmup=warmup(samples),
        metrics=metrics(measured, users, poll_interval_s, samples.where(samples["phase"] != Phase.OUTSIDE)),
        levels=levels(measured),
        durations=durations(measured),
        backends=answers.backends(measured),
        validity=judge(samples, measured, users=users, load=load, generator=generator, limits=limits),
        findings=findings(measured, users),
    )


def metrics(
    measured: Samples, users: int, poll_interval_s: float | None = None, connecting: Samples | None = None
) -> Metrics:
    """The figures of the measured phase. `measured` in start order; latencies are those of the ok ones among them.

    connecting: whose connections count, None for those of the measured ones.
    """
    ok = measured.where(measured.ok)
    requests = requests_of(measured)

    def times(values_s: FloatArray) -> Distribution:
        return distribution(values_s[np.isfinite(values_s)], users)

    processing_s = ok.seconds("processing_s")
    return Metrics(
        requests=requests,
        error_rate=_share(requests.failed, requests.judged),
        shed_rate=_share(int(np.count_nonzero(measured.of_kind(ErrorKind.SHED))), requests.judged),
        failures=_failures(measured),
        all=AllLatency(every_intent(measured)),
        response_time_s=times(ok.response_s),
        service_time_s=times(ok.service_s),
        round_trip_s=answers.round_trip(measured if connecting is None else connecting),
        **asdict(rates(measured, users)),
        rtf=_rtf(ok),
        ttft_s=times(ok["first_text_s"] - ok["sent_s"]),
        delta_gap_s=answers.gaps(ok),
        connect_s=times(ok.seconds("connect_s")),
        processing_time_s=times(processing_s),
        outside_time_s=times(ok.service_s - processing_s),
        tokens=answers.total(ok, "tokens"),
        polls=answers.total(measured, "polls"),
        poll_interval_s=poll_interval_s,
        upload_bytes=int(measured["upload_bytes"].sum()),
        download_bytes=int(measured["download_bytes"].sum(dtype=np.int64)),
        empty_texts=int(np.count_nonzero(ok["text_length"] == 0)),
        accuracy=accuracy(ok),
    )


def warmup(samples: Samples) -> Warmup:
    """The warm-up among `samples` (any phases, any order)."""
    warm = samples.where(samples["phase"] == Phase.WARMUP)
    ok = warm.where(warm.ok)
    requests = requests_of(warm)
    whole = window(warm)
    return Warmup(
        requests=requests.total,
        succeeded=requests.succeeded,
        failed=requests.failed,
        unfinished=requests.unfinished,
        failures=_failures(warm),
        duration_s=whole.length_s if whole else None,
        mean_s=float(np.mean(ok.response_s)) if len(ok) else None,
        first_success_s=float(ok["done_s"].min()) - whole.from_s if whole and len(ok) else None,
    )


def _failures(rows: Samples) -> dict[str, int]:
    return {kind.value: count for kind, count in rows.kinds().items() if kind not in UNFINISHED}


def _rtf(ok: Samples) -> Rtf:
    """Service time / audio length, over the answers to clips that have a length."""
    ok = ok.where((ok["audio_s"] > 0) & np.isfinite(ok["sent_s"]))
    service_s, audio_s = ok.service_s, ok.seconds("audio_s")
    each = service_s / audio_s
    return Rtf(
        overall=float(service_s.sum() / audio_s.sum()) if len(ok) else None,
        median=quantile(each, 0.5),
        p95=quantile(each, 0.95),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


_NO_LOAD = ClosedLoop(users=0, request_delay_s=0.0)
NOTHING = summarise(Samples(np.empty(0, ROW)), users=0, load=_NO_LOAD, generator=Generator())
"""What a run comes to of which nothing is known: made before anything can break."""

"""All figures of a run, from the table of its samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from stt_load.samples.accuracy import Repeats
from stt_load.samples.fields import ROW
from stt_load.samples.gate import GateFile, GateResult
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop, Load, OpenLoop
from stt_load.samples.sample import UNFINISHED, ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.slo.model import Each
from stt_load.stats import answers
from stt_load.stats.accuracy import accuracy
from stt_load.stats.blocks import AllLatency, Distribution, Stability
from stt_load.stats.evidence import Limits
from stt_load.stats.findings import findings
from stt_load.stats.fit import fit
from stt_load.stats.lengths import durations, rtf
from stt_load.stats.levels import levels
from stt_load.stats.load_figures import load_figures
from stt_load.stats.metrics import Metrics
from stt_load.stats.model import Level, Summary, TooFew, Warmup
from stt_load.stats.open_loop import concurrency
from stt_load.stats.quantiles import distribution, every_intent
from stt_load.stats.rates import Span, requests_of, window
from stt_load.stats.row_values import BLOCKS
from stt_load.stats.saturation import of_load
from stt_load.stats.slo_verdicts import NO_GATE, Gate, Run, intents, too_few, too_few_for, verdicts
from stt_load.stats.stability import UNKNOWN, stability
from stt_load.stats.stages import spans, staged, stages
from stt_load.stats.stop_rule import StopWhen
from stt_load.stats.validity import DEFAULT_LIMITS, judge


def summarise(
    samples: Samples,
    *,
    users: int,
    load: Load,
    generator: Generator,
    poll_interval_s: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
    repeats: Repeats | None = None,
    gate: Gate = NO_GATE,
    learnt: GateFile | None = None,
    stop_when: StopWhen | None = None,
) -> Summary:
    """What a run came to.

    samples: all of the run, of every phase, in any order, with instants relative to the barrier. users: users at the
    barrier; when more came later, the most there were count. load: what was asked for. generator: what the load
    generator saw of itself. poll_interval_s: of jobs that are asked after. limits: from where on the measurement is
    not to be believed. repeats: answers to clips that were said again. gate: what it is to fulfil.
    learnt: limits from good runs, to be held against it, too. stop_when: the figure that it was to end by.
    """
    # Sums depend on their order in the last digit: the same samples are to make the same figures, however they came.
    samples = samples.in_order()
    measured = samples.where(samples["phase"] == Phase.MEASURED)
    sent = samples.where((samples["phase"] != Phase.OUTSIDE) | samples.repeats)
    if isinstance(load, OpenLoop):
        users = concurrency(sent, measured)
    else:
        users = max(users, int(measured["users"].max(initial=0)))
    heard_alike = stability(repeats)
    parts = _parts(samples, measured, load)
    whole = of_load(load, sent, measured)
    figures = metrics(measured, users, poll_interval_s, sent, heard_alike, load, gate.each, samples, spans(parts))
    overruns = [(whole, figures.offered_rps), *((one.saturation, one.figures.offered_rps) for one in parts)]
    keeps_up = not any(one is not None and one.named for one, _ in overruns)
    judged = Run(measured, figures, users, steady=keeps_up)
    return Summary(
        warmup=warmup(samples),
        metrics=figures if keeps_up else _without_intervals(figures),
        saturation=whole,
        levels=parts,
        durations=durations(measured),
        backends=answers.backends(measured),
        validity=judge(
            samples,
            measured,
            users=users,
            load=load,
            generator=generator,
            limits=limits,
            tested=gate.tested,
            slo_samples=_too_few(gate, stop_when, judged) if keeps_up and not gate.tested else None,
        ),
        findings=findings(measured, users, heard_alike, load, overruns),
        slo=verdicts(gate, judged),
        gate=_held_against(learnt, measured, figures),
    )


def metrics(
    measured: Samples,
    users: int,
    poll_interval_s: float | None = None,
    sent: Samples | None = None,
    heard_alike: Stability = UNKNOWN,
    load: Load | None = None,
    each: Each | None = None,
    rows: Samples | None = None,
    windows: Sequence[Span] = (),
) -> Metrics:
    """The figures of the measured phase. `measured` in start order; latencies are those of the ok ones among them.

    sent: whose connections count, None for the measured ones alone. load: what was asked for; None for a closed loop.
    each: what makes a request good. rows: of every phase, None for the measured ones alone. windows: those of the
    stages, where there were any.
    """
    ok = measured.where(measured.ok)
    requests = requests_of(measured)
    return Metrics(
        requests=requests,
        error_rate=_share(requests.failed, requests.judged),
        shed_rate=_share(int(np.count_nonzero(measured.of_kind(ErrorKind.SHED))), requests.judged),
        failures=_failures(measured),
        all=AllLatency(every_intent(measured)),
        **_times(ok, users),
        round_trip_s=answers.round_trip(measured if sent is None else sent),
        **load_figures(measured, users, load, each, rows=measured if rows is None else rows, spans=windows),
        rtf=rtf(ok),
        service_time_fit=fit(measured),
        delta_gap_s=answers.gaps(ok),
        tokens=answers.total(ok, "tokens"),
        polls=answers.total(measured, "polls"),
        poll_interval_s=poll_interval_s,
        upload_bytes=int(measured["upload_bytes"].sum()),
        download_bytes=int(measured["download_bytes"].sum(dtype=np.int64)),
        empty_texts=int(np.count_nonzero(ok["text_length"] == 0)),
        accuracy=accuracy(ok),
        stability=heard_alike,
    )


def _held_against(learnt: GateFile | None, measured: Samples, figures: Metrics) -> tuple[GateResult, ...]:
    """What each limit of a gate comes to."""
    if learnt is None:
        return ()
    from stt_load.stats import gate_verdicts  # not before it is asked for: each start waits for what is imported

    return gate_verdicts.verdicts(learnt, measured, figures)


def _times(ok: Samples, users: int) -> dict[str, Any]:
    """What each of the ok requests may have, by its name; of those that have it."""
    values = {name: of(ok) for name, of in BLOCKS.items() if name != "rtf"}
    return {name: distribution(some[np.isfinite(some)], users) for name, some in values.items()}


def _parts(samples: Samples, measured: Samples, load: Load) -> tuple[Level, ...]:
    """Stages where they were asked for; else numbers of users, which in an open loop are slots, and no load."""
    if staged(load):
        return stages(samples, load)
    return () if isinstance(load, OpenLoop) else levels(measured)


def _too_few(gate: Gate, stop_when: StopWhen | None, run: Run) -> tuple[TooFew, ...] | None:
    """Quantiles, of limits or of what ends a run, that have no interval; None where there is no such quantile."""
    found = too_few(gate, run)
    if stop_when is None:
        return found
    values, _ = intents(run.measured, stop_when.path)
    one = too_few_for(stop_when.name, values, stop_when.p, run.users)
    return tuple(dict.fromkeys((*(found or ()), *(() if one is None else (one,)))))


def _without_intervals(figures: Metrics) -> Metrics:
    """The same, where no latency has one: the longer the run, the longer they would be."""
    latencies: dict[str, Any] = {
        one.name: replace(value, intervals={})
        for one in fields(figures)
        if isinstance(value := getattr(figures, one.name), Distribution)
    }
    return replace(figures, **latencies)


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


def _share(part: int, whole: float | None) -> float | None:
    return part / whole if whole else None


def nothing() -> Summary:
    """What a run comes to of which nothing is known."""
    load = ClosedLoop(users=0, request_delay_s=0.0)
    return summarise(Samples(np.empty(0, ROW)), users=0, load=load, generator=Generator())

"""The report of a run on the console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from stt_load.report import accuracy, answers, arrivals, ending, gate, judgement, lengths, levels, slo, stability
from stt_load.report.messages import Messages, fitted
from stt_load.report.opening import note, subject
from stt_load.report.width import quote
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.blocks import AllQuantiles, Distribution
from stt_load.stats.metrics import Metrics
from stt_load.stats.quantiles import FEWEST_FOR_P999
from stt_load.stats.stages import staged
from stt_load.storage.run_record import RunRecord

RULE = 60
"""Columns of a line that parts the result from what stands above and below."""
QUANTILES = ("median", "p90", "p95", "p99", "p999")


@fitted
def result(say: Messages, run: RunRecord) -> Iterator[str]:
    """The result block of a run, line by line: what decides whether to read on comes first."""
    metrics, rule = run.summary.metrics, "=" * min(RULE, say.width)
    yield from (rule, say("result.heading"), rule)
    yield judgement.verdict(say, run)
    yield from headline(say, run)
    for sentence in (*arrivals.overload(say, run), *accuracy.alarm(say, run)):
        yield from note(say, sentence)
    yield from judgement.doubts(say, run)
    yield from slo.lines(say, run)
    yield from gate.lines(say, run)
    yield from ending.faults(say, run)
    yield from ending.ending(say, run)
    if metrics.requests.total:
        yield ""
        yield from _counts(say, run)
        yield ""
        yield from _latency(say, metrics, is_open=arrivals.is_open(run))
        yield from _network(say, run)
        yield from answers.lines(say, metrics, run.samples.phase(Phase.MEASURED))
        yield from arrivals.lines(say, run)
        yield ""
        yield from _rates(say, run)
        yield from lengths.lines(say, run.summary)
        yield from accuracy.lines(say, run)
        yield from stability.lines(say, run)
    yield from levels.lines(say, run.summary.levels, accuracy.leading(run))
    yield from answers.backends(say, run.summary.backends)
    yield from _warmup(say, run)
    yield from judgement.findings(say, run)
    yield from judgement.unchecked(say, run)
    yield rule


@fitted
def report(say: Messages, run: RunRecord, files: Sequence[Path]) -> Iterator[str]:
    """All there is to say about a run that is in `files`."""
    path = ", ".join(map(str, files)) or say("report.not_saved")
    yield say("report.of", path=path, started=run.info.started_at)
    yield from subject(say, run.config, run.info)
    if run.info.first_transcript is not None:
        yield from accuracy.first_answer(say, run.info.first_said, run.info.first_transcript)
    yield from result(say, run)


def headline(say: Messages, run: RunRecord) -> Iterator[str]:
    """The figures that most readers came for; all of them again below, with what there is to know about each."""
    metrics = run.summary.metrics
    requests, times = metrics.requests, metrics.response_time_s
    if not requests.total:
        return
    rate = say.rate(metrics.throughput_rps, of_ok=requests.succeeded < requests.total)
    yield say("headline.counts", n=requests.total, failed=requests.failed, rate=rate)
    if times.n:
        shown = {name: say.seconds(getattr(times, name)) for name in ("mean", "median", "p95", "p99")}
        yield say("headline.times", **shown) + (say("latency.only_max") if answers.is_max(times) else "")
    yield from accuracy.headline(say, run)


def _counts(say: Messages, run: RunRecord) -> Iterator[str]:
    metrics = run.summary.metrics
    requests, measured = metrics.requests, run.samples.phase(Phase.MEASURED)
    share = None if metrics.error_rate is None else 1 - metrics.error_rate
    yield say("result.total", n=requests.total)
    yield say("result.succeeded", n=requests.succeeded, share=say.share(share))
    yield say("result.failed", n=requests.failed, share=say.share(metrics.error_rate))
    yield from _kinds(say, measured.where(measured.failed))
    cut = int(np.count_nonzero(measured.of_kind(ErrorKind.CANCELLED)))
    if cut:
        yield say("result.cancelled", n=cut)
    if requests.unfinished > cut:
        yield say("result.local_limit", n=requests.unfinished - cut)
        yield from _most_said(say, measured.where(measured.of_kind(ErrorKind.LOCAL_LIMIT)))
    if run.info.leased_again:
        yield say("result.leased_again", requests=say.requests(run.info.leased_again))
    if metrics.empty_texts:
        yield say("result.empty_texts", n=metrics.empty_texts)


def _kinds(say: Messages, rows: Samples, indent: str = "  ") -> Iterator[str]:
    """The kinds of what is not ok, each with how often it came and what was mostly said."""
    for kind, count in rows.kinds().items():
        yield f"{indent}{count} × {say(f'kind.{kind}')}"
        yield from _most_said(say, rows.where(rows.of_kind(kind)), f"{indent}    ")


def _most_said(say: Messages, rows: Samples, indent: str = "      ") -> Iterator[str]:
    """The text that came most often with `rows`, of several the first one; nothing where there is none."""
    codes, counts = np.unique(rows["error"][rows["error"] >= 0], return_counts=True)
    if len(codes):
        yield from quote(rows.texts[codes[np.argmax(counts)]], say.width, indent)


def _latency(say: Messages, metrics: Metrics, *, is_open: bool) -> Iterator[str]:
    times, requests = metrics.response_time_s, metrics.requests
    if 0 < requests.succeeded < requests.total:
        share = say.share(1 - requests.succeeded / requests.total)
        heading = say("latency.heading_part", requests=say.requests(requests.succeeded), share=share)
        yield heading
    else:
        yield say("latency.heading")
    if is_open:
        yield say("latency.due")
    of_all = _of_all(say, times, metrics.all.response_time_s)
    for name in ("mean", "median", "min", "max", "p90", "p95", "p99", "p999", "stdev"):
        value = getattr(times, name)
        if value is not None or name in of_all or name not in ("p999", "stdev"):
            said = say(f"latency.{name}", value=say.seconds(value)) + _certainty(say, times, name)
            yield said + of_all.get(name, "")
    if of_all:
        yield say("latency.of_all_means")
    if is_open and times.intervals:
        yield say("latency.holds")


def _network(say: Messages, run: RunRecord) -> Iterator[str]:
    """What of each response time is the way there and back; with a proxy only the way to it is known."""
    times = run.summary.metrics.round_trip_s
    if times.median is None:
        yield say("latency.no_network")
        return
    name = "network" if run.config["api"].get("proxy") is None else "proxy"
    median_ms = times.median * 1_000
    value = say.number(median_ms, 1 if median_ms >= 1 else 3)  # on one machine it is some microseconds
    yield say(f"latency.{name}", value=value, n=times.n)


def _of_all(say: Messages, times: Distribution, every: AllQuantiles) -> dict[str, str]:
    """What there is to say beside a quantile of the ok ones, by its name: the one over all, where they differ."""
    told = {}
    for name in QUANTILES if times.n or every.at_least else ():
        value = getattr(every, name)
        text = say("latency.beyond") if value is None else say.seconds(value)
        if name in every.at_least:
            text = f">= {text}"
        stated = name != "p999" or every.n >= FEWEST_FOR_P999
        if stated and text != say.seconds(getattr(times, name)):
            told[name] = say("latency.of_all", n=every.n, value=text)
    return told


def _certainty(say: Messages, times: Distribution, name: str) -> str:
    """What there is to know beside a quantile: its interval, or that it is the maximum."""
    if name == "p99" and answers.is_max(times):
        return say("latency.is_max", n=times.n)
    interval = times.intervals.get(name)
    if interval is None or name not in QUANTILES:
        return ""
    return say("latency.interval", low=say.number(interval.low, 3), high=say.number(interval.high, 3))


def _rates(say: Messages, run: RunRecord) -> Iterator[str]:
    metrics = run.summary.metrics
    yield say("throughput.overall", value=say.rate(metrics.throughput_rps))
    if not staged(run.info.load):  # where it is the same
        yield say("throughput.steady", value=say.rate(metrics.steady_rps))
    again = int(np.count_nonzero(run.samples.repeats & (run.samples["start_s"] >= 0)))
    if again:
        yield say("throughput.repeats", n=again)
    if metrics.goodput_rps is not None:
        good = say("throughput.goodput", value=say.rate(metrics.goodput_rps), share=say.share(metrics.goodput_ratio))
        yield good
    yield say("throughput.audio", value=say.number(metrics.audio_throughput, 1))
    yield say("throughput.rtf", **{name: say.number(value, 3) for name, value in asdict(metrics.rtf).items()})
    yield say("throughput.window", duration=say.duration(metrics.window_s))
    yield say("throughput.bytes", sent=say.size(metrics.upload_bytes), received=say.size(metrics.download_bytes))


def _warmup(say: Messages, run: RunRecord) -> Iterator[str]:
    """How it went, and why not all of it went well."""
    warmup = run.summary.warmup
    if not warmup.requests:
        return
    yield ""
    yield say("warmup.heading")
    duration = say.duration(warmup.duration_s)
    counts = say("warmup.counts", requests=say.requests(warmup.requests), duration=duration, failed=warmup.failed)
    yield counts + (say("warmup.unfinished", n=warmup.unfinished) if warmup.unfinished else "")
    warm = run.samples.phase(Phase.WARMUP)
    yield from _kinds(say, warm.where(~warm.ok & ~warm.of_kind(ErrorKind.CANCELLED)), "    ")
    if warmup.succeeded:
        yield say("warmup.times", mean=say.seconds(warmup.mean_s), first=say.duration(warmup.first_success_s))

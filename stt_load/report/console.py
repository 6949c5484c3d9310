"""The report of a run on the console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from stt_load.report import answers, judgement
from stt_load.report.messages import Messages
from stt_load.report.opening import WIDTH, note, subject
from stt_load.report.width import plain, right, shorten, wrap
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.metrics import AllQuantiles, Distribution, Metrics
from stt_load.stats.model import Level
from stt_load.stats.quantiles import FEWEST_FOR_P999
from stt_load.storage.run_record import RunRecord

RULE = "=" * 60
INTERVALS = ("median", "p95", "p99", "p999")
LEVEL_WIDTHS = {
    "users": 7,
    "requests": 10,
    "failed": 8,
    "unfinished": 9,
    "mean": 10,
    "median": 8,
    "p95": 8,
    "p99": 8,
    "rate": 12,
}
"""Columns of the table of levels: 80 in all."""
THE_SERVICES_WORDS = ("dead_warmup", "not_ready", "gave_up")
"""Ends whose detail is what the service said; that of others is ours."""
SMALL_RUN = 100
"""Below it the P99 by nearest rank is the maximum."""


def result(say: Messages, run: RunRecord) -> Iterator[str]:
    """The result block of a run, line by line."""
    metrics = run.summary.metrics
    yield from (RULE, say("result.heading"), RULE)
    yield from _faults(say, run)
    yield from _ending(say, run)
    yield from _counts(say, run)
    if metrics.requests.total:
        yield ""
        yield from _latency(say, metrics)
        yield from _network(say, run)
        yield from answers.lines(say, metrics)
        yield ""
        yield from _rates(say, run)
    yield from _levels(say, run.summary.levels)
    yield from answers.backends(say, run.summary.backends)
    yield from _warmup(say, run)
    yield from judgement.findings(say, run.summary.findings)
    yield ""
    yield from judgement.verdict(say, run)
    yield RULE


def report(say: Messages, run: RunRecord, files: Sequence[Path]) -> Iterator[str]:
    """All there is to say about a run that was read from `files`."""
    yield say("report.of", path=", ".join(map(str, files)), started=run.info.started_at)
    yield from subject(say, run.config, run.info)
    yield from result(say, run)


def _faults(say: Messages, run: RunRecord) -> Iterator[str]:
    """What is missing from all that follows, first of all."""
    if not run.info.faults:
        return
    yield from note(say("faults.heading"))
    for fault in run.info.faults:
        yield from wrap(plain(fault), WIDTH, "   - ", "     ")
    yield ""


def _ending(say: Messages, run: RunRecord) -> Iterator[str]:
    """Why the run is not complete, unless it was to go on until somebody stopped it, and something was measured."""
    info = run.info
    has_end = run.config["total_requests"] is not None or run.config["measure_for"] is not None
    planned = not has_end and run.summary.metrics.requests.total
    if info.complete or (planned and info.end_reason == "stopped"):
        return
    wait = say("seconds", value=f"{run.config['wait_ready']:g}")
    name = "end.at_time_limit" if planned and info.end_reason == "time_limit" else f"end.{info.end_reason}"
    yield from note(say(name, progress=_progress(say, run), wait=wait))
    if info.detail is not None:
        detail = shorten(plain(info.detail), 4 * WIDTH)
        said = say("end.detail", detail=detail) if info.end_reason in THE_SERVICES_WORDS else detail
        yield from wrap(said, WIDTH, "   ", "   ")
    yield ""


def _progress(say: Messages, run: RunRecord) -> str:
    """How far it came: what was measured, or where in the warm-up it ended. What was cut off is not done."""
    requests, total, warm = run.summary.metrics.requests, run.config["total_requests"], run.summary.warmup
    if not requests.total and run.config["warmup_requests"]:
        return say("end.in_warmup", done=warm.succeeded + warm.failed, total=run.config["warmup_requests"])
    if total is None:
        duration = say.duration(run.summary.metrics.window_s or 0.0)
        return say("end.duration", duration=duration, requests=say.requests(requests.judged))
    return say("end.of", done=requests.judged, total=total - run.config["warmup_requests"])


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
        yield from _most_said(measured.where(measured.of_kind(ErrorKind.LOCAL_LIMIT)))
    if run.info.leased_again:
        yield say("result.leased_again", requests=say.requests(run.info.leased_again))
    if metrics.empty_texts:
        yield say("result.empty_texts", n=metrics.empty_texts)


def _kinds(say: Messages, rows: Samples) -> Iterator[str]:
    """The kinds of what is not ok, each with how often it came and what was mostly said."""
    for kind, count in rows.kinds().items():
        yield f"  {count} × {say(f'kind.{kind}')}"
        yield from _most_said(rows.where(rows.of_kind(kind)))


def _most_said(rows: Samples) -> Iterator[str]:
    """The text that came most often with `rows`, of several the first one; nothing where there is none."""
    codes, counts = np.unique(rows["error"][rows["error"] >= 0], return_counts=True)
    if len(codes):
        yield shorten(f"      {plain(rows.texts[codes[np.argmax(counts)]])}", WIDTH)


def _latency(say: Messages, metrics: Metrics) -> Iterator[str]:
    times, requests = metrics.response_time_s, metrics.requests
    if 0 < requests.succeeded < requests.total:
        share = say.share(1 - requests.succeeded / requests.total)
        heading = say("latency.heading_part", requests=say.requests(requests.succeeded), share=share)
        yield from wrap(heading, WIDTH)
    else:
        yield say("latency.heading")
    of_all = _of_all(say, times, metrics.all.response_time_s)
    for name in ("mean", "median", "min", "max", "p95", "p99", "p999", "stdev"):
        value = getattr(times, name)
        if value is not None or name in of_all or name not in ("p999", "stdev"):
            said = say(f"latency.{name}", value=say.seconds(value)) + _certainty(say, times, name)
            yield said + of_all.get(name, "")
    if of_all:
        yield say("latency.of_all_means")


def _network(say: Messages, run: RunRecord) -> Iterator[str]:
    """What of each response time is the way there and back; with a proxy only the way to it is known."""
    times = run.summary.metrics.round_trip_s
    if times.median is None:
        yield say("latency.no_network")
        return
    name = "network" if run.config["api"].get("proxy") is None else "proxy"
    value = say.number(times.median * 1_000, 1)
    yield from wrap(say(f"latency.{name}", value=value, n=times.n), WIDTH, "  ", "    ")


def _of_all(say: Messages, times: Distribution, every: AllQuantiles) -> dict[str, str]:
    """What there is to say beside a quantile of the ok ones, by its name: the one over all, where they differ."""
    told = {}
    for name in INTERVALS if times.n or every.at_least else ():
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
    if name == "p99" and 0 < times.n < SMALL_RUN:
        return say("latency.is_max", n=times.n)
    interval = times.intervals.get(name)
    if interval is None or name not in INTERVALS:
        return ""
    return say("latency.interval", low=say.number(interval.low, 3), high=say.number(interval.high, 3))


def _rates(say: Messages, run: RunRecord) -> Iterator[str]:
    metrics = run.summary.metrics
    yield say("throughput.overall", value=say.rate(metrics.throughput_rps))
    yield say("throughput.steady", value=say.rate(metrics.steady_rps))
    yield say("throughput.audio", value=say.number(metrics.audio_throughput, 1))
    yield say("throughput.rtf", **{name: say.number(value, 3) for name, value in asdict(metrics.rtf).items()})
    yield say("throughput.window", duration=say.duration(metrics.window_s))
    yield say("throughput.bytes", sent=say.size(metrics.upload_bytes), received=say.size(metrics.download_bytes))


def _levels(say: Messages, levels: tuple[Level, ...]) -> Iterator[str]:
    """A table, when there is more than one number of users to tell apart."""
    if len(levels) < 2:
        return
    yield ""
    yield say("levels.heading")
    cut = any(level.figures.requests.unfinished for level in levels)
    shown = [name for name in LEVEL_WIDTHS if name != "unfinished" or cut]
    yield _level_row({name: say(f"levels.{name}") for name in shown})
    for level in levels:
        figures, requests = level.figures, level.figures.requests
        times = {"mean": figures.mean_s, "median": figures.median_s, "p95": figures.p95_s, "p99": figures.p99_s}
        cells = {
            "users": str(level.users),
            "requests": str(requests.total),
            "failed": str(requests.failed),
            "unfinished": str(requests.unfinished),
            **{name: say.number(value, 3) for name, value in times.items()},
            "rate": say.number(figures.throughput_rps, 2),
        }
        yield _level_row({name: cells[name] for name in shown})
    if any(level.figures.throughput_rps is None for level in levels):
        yield from wrap(say("levels.no_rate"), WIDTH, "  ", "  ")


def _level_row(cells: Mapping[str, str]) -> str:
    return "".join(right(cell, LEVEL_WIDTHS[name]) for name, cell in cells.items())


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
    for line in _kinds(say, warm.where(~warm.ok & ~warm.of_kind(ErrorKind.CANCELLED))):
        yield shorten(f"  {line}", WIDTH)
    if warmup.succeeded:
        yield say("warmup.times", mean=say.seconds(warmup.mean_s), first=say.duration(warmup.first_success_s))

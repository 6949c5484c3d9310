"""The report of a run on the console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from stt_load.report import answers, judgement
from stt_load.report.messages import Messages
from stt_load.report.opening import WIDTH, note, subject
from stt_load.report.run import Run
from stt_load.report.width import plain, right, shorten, wrap
from stt_load.sample import ErrorKind, Phase
from stt_load.stats.model import Distribution, Level, Requests

RULE = "=" * 60
INTERVALS = ("median", "p95", "p99", "p999")
SMALL_RUN = 100
"""Below it the P99 by nearest rank is the maximum."""


def result(say: Messages, run: Run) -> Iterator[str]:
    """The result block of a run, line by line."""
    metrics = run.summary.metrics
    yield from (RULE, say("result.heading"), RULE)
    yield from _ending(say, run)
    yield from _counts(say, run)
    if metrics.requests.total:
        yield ""
        yield from _latency(say, metrics.response_time_s, metrics.requests)
        yield from answers.lines(say, metrics)
        yield ""
        yield from _rates(say, run)
    yield from _levels(say, run.summary.levels)
    yield from answers.backends(say, run.summary.backends)
    yield from _warmup(say, run)
    yield from judgement.findings(say, run.summary.findings)
    yield ""
    yield from judgement.verdict(say, run.summary.validity)
    yield RULE


def report(say: Messages, run: Run, files: Sequence[Path]) -> Iterator[str]:
    """All there is to say about a run that was read from `files`."""
    yield say("report.of", path=", ".join(map(str, files)), started=run.info.started_at)
    yield from subject(say, run.config, run.info)
    yield from result(say, run)


def _ending(say: Messages, run: Run) -> Iterator[str]:
    """Why the run is not complete, unless it was to go on until somebody stopped it."""
    info, total = run.info, run.config["total_requests"]
    if info.complete or (_has_no_end(run) and info.end_reason == "stopped"):
        return
    done = run.summary.metrics.requests.total
    if total is None:
        so_far = say("end.duration", duration=say.duration(run.summary.metrics.window_s), requests=say.requests(done))
    else:
        so_far = say("end.of", done=done, total=total - run.config["warmup_requests"])
    wait = say("seconds", value=f"{run.config['wait_ready']:g}")
    planned = _has_no_end(run) and info.end_reason == "time_limit"
    yield from note(say("end.at_time_limit" if planned else f"end.{info.end_reason}", progress=so_far, wait=wait))
    if info.detail is not None:
        yield from wrap(say("end.detail", detail=shorten(plain(info.detail), 4 * WIDTH)), WIDTH, "   ", "   ")
    yield ""


def _has_no_end(run: Run) -> bool:
    return run.config["total_requests"] is None and run.config["measure_for"] is None


def _counts(say: Messages, run: Run) -> Iterator[str]:
    metrics = run.summary.metrics
    requests = metrics.requests
    share = None if metrics.error_rate is None else 1 - metrics.error_rate
    yield say("result.total", n=requests.total)
    yield say("result.succeeded", n=requests.succeeded, share=say.share(share))
    yield say("result.failed", n=requests.failed, share=say.share(metrics.error_rate))
    for kind, count in metrics.failures.items():
        yield f"  {count} × {say(f'kind.{kind}')}"
        text = _most_frequent_error(run, ErrorKind(kind))
        if text is not None:
            yield shorten(f"      {plain(text)}", WIDTH)
    if run.info.leased_again:
        yield say("result.leased_again", requests=say.requests(run.info.leased_again))
    if metrics.empty_texts:
        yield say("result.empty_texts", n=metrics.empty_texts)


def _most_frequent_error(run: Run, kind: ErrorKind) -> str | None:
    """What measured requests that failed in this way mostly said."""
    measured = run.samples.phase(Phase.MEASURED)
    codes = measured["error"][measured.of_kind(kind)]
    codes, counts = np.unique(codes[codes >= 0], return_counts=True)
    return run.samples.texts[codes[np.argmax(counts)]] if len(codes) else None


def _latency(say: Messages, times: Distribution, requests: Requests) -> Iterator[str]:
    if requests.failed and requests.succeeded:
        share = say.share(requests.failed / requests.total)
        heading = say("latency.heading_part", requests=say.requests(requests.succeeded), share=share)
        yield from wrap(heading, WIDTH)
    else:
        yield say("latency.heading")
    for name in ("mean", "median", "min", "max", "p95", "p99", "p999", "stdev"):
        value = getattr(times, name)
        if value is not None or name not in ("p999", "stdev"):
            yield say(f"latency.{name}", value=say.seconds(value)) + _certainty(say, times, name)


def _certainty(say: Messages, times: Distribution, name: str) -> str:
    """What there is to know beside a quantile: its interval, or that it is the maximum."""
    if name == "p99" and 0 < times.n < SMALL_RUN:
        return say("latency.is_max", n=times.n)
    interval = times.intervals.get(name)
    if interval is None or name not in INTERVALS:
        return ""
    return say("latency.interval", low=say.number(interval.low, 3), high=say.number(interval.high, 3))


def _rates(say: Messages, run: Run) -> Iterator[str]:
    metrics = run.summary.metrics
    yield say("throughput.overall", value=say.rate(metrics.throughput_rps))
    yield say("throughput.steady", value=say.rate(metrics.steady_rps))
    yield say("throughput.audio", value=say.number(metrics.audio_throughput, 1))
    rtf = metrics.rtf
    figures = {"overall": rtf.overall, "median": rtf.median, "p95": rtf.p95}
    yield say("throughput.rtf", **{name: say.number(value, 3) for name, value in figures.items()})
    yield say("throughput.window", duration=say.duration(metrics.window_s))
    yield say("throughput.bytes", sent=say.size(metrics.upload_bytes), received=say.size(metrics.download_bytes))


def _levels(say: Messages, levels: tuple[Level, ...]) -> Iterator[str]:
    """A table, when there is more than one number of users to tell apart."""
    if len(levels) < 2:
        return
    yield ""
    yield say("levels.heading")
    names = ("users", "requests", "failed", "mean", "median", "p95", "p99", "rate")
    yield _table_row([say(f"levels.{name}") for name in names])
    for level in levels:
        counts = [str(level.users), str(level.requests.total), str(level.requests.failed)]
        times = [say.number(value, 3) for value in (level.mean_s, level.median_s, level.p95_s, level.p99_s)]
        yield _table_row([*counts, *times, say.number(level.throughput_rps, 2)])


def _table_row(cells: list[str]) -> str:
    return "".join(right(cell, 10) for cell in cells)


def _warmup(say: Messages, run: Run) -> Iterator[str]:
    warmup = run.summary.warmup
    if not warmup.requests:
        return
    yield ""
    yield say("warmup.heading")
    duration = say.duration(warmup.duration_s)
    yield say("warmup.counts", requests=say.requests(warmup.requests), duration=duration, failed=warmup.failed)
    yield say("warmup.times", mean=say.seconds(warmup.mean_s), first=say.duration(warmup.first_success_s))

"""The figures that most readers came for, each with how far it is known."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.html.blocks import Block, Fact, Facts, Table, Text
from stt_load.html.columns import filled
from stt_load.html.page import Section
from stt_load.html.sentences import unbroken
from stt_load.report import accuracy, arrivals
from stt_load.report.answers import is_max
from stt_load.report.messages import Messages
from stt_load.stats.blocks import AllQuantiles, Bounds, Distribution
from stt_load.stats.metrics import Metrics
from stt_load.stats.quantiles import FEWEST_FOR_P999
from stt_load.stats.stages import staged
from stt_load.storage.run_record import RunRecord

QUANTILES = ("median", "p95", "p99")
ROWS = ("mean", "median", "p90", "p95", "p99", "p999", "min", "max", "stdev")


def headline(say: Messages, run: RunRecord) -> Section | None:
    """Latency, throughput, accuracy; None where nothing was measured."""
    metrics = run.summary.metrics
    if not metrics.requests.total:
        return None
    say = unbroken(say)
    facts = (*_times(say, run), *_rates(say, run), *_heard(say, run))
    blocks: tuple[Block, ...] = (Facts(facts), *_notes(say, run), *_table(say, metrics))
    return Section("figures", say("html.figures"), blocks)


def _times(say: Messages, run: RunRecord) -> Iterator[Fact]:
    """Quantiles of the response time, and what there is to say beside each."""
    metrics = run.summary.metrics
    times, every = metrics.response_time_s, metrics.all.response_time_s
    unknown = say("html.overloaded" if any(arrivals.overload(say, run)) else "html.no_interval")
    for name in QUANTILES:
        about = _known(say, times, name, unknown)
        if beside := of_all(say, times, every, name):
            about = ", ".join(filter(None, (about, say("html.of_all", value=beside))))
        yield Fact(say(f"html.response_{name}"), say.seconds(getattr(times, name)), about)


def _known(say: Messages, times: Distribution, name: str, unknown: str) -> str:
    """How far a quantile is known. unknown: what is said where nobody can tell."""
    if name == "p99" and is_max(times):
        return say("html.is_max", n=times.n)
    found = times.intervals.get(name)
    if found is None:
        return unknown if times.n else ""
    return say("html.ci", low=say.number(found.low, 3), high=say.number(found.high, 3))


def of_all(say: Messages, times: Distribution, every: AllQuantiles, name: str) -> str | None:
    """A quantile over every intent, failed ones too; None where it is the same as that of the ok ones."""
    if not (times.n or every.at_least) or (name == "p999" and every.n < FEWEST_FOR_P999):
        return None
    value = getattr(every, name)
    text = say("latency.beyond") if value is None else say.seconds(value)
    text = f">= {text}" if name in every.at_least else text
    return None if text == say.seconds(getattr(times, name)) else text


def _rates(say: Messages, run: RunRecord) -> Iterator[Fact]:
    metrics = run.summary.metrics
    about = ""
    if arrivals.is_open(run):
        about = say("html.offered", rate=say.rate(metrics.offered_rps))
    elif metrics.steady_rps is not None:
        about = say("html.steady", rate=say.rate(metrics.steady_rps))
    yield Fact(say("html.throughput"), _per_second(say, metrics.throughput_rps), about)
    if metrics.goodput_rps is not None:
        share = say("html.goodput_share", share=say.share(metrics.goodput_ratio))
        yield Fact(say("html.goodput"), _per_second(say, metrics.goodput_rps), share)
    if metrics.rtf.overall is not None:
        audio = say("html.audio_throughput", value=say.number(metrics.audio_throughput, 1))
        yield Fact(say("html.rtf"), say.number(metrics.rtf.overall, 3), audio)
    if metrics.ttft_s.n:
        p95 = say("html.p95", value=say.seconds(metrics.ttft_s.p95))
        yield Fact(say("html.ttft"), say.seconds(metrics.ttft_s.median), p95)


def _per_second(say: Messages, value: float | None) -> str:
    """Shorter than the console has it: what it is a rate of stands above it."""
    return say("none") if value is None else say("html.per_second", value=f"{value:.2f}")


def _heard(say: Messages, run: RunRecord) -> Iterator[Fact]:
    """Rates of errors of answers that were scored, the one that is its language's first."""
    found = run.summary.metrics.accuracy
    for name in sorted(accuracy.RATES, key=lambda rate: rate != accuracy.leading(run)):
        value: float | None = getattr(found, name)
        bounds: Bounds | None = getattr(found, f"{name}_interval")
        if value is not None:
            known = say("html.no_bounds")
            if bounds is not None:
                known = say("html.ci", low=f"{bounds.low:.2%}", high=f"{bounds.high:.2%}")
            yield Fact(say(f"accuracy.{name}"), f"{value:.2%}", known)


def _notes(say: Messages, run: RunRecord) -> Iterator[Text]:
    metrics = run.summary.metrics
    requests = metrics.requests
    if 0 < requests.succeeded < requests.total:
        share = say.share(1 - requests.succeeded / requests.total)
        yield Text(say("html.of_ok", requests=say.requests(requests.succeeded), share=share))
    if run.info.load is not None and staged(run.info.load):
        yield Text(say("html.of_stages", window=say.duration(metrics.window_s)))
    if arrivals.is_open(run):
        yield Text(say("html.from_due"))
        if metrics.response_time_s.intervals:
            yield Text(say("html.holds"))


def _table(say: Messages, metrics: Metrics) -> Iterator[Table]:
    """All there is to know of the response and the service times."""
    times, every = metrics.response_time_s, metrics.all.response_time_s
    if not times.n:
        return
    rows = tuple(_row(say, metrics, name) for name in ROWS if name != "p999" or times.p999 is not None)
    names = ("response_ok", "interval", "response_all", "service")
    heads = ("", *(say(f"html.{name}") for name in names))
    yield filled(Table(say("html.times_caption", n=f"{times.n:,}", all=f"{every.n:,}"), heads, rows))


def _row(say: Messages, metrics: Metrics, name: str) -> tuple[str, ...]:
    times, every, service = metrics.response_time_s, metrics.all.response_time_s, metrics.service_time_s
    found = times.intervals.get(name)
    ends = "" if found is None else f"{say.number(found.low, 3)}–{say.number(found.high, 3)}"
    over_all = ""
    if hasattr(every, name):
        over_all = of_all(say, times, every, name) or say.seconds(getattr(times, name))
    value, served = (say.seconds(getattr(block, name)) for block in (times, service))
    return say(f"html.name_{name}"), value, ends, over_all, served

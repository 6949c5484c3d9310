"""What the console says of an open loop: whether its requests went out as they were due, and whether the service kept
up with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stt_load.report.asked_load import number
from stt_load.report.messages import Messages
from stt_load.samples.run_info import OpenLoop
from stt_load.stats.model import Level, Saturation
from stt_load.storage.run_record import RunRecord

LEAST_ARRIVALS, LEAST_OVERLOAD = 800, 0.2
"""Fewer don't show even such an overload in 95 runs of 100."""


def is_open(run: RunRecord) -> bool:
    return isinstance(run.info.load, OpenLoop)


def overload(say: Messages, run: RunRecord) -> Iterator[str]:
    """A sentence for each rate that the service does not keep up with: the run's, or those of its stages."""
    summary, load = run.summary, run.info.load
    if summary.saturation is not None and summary.saturation.named and isinstance(load, OpenLoop):
        yield say("arrivals.overload", rate=number(load.stages[0].first))
    for level in summary.levels:
        if level.stage is not None and level.saturation is not None and level.saturation.named:
            yield say("arrivals.overload_stage", stage=level.stage + 1, rate=number(level.first))


def lines(say: Messages, run: RunRecord) -> Iterator[str]:
    """A block of its own, in an open loop."""
    metrics = run.summary.metrics
    if not is_open(run):
        return
    yield ""
    rates = {"offered": say.rate(metrics.offered_rps), "achieved": say.rate(metrics.achieved_rps)}
    yield say("arrivals.rates", **rates)
    lag, service = metrics.schedule_lag_s, metrics.service_time_s
    if lag.n:
        in_ms = {name: _ms(say, getattr(lag, name)) for name in ("median", "p95", "p99", "max")}
        yield say("arrivals.lag", **in_ms)
    if service.n:
        numbers = {name: say.number(getattr(service, name), 3) for name in ("mean", "median", "p95", "p99")}
        yield say("arrivals.service", **numbers)
    yield say("arrivals.in_flight", value=say.number(metrics.in_flight, 1))
    if metrics.dropped:
        yield say("arrivals.dropped", n=metrics.dropped)
    if metrics.connected:
        yield say("arrivals.connected", n=metrics.connected)
    if run.summary.saturation is not None:
        yield from could_see(say, run.summary.saturation)
    yield from _of_stages(say, run.summary.levels)


def _of_stages(say: Messages, levels: Sequence[Level]) -> Iterator[str]:
    """Of the stages in which nothing was seen, what the one with the fewest arrivals could have."""
    found = {one.stage: one.saturation for one in levels if one.stage is not None and one.saturation is not None}
    unseen = {stage: one for stage, one in found.items() if not one.named}
    if unseen:
        stage = min(unseen, key=lambda stage: unseen[stage].arrivals)
        yield say("arrivals.fewest", stage=stage + 1)
        yield from could_see(say, unseen[stage])


def could_see(say: Messages, found: Saturation) -> Iterator[str]:
    """Of a service that was not seen to fall behind: what so many arrivals could have seen."""
    if found.named:
        return
    if found.would_find is None:
        yield say("arrivals.too_few", n=found.arrivals, overload=f"{LEAST_OVERLOAD:.0%}", least=LEAST_ARRIVALS)
    else:
        yield say("arrivals.could_see", n=found.arrivals, overload=f"{found.would_find - 1:.0%}")


def _ms(say: Messages, value_s: float | None) -> str:
    return say.number(None if value_s is None else value_s * 1_000, 1)

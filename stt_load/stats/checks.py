"""The checks of a measurement, each a small pure thing: evidence in, one `Check` out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from stt_load.samples.run_info import ClosedLoop, OpenLoop
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.closed_loop import closed_loop_share
from stt_load.stats.evidence import Evidence, Limits, at_least, check_of, counted, most
from stt_load.stats.model import Changed, Check, TooFew, Verdict
from stt_load.stats.open_checks import achieved_rate, dropped_arrivals, schedule_lag
from stt_load.stats.quantiles import QUANTILES, quantile
from stt_load.stats.rates import Span, window
from stt_load.stats.stages import staged

FEWEST_LOOKS = 20  # observations of the requests in flight
FEWEST_SEEN = 20  # requests that so many looks ought to see
FEWEST_ANSWERS = {"median": 1, "p95": 20, "p99": 1_000}  # below which it is the maximum, or a few late ones make it
Z_1_IN_1000 = 3.2905  # a standard normal is further from 0 than this with probability 0.001
WORST_FIRST: tuple[Verdict, ...] = ("INVALID", "DEGRADED", "VALID")

TIMEOUTS = tuple(kind for kind in ErrorKind if kind.startswith("timeout_"))
STALLED_PART = 0.10


def stalls(evidence: Evidence) -> Check:
    """How much of a printed figure stalls of the generator can have made: each as it is, and of rows less `late_s`.

    The value is that of the figure with the worst verdict, among several the largest share. A maximum would always be
    the one row that a stall met, and so is a P99 of fewer than a thousand answers.
    """
    limits = evidence.limits
    if not len(evidence.ok) or most(worker.stalled_s for worker in evidence.generator.workers) is None:
        return check_of("stalls", None, limits.stalls)
    found = [_changed(one, limits) for one in _figures(evidence.ok)]
    return min(found, key=lambda check: (WORST_FIRST.index(check.verdict or "VALID"), -(check.value or 0)))


def busy_loop(evidence: Evidence) -> Check:
    """The mean lag of the worst process, in which a long stall counts little, as a share of the median."""
    lag_s, median_s = most(worker.loop_lag_mean_s for worker in evidence.generator.workers), evidence.median_s
    if lag_s is None or not median_s:
        return check_of("busy_loop", None, evidence.limits.busy_loop)
    limits = evidence.limits
    return check_of("busy_loop", lag_s / median_s, at_least(limits.busy_loop, limits.busy_loop_s, median_s))


def stalled_share(evidence: Evidence) -> Check:
    """Of the window, in the process that stood still longest: rates are too low by about that."""
    span, stalled_s = window(evidence.measured), most(worker.stalled_s for worker in evidence.generator.workers)
    if span is None or span.length_s <= 0 or stalled_s is None:
        return check_of("stalled_share", None, evidence.limits.stalled_share)
    return check_of("stalled_share", stalled_s / span.length_s, evidence.limits.stalled_share)


def cpu(evidence: Evidence) -> Check:
    """Of the busiest process, as a share of one core."""
    return check_of("cpu", most(worker.cpu_share for worker in evidence.generator.workers), evidence.limits.cpu)


def closed_loop(evidence: Evidence) -> Check:
    """See `closed_loop_share`."""
    load = evidence.load
    if not isinstance(load, ClosedLoop):
        return check_of("closed_loop_share", None, evidence.limits.closed_loop_share)
    share = closed_loop_share(
        evidence.samples,
        evidence.measured,
        users=evidence.users,
        request_delay_s=load.request_delay_s,
        changes=evidence.generator.load_changes,
        stages=load.stages,
    )
    return check_of("closed_loop_share", share, evidence.limits.closed_loop_share)


def in_flight(evidence: Evidence) -> Check:
    """Do the samples account for what was seen in flight? The relative difference, VALID while it may be chance.

    If the samples are right, the mean number in flight over the window is the sum of their response times (of other
    phases: the part inside the window) / window, exactly. The generator looked at some instants only, so its mean has
    an error: stdev / sqrt(n) if the looks were independent. Looks closer together than a response time mostly see
    the same requests, so at most one per mean response time is counted. A stdev that was seen may be small by chance
    (0, when no look met any of a few short requests), so it is at least that of that many users, each busy for the
    expected share of the time. As the looking may begin a little before the window and end a little after it,
    what one look is worth is added to the error. A difference beyond 3.29 errors has p < 0.001. None below 20 looks,
    or where all of them together ought to see fewer than 20 requests.
    """
    samples, measured, generator = evidence.samples, evidence.measured, evidence.generator
    limit = evidence.limits.in_flight
    span, seen, looks = window(measured), generator.in_flight_mean, generator.in_flight_samples
    stdev = generator.in_flight_stdev
    if span is None or span.length_s <= 0 or seen is None or stdev is None or looks < FEWEST_LOOKS:
        return check_of("in_flight", None, limit)
    is_open = isinstance(evidence.load, OpenLoop)
    if is_open or staged(evidence.load):
        span = Span(min(0.0, span.from_s), span.to_s)  # looks begin at the barrier, whenever the first arrival is due
    sent = samples.where(np.isfinite(samples["sent_s"])) if is_open else samples
    expected = span.overlap_s(sent["sent_s" if is_open else "start_s"], sent["done_s"]) / span.length_s
    times_s = measured.service_s[np.isfinite(measured["sent_s"])] if is_open else measured.response_s
    if not len(times_s):
        return check_of("in_flight", None, limit)
    independent = span.length_s / max(float(np.mean(times_s)), span.length_s / looks)
    if expected * independent < FEWEST_SEEN:
        return check_of("in_flight", None, limit)
    present = evidence.load.max_in_flight if isinstance(evidence.load, OpenLoop) else evidence.users
    present = max(present, int(measured["users"].max()))
    spread = max(stdev, math.sqrt(expected * max(0.0, 1 - expected / present)))
    error = math.hypot(spread / math.sqrt(independent), max(seen, expected) / looks)
    check = check_of("in_flight", abs(seen / expected - 1), limit)
    if abs(seen - expected) > Z_1_IN_1000 * error:
        return check
    return replace(check, verdict="VALID")


def percentiles(too_few: tuple[TooFew, ...], limits: Limits) -> Check:
    """How many quantiles, of a limit or of what ends the run, were found in too few requests for an interval."""
    return replace(check_of("slo_samples", float(len(too_few)), limits.slo_samples), too_few=too_few)


def load_changed(evidence: Evidence) -> Check:
    """How many times the load changed without being asked to; INVALID when nobody was left to make any."""
    check = counted("load_changed", len(evidence.generator.load_changes), evidence)
    return replace(check, verdict="INVALID") if evidence.generator.all_workers_lost else check


def listener_errors(evidence: Evidence) -> Check:
    """Whatever broke in a listener or a greenlet of ours, nobody knows what it left undone."""
    return counted("listener_errors", evidence.generator.listener_errors, evidence)


def rows_lost(evidence: Evidence) -> Check:
    """Iterations that were handed out and of which no row tells."""
    return counted("rows_lost", evidence.generator.rows_lost, evidence)


def local_limits(evidence: Evidence) -> Check:
    """Requests that a limit of the generator's own machine stopped: the load was not what was asked for."""
    rows = evidence.samples
    stopped = rows.of_kind(ErrorKind.LOCAL_LIMIT) & (rows["phase"] != Phase.OUTSIDE)
    return counted("local_limits", int(np.count_nonzero(stopped)), evidence)


def stalled_timeouts(evidence: Evidence) -> Check:
    """Time limits that ran out while the generator stood still: the answer may have been there.

    Only where the stall was a good part of the time: behind a limit of a minute one of some milliseconds is chance.
    """
    rows = evidence.measured
    touched = rows.of_kind(*TIMEOUTS) & (rows["late_s"] >= STALLED_PART * rows.response_s) & (rows["late_s"] > 0)
    return counted("stalled_timeouts", int(np.count_nonzero(touched)), evidence)


def _figures(ok: Samples) -> Iterator[Changed]:
    """The printed figures that stalls can have changed, as they are and without stalls."""
    reported_s = ok.response_s
    without_s = np.maximum(0.0, reported_s - ok["late_s"])
    yield Changed("mean", float(np.mean(reported_s)), float(np.mean(without_s)))
    for name, fewest in FEWEST_ANSWERS.items():
        if len(ok) >= fewest:
            reported, without = (quantile(times_s, QUANTILES[name]) or 0.0 for times_s in (reported_s, without_s))
            yield Changed(name, reported, without)


def _changed(figure: Changed, limits: Limits) -> Check:
    if figure.reported_s <= 0:
        return check_of("stalls", 0.0, limits.stalls)
    share = 1 - figure.without_stalls_s / figure.reported_s
    check = check_of("stalls", share, at_least(limits.stalls, limits.stalls_s, figure.reported_s))
    return replace(check, figure=figure) if share > 0 else check


CheckOf = Callable[[Evidence], Check]

OF_FIGURES: Mapping[str, tuple[CheckOf, ...]] = {
    "closed": (
        stalls,
        busy_loop,
        stalled_share,
        cpu,
        closed_loop,
        in_flight,
    ),
    "open": (
        achieved_rate,
        schedule_lag,
        dropped_arrivals,
        stalls,
        busy_loop,
        stalled_share,
        cpu,
        in_flight,
    ),
}
"""By the load's model. They doubt figures: where there are none, nothing is to be doubted."""
OF_THE_RUN: tuple[CheckOf, ...] = (
    load_changed,
    listener_errors,
    rows_lost,
    local_limits,
    stalled_timeouts,
)
"""They doubt the run, whatever came of it."""

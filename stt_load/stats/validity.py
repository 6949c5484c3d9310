"""Can the measurement be believed? It judges the load generator, never the server."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from stt_load.samples import Samples
from stt_load.stats.model import Check, Generator, Validity, Verdict
from stt_load.stats.quantiles import quantile
from stt_load.stats.rates import stays_s, window, working

FEWEST_CYCLES = 3  # starts per user, below which the generator's share of the cycle says nothing
FEWEST_LOOKS = 20  # observations of the requests in flight
FEWEST_SEEN = 20  # requests that so many looks ought to see
WORST_FIRST: tuple[Verdict, ...] = ("INVALID", "DEGRADED", "VALID")
Z_1_IN_1000 = 3.2905  # a standard normal is further from 0 than this with probability 0.001


Limit: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Above the first of two the measurement is DEGRADED, above the second INVALID; None: never for this reason.

    They are shares (0.05 = 5%), except for `load_changed` and `listener_errors`, which are counts.
    """

    loop_lag: Limit = (0.02, 0.10)
    cpu: Limit = (0.80, 0.95)
    closed_loop_share: Limit = (0.05, 0.20)
    in_flight: Limit = (None, 0.05)
    load_changed: Limit = (0, None)
    listener_errors: Limit = (None, 0)


DEFAULT_LIMITS = Limits()


def judge(
    samples: Samples,
    measured: Samples,
    *,
    users: int,
    request_delay_s: float,
    generator: Generator,
    limits: Limits = DEFAULT_LIMITS,
) -> Validity:
    """The checks that apply to a closed loop, and the worst of their verdicts; None when none had data.

    samples: the whole run, measured: its measured samples in start order; the rest as for `summarise`.
    """
    share = closed_loop_share(
        samples, measured, users=users, request_delay_s=request_delay_s, changes=generator.load_changes
    )
    checks = (
        _check("loop_lag", _loop_lag(measured, generator), limits.loop_lag),
        _check("cpu", _most(worker.cpu_share for worker in generator.workers), limits.cpu),
        _check("closed_loop_share", share, limits.closed_loop_share),
        _in_flight(samples, measured, users, generator, limits.in_flight),
        _load_changed(measured, generator, limits.load_changed),
        _check("listener_errors", _count(generator.listener_errors, measured), limits.listener_errors),
    )
    return Validity(_worst(check.verdict for check in checks), checks)


def closed_loop_share(
    samples: Samples,
    measured: Samples,
    *,
    users: int,
    request_delay_s: float,
    changes: Iterable[tuple[float, float]] = (),
) -> float | None:
    """The share of the users' time in which the generator kept them from work: 0 for a perfect one.

    In a closed loop a user has a request in flight, or stays away on purpose, or is late because of us. By Little's
    law the first two are X (R + delay) of `users` users, so the rest is 1 - X (R + delay) / users. It is taken from
    the first to the last measured start, for after that there is no job left, and a user without one is nobody's
    fault:

        1 - (time in flight + intended pauses, both inside the span) / (users x span)

    That adds up what every user did; nothing is estimated, so there is no sampling error to allow for. All requests
    of `samples` count, failed and cancelled ones too, and so does a pause after a warm-up request that reaches into
    the span. A pause is the sample's `pause_s` (more than the delay after a refused connection), at least the delay.
    When the number of users changed, the rows say so, and `users` is its mean over the span, weighted with how long
    the run stood at each number. The generator's own mean would not do: it covers the drain as well, and one request
    that hangs at the end of a ramp would weigh the last number over all others.

    `changes` of the load without being asked to are left out of the span: users that died with their worker do
    nothing, which is known already and has a check of its own.

    Never below 0: a pause cut short by a stop counts in full. None when there were fewer than 3 starts per user: then
    the span is mostly the users' setting off.
    """
    span = working(measured)
    pieces = span.without(changes) if span is not None else []
    length_s = sum(piece.length_s for piece in pieces)
    if span is None or length_s <= 0:
        return None
    present_s = users * length_s
    if np.ptp(measured["users"]):
        starts = measured["start_s"]
        until_s = starts + stays_s(measured, span.to_s)
        present = measured["users"].astype(float)
        present_s = sum(piece.overlap_s(starts, until_s, present) for piece in pieces)
    if present_s <= 0 or len(measured) < FEWEST_CYCLES * present_s / length_s:
        return None
    done_s = samples["done_s"]
    in_flight_s = sum(piece.overlap_s(samples["start_s"], done_s) for piece in pieces)
    paused_s = done_s + np.maximum(samples["pause_s"], request_delay_s)
    pauses_s = sum(piece.overlap_s(done_s, paused_s) for piece in pieces)
    return max(0.0, 1 - (in_flight_s + pauses_s) / present_s)


def _loop_lag(measured: Samples, generator: Generator) -> float | None:
    """P99 of the event-loop lag of the worst worker as a share of the median response time."""
    lag_s = _most(worker.loop_lag_p99_s for worker in generator.workers)
    median_s = quantile(measured.where(measured.ok).response_s, 0.5)
    return lag_s / median_s if lag_s is not None and median_s else None


def _in_flight(samples: Samples, measured: Samples, users: int, generator: Generator, limit: Limit) -> Check:
    """Do the samples account for what was seen in flight? The relative difference, VALID while it may be chance.

    If the samples are right, the mean number in flight over the window is the sum of their response times (of other
    phases: the part inside the window) / window, exactly. The generator looked at some instants only, so its mean has
    an error: stdev / sqrt(n) if the looks were independent. Looks closer together than a response time mostly see
    the same requests, so at most one per mean response time is counted. A stdev that was seen may be small by chance
    (0, when no look met any of a few short requests), so it is at least that of `users` users who are each busy for
    the expected share of the time. As the looking may begin a little before the window and end a little after it,
    what one look is worth is added to the error. A difference beyond 3.29 errors has p < 0.001. None below 20 looks,
    or where all of them together ought to see fewer than 20 requests.
    """
    span, seen, looks = window(measured), generator.in_flight_mean, generator.in_flight_samples
    stdev = generator.in_flight_stdev
    if span is None or span.length_s <= 0 or seen is None or stdev is None or looks < FEWEST_LOOKS:
        return _check("in_flight", None, limit)
    expected = span.overlap_s(samples["start_s"], samples["done_s"]) / span.length_s
    independent = span.length_s / max(float(np.mean(measured.response_s)), span.length_s / looks)
    if expected * independent < FEWEST_SEEN:
        return _check("in_flight", None, limit)
    present = max(users, int(measured["users"].max()))
    spread = max(stdev, math.sqrt(expected * max(0.0, 1 - expected / present)))
    error = math.hypot(spread / math.sqrt(independent), max(seen, expected) / looks)
    check = _check("in_flight", abs(seen / expected - 1), limit)
    if abs(seen - expected) > Z_1_IN_1000 * error:
        return check
    return Check(check.name, check.value, check.degraded_above, check.invalid_above, "VALID")


def _load_changed(measured: Samples, generator: Generator, limit: Limit) -> Check:
    """How many times the load changed without being asked to; INVALID when nobody was left to make any."""
    check = _check("load_changed", _count(len(generator.load_changes), measured), limit)
    if not generator.all_workers_lost:
        return check
    return Check(check.name, check.value, check.degraded_above, check.invalid_above, "INVALID")


def _check(name: str, value: float | None, limit: Limit) -> Check:
    degraded, invalid = limit
    verdict: Verdict | None = "VALID"
    if value is None:
        verdict = None
    elif invalid is not None and value > invalid:
        verdict = "INVALID"
    elif degraded is not None and value > degraded:
        verdict = "DEGRADED"
    return Check(name, value, degraded, invalid, verdict)


def _count(count: int, measured: Samples) -> float | None:
    """A zero is good news only where something was measured."""
    return float(count) if count or len(measured) else None


def _most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _worst(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    found = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in found), None)

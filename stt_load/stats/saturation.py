"""Does a service keep up with the arrivals of an open loop? If it doesn't, what waits grows as long as the run lasts,
and every figure of latency depends on how long that was."""

from __future__ import annotations

import math

import numpy as np

from stt_load.samples.run_info import Load, OpenLoop
from stt_load.samples.sample import Phase
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.model import Finding, Saturation
from stt_load.stats.quantiles import batches, quantile

BATCHES = 20
LOOKS = 10  # instants in each batch
TAU_IN_FLIGHT = 0.3
TAU_RESPONSES = 0.2
FIFTH = BATCHES // 5
SETTLING = 10  # median service times
FIRST_ANSWERS = 20
FINDS = {4_000: 1.05, 2_000: 1.1, 800: 1.2}
"""By number of arrivals: the overload that 95 runs of 100 find; most first."""


def saturation(rows: Samples, measured: Samples) -> Saturation:
    """Whether what waits grows beyond chance while `measured`, which arrive at one rate, are due.

    rows: all that were under way meanwhile, too. In flight is what is between its due instant and its end, looked at
    200 times from the first to the last due instant; times are those of the ok ones, in the order of their ends: in
    that of their due instants the last ones would be those that were quick. Both without `late_s`: a load generator
    that falls behind is nothing to hold against the service. They are taken in 20 batches, and three things must come
    together: what is in flight rises (tau > 0.3), so do the times (tau > 0.2), and the former by more than 0.5
    sqrt(n) + 360 / sqrt(n) for n arrivals. A backlog grows by the overload's share of n, its noise by sqrt(n): so few
    arrivals see little, and *not named* is not *keeps up*.
    """
    n = len(measured)
    find = next((overload for least, overload in FINDS.items() if n >= least), None)
    counts = _in_flight(rows, measured)
    ok = measured.where(measured.ok)
    if counts is None or len(ok) < BATCHES:
        return Saturation(False, n, None, None, None, None, find)
    means = batches(counts, BATCHES).mean(axis=1)
    times_s = (ok.response_s - ok["late_s"])[np.argsort(ok["done_s"], kind="stable")]
    rises, times_rise = tau(means), tau(np.median(batches(times_s, BATCHES), axis=1))
    growth = float(means[-FIFTH:].mean() - means[:FIFTH].mean())
    least = 0.5 * math.sqrt(n) + 360 / math.sqrt(n)
    named = rises > TAU_IN_FLIGHT and times_rise > TAU_RESPONSES and growth > least
    return Saturation(named, n, rises, times_rise, growth, least, find)


def tau(values: FloatArray) -> float:
    """Kendall's: the share of pairs that rise less that of those that fall."""
    first, second = np.triu_indices(len(values), 1)
    return float(np.mean(np.sign(values[second] - values[first])))


def of_load(load: Load, rows: Samples, measured: Samples) -> Saturation | None:
    """That of a run as a whole; None where it had no one rate: a closed loop, stages, a trace.

    rows: of every phase, `measured` in start order. The first arrivals meet an empty service, which takes some time
    to be as full as it will be: what was due in the first 10 medians of the service time is left out here, half of
    all at most. (Simulated: else a third of the runs of 400 arrivals at 64 slots that are busy at 90% is named.)
    """
    if not isinstance(load, OpenLoop) or load.staged or load.trace is not None or not len(measured):
        return None
    filling_s = SETTLING * (_usual_s(rows, measured) or 0.0)
    due_s = measured["start_s"]
    first = min(int(np.searchsorted(due_s, due_s[0] + filling_s)), len(measured) // 2)
    return saturation(rows, measured.where(slice(first, None)))


def _usual_s(rows: Samples, measured: Samples) -> float | None:
    """The median service time of the warm-up; where there was none, of the first answers."""
    warm = rows.where((rows["phase"] == Phase.WARMUP) & rows.ok)
    if len(warm):
        return quantile(warm.service_s, 0.5)
    ok = measured.where(measured.ok)
    return quantile(ok.service_s[np.argsort(ok["done_s"], kind="stable")][:FIRST_ANSWERS], 0.5)


def over_saturated(found: Saturation | None, offered_rps: float | None) -> Finding | None:
    """It is said of a service that does not keep up with the rate that it was offered."""
    if found is None or not found.named or found.growth is None or offered_rps is None:
        return None
    figures = {"offered_rps": offered_rps, "arrivals": found.arrivals, "growth": round(found.growth)}
    return Finding("over_saturated", figures)


def _in_flight(rows: Samples, measured: Samples) -> FloatArray | None:
    """How many of `rows` were due, no longer kept back by the load generator, and not done at each look; None where
    there is no time to look at."""
    if not len(measured):
        return None
    first_s, last_s = float(measured["start_s"].min()), float(measured["start_s"].max())
    if last_s <= first_s:
        return None
    looks_s = np.linspace(first_s, last_s, BATCHES * LOOKS)
    due_s, done_s = np.sort(np.minimum(rows["start_s"] + rows["late_s"], rows["done_s"])), np.sort(rows["done_s"])
    started = np.searchsorted(due_s, looks_s, side="right")
    return np.asarray(started - np.searchsorted(done_s, looks_s, side="right"), dtype=float)

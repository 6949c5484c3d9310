"""Connections that are left waiting while others are served."""

from __future__ import annotations

import math

import numpy as np

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import BoolArray, FloatArray, Samples, connections
from stt_load.stats.model import Finding

MANY_TIMES = 5.0
FEWEST_REQUESTS = 5
SIGNIFICANT_P = 0.001


def starved(measured: Samples) -> Finding | None:
    """A few connections waited many times longer than the rest.

    A server with a thread for each connection, and fewer threads than there are kept-alive connections, serves some
    of them and leaves the others waiting until one is closed (cpp-httplib under whisper.cpp's server has max(8, cores
    - 1) threads). A connection counts when each of its requests took more than 5 times what is usual, which is the
    median of the ok ones: those of the connections that are served. What is refused at once is not served, and its
    connection not left waiting: it counts for nothing here. By chance, a connection of k requests would with
    the share of such requests among the others to the power of k; as many as chance makes in one run of 1,000
    (Poisson) are no finding. Nor is there one where the others carried fewer than 5 requests each: there is nothing
    to compare.
    """
    sent = (measured["connection"] > 0) & np.isfinite(measured["sent_s"])
    rows = measured.where(sent & ~measured.of_kind(ErrorKind.SHED))
    if not np.any(rows.ok):
        return None
    _, which = np.unique(connections(rows), return_inverse=True)
    times = np.split(rows.service_s[np.argsort(which, kind="stable")], np.cumsum(np.bincount(which))[:-1])
    usual_s = float(np.median(rows.service_s[rows.ok]))
    waiting = [each for each in times if each.min() > MANY_TIMES * usual_s]
    served = [each for each in times if each.min() <= MANY_TIMES * usual_s]
    if not waiting or np.median([len(each) for each in served]) < FEWEST_REQUESTS:
        return None
    if _by_chance(times, np.concatenate(served) > MANY_TIMES * usual_s, len(waiting)) >= SIGNIFICANT_P:
        return None
    figures = {"starved": len(waiting), "connections": len(times), "usual_s": usual_s}
    return Finding("starved", figures | {"waited_s": float(np.median(np.concatenate(waiting)))})


def _by_chance(times: list[FloatArray], slow: BoolArray, count: int) -> float:
    """Probability that at least `count` connections have slow requests only. slow: of the others', which are."""
    share = (np.count_nonzero(slow) + 1) / (len(slow) + 1)
    expected = sum(share ** len(each) for each in times)
    return max(0.0, 1 - sum(math.exp(-expected) * expected**k / math.factorial(k) for k in range(count)))

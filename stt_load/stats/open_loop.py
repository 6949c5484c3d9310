"""What an open loop was to send, what it has sent of that and when: figures of the load, and of nobody's service."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import BoolArray, FloatArray, Samples
from stt_load.stats.rates import Span, window

NEVER_TRIED = (ErrorKind.DROPPED, ErrorKind.LOCAL_LIMIT)
"""Kinds of requests that the load generator kept from the service."""


MOMENT_S = 0.020
"""A lag that the schedule lag is judged by, and the rate is not."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """due: arrivals before the last one of the run, or of its stage. sent: those that were on their way a moment
    after that one was due. over_s: from the first to the last one, all stages together."""

    due: int
    sent: int
    over_s: float

    @property
    def offered_rps(self) -> float | None:
        return self.due / self.over_s if self.over_s > 0 else None

    @property
    def achieved_rps(self) -> float | None:
        return self.sent / self.over_s if self.over_s > 0 else None

    @property
    def missing_share(self) -> float | None:
        """Of what was due, what was not sent in time; None where nothing was due before another one."""
        return 1 - self.sent / self.due if self.due and self.over_s > 0 else None


def due(rows: Samples) -> Samples:
    """`rows` without those that the end of the run cut off before they were sent: they were not due any more, for all
    that one knows."""
    return rows.where(~(rows.of_kind(ErrorKind.CANCELLED) & np.isnan(rows["sent_s"])))


def arrivals(measured: Samples) -> Arrivals:
    """Of `measured`, in start order. The last arrival of a stage only ends the time, as its send has none to be in.
    What is on its way a moment after it is late, and no less of a load: else one of a few arrivals, due just before
    the last one, would look like a rate that was not achieved.

    What was lost with its worker had been started, and who was refused a connection had asked for one: that nothing
    could be sent is the service's doing, or the network's.
    """
    rows = due(measured)
    arrived = sent = 0
    over_s = 0.0
    for stage in np.unique(rows["stage"]).tolist():
        part = rows.where(rows["stage"] == stage)
        starts = part["start_s"]
        last_s = float(starts.max())
        before = starts < last_s
        tried = np.isnan(part["sent_s"]) & ~part.of_kind(*NEVER_TRIED)
        gone = (part["sent_s"] <= last_s + MOMENT_S) | tried
        arrived, sent = arrived + int(np.count_nonzero(before)), sent + int(np.count_nonzero(before & gone))
        over_s += last_s - float(starts.min())
    return Arrivals(arrived, sent, over_s)


def schedule_lag_s(measured: Samples) -> FloatArray:
    """How long after its due instant each of `measured` was sent; of those that were sent at all."""
    lag_s = measured["sent_s"] - measured["start_s"]
    return np.asarray(lag_s[np.isfinite(lag_s)])


def dropped(measured: Samples) -> int:
    """How many of them nobody was free to send."""
    return int(np.count_nonzero(measured.of_kind(ErrorKind.DROPPED)))


def connected(measured: Samples) -> BoolArray:
    """Which of them had to open a connection."""
    return np.asarray(np.isfinite(measured["connect_s"]))


def in_flight(rows: Samples, measured: Samples) -> float | None:
    """How many of `rows` were between their send and their end at a time, on average over the window of `measured`.

    By Little's law that is the sum of their service times inside the window over its length. None without a window.
    """
    span = window(measured)
    if span is None or span.length_s <= 0:
        return None
    return in_flight_over(span, rows)


def in_flight_over(span: Span, rows: Samples) -> float:
    """The same over `span`, which has a length."""
    sent = rows.where(np.isfinite(rows["sent_s"]))
    return span.overlap_s(sent["sent_s"], sent["done_s"]) / span.length_s


def concurrency(rows: Samples, measured: Samples) -> int:
    """That, rounded up: what stands for the users in any statistic of an open loop, whose slots may be many more."""
    return max(1, math.ceil(in_flight(rows, measured) or 0.0))

"""How fast requests went through, and over which time that is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.blocks import Requests


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in seconds on the clock of the samples."""

    from_s: float
    to_s: float

    @property
    def length_s(self) -> float:
        return self.to_s - self.from_s

    def overlap_s(self, from_s: FloatArray, to_s: FloatArray, weight: FloatArray | float = 1.0) -> float:
        """How long the stretches from_s[i]..to_s[i] are within this one, all added up, each weight[i] times."""
        inside = np.clip(to_s, self.from_s, self.to_s) - np.clip(from_s, self.from_s, self.to_s)
        return float((inside * weight).sum())

    def without(self, others: Iterable[tuple[float, float]]) -> list[Span]:
        """What is left of this one outside of `others`."""
        left = [self]
        for from_s, to_s in others:
            parts = [
                part
                for one in left
                for part in (
                    Span(one.from_s, min(one.to_s, max(one.from_s, from_s))),
                    Span(max(one.from_s, min(one.to_s, to_s)), one.to_s),
                )
            ]
            left = [part for part in parts if part.length_s > 0]
        return left


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of a set of requests, and the times they refer to; None where there is no such time.

    window_s: first intended start to last end. throughput_rps: ok ones / window. steady_rps: ok ones that ended
    between the first and the last start, over that time. drain_s: last start to last end. audio_throughput: seconds
    of audio of the ok ones / window.
    """

    window_s: float | None
    throughput_rps: float | None
    steady_rps: float | None
    drain_s: float | None
    audio_throughput: float | None


def window(measured: Samples) -> Span | None:
    """First intended start to last end. None without samples."""
    return Span(float(measured["start_s"].min()), float(measured["done_s"].max())) if len(measured) else None


def working(measured: Samples) -> Span | None:
    """First to last intended start: up to its end there was a next request for everyone. None without samples."""
    starts = measured["start_s"]
    return Span(float(starts.min()), float(starts.max())) if len(measured) else None


def rates(measured: Samples, users: int) -> Rates:
    """The rates of `measured`, sent by `users` users.

    The steady rate takes more requests than users: before anybody's second one, the time between the first and the
    last start is only how long it took to set everyone off.
    """
    whole, work = window(measured), working(measured)
    if whole is None or work is None:
        return Rates(None, None, None, None, None)
    ok = measured.ok
    steady = None
    if len(measured) > users and work.length_s > 0:
        steady = int(np.count_nonzero(measured["done_s"][ok] <= work.to_s)) / work.length_s
    seconds = whole.length_s
    return Rates(
        window_s=seconds,
        throughput_rps=int(np.count_nonzero(ok)) / seconds if seconds > 0 else None,
        steady_rps=steady,
        drain_s=whole.to_s - work.to_s,
        audio_throughput=float(measured.seconds("audio_s")[ok].sum()) / seconds if seconds > 0 else None,
    )


def requests_of(rows: Samples) -> Requests:
    """How many `rows` are, and what became of them."""
    succeeded, unfinished = (int(np.count_nonzero(chosen)) for chosen in (rows.ok, rows.unfinished))
    return Requests(len(rows), succeeded, len(rows) - succeeded - unfinished, unfinished)


def stays_s(measured: Samples, until_s: float) -> FloatArray:
    """For each of `measured`, in start order: from its start to the next one's, for the last one to `until_s`.

    As each row says how many users there were, this is how long the run is known to have stood at that number.
    """
    return np.diff(measured["start_s"], append=until_s)


def longest_stay_s(measured: Samples, until_s: float) -> dict[int, float]:
    """By number of users: how long, at most, the run stood at it without a row in between that says another.

    `measured` in start order, not empty; what was sent last stays until `until_s`.
    """
    users, starts = measured["users"], measured["start_s"]
    begins = np.flatnonzero(np.diff(users, prepend=-1.0))
    longest: dict[int, float] = {}
    for count, stay_s in zip(users[begins].tolist(), np.diff(starts[begins], append=until_s).tolist(), strict=True):
        longest[count] = max(stay_s, longest.get(count, 0.0))
    return longest

"""The test of a level while it goes on: whether its SLOs hold, looked at again and again until that is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stt_load.samples.levels import Axis, Judged, Looks, Outcome
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import KINDS, BoolArray, FloatArray, Samples, blank
from stt_load.search.indicators import Indicator, indicators
from stt_load.search.modes import looks_at
from stt_load.search.sequential import verdict
from stt_load.slo.model import Slo

CUT = KINDS.index(ErrorKind.CANCELLED) + 1


@dataclass(frozen=True, slots=True)
class _Seen:
    """The first rows in the order of their intended starts, as a limit sees them: whether each is over it, the figure
    that tells it, and of how many that is known, from the first on."""

    over: BoolArray
    ranked: FloatArray
    known: int


class LevelTest:
    """Is asked now and then; what it finds depends on the rows alone, not on when it is asked.

    concurrency: see `Trial`. It looks at the first n rows as soon as each is known, for a growing n (`looks_at`). A
    limit of a quantile is one of the share of requests that are over it. A request that has lasted too long already
    is known to be over: nobody waits for its end.
    """

    def __init__(self, slos: Sequence[Slo], looks: Looks, axis: Axis, *, concurrency: int | None = None) -> None:
        self._indicators = indicators(slos)
        self._looks = looks
        self._is_open = axis != "users"
        self._concurrency = concurrency
        self._looked = 0

    def look(self, measured: Samples, waiting_s: Sequence[float], now_s: float, users: int) -> Judged | None:
        """What is known by now; None where it takes more rows, or more time.

        measured: the rows so far, in any order. waiting_s: since when each measured request that has not ended yet is
        under way, from the instant on that it was due. now_s: by the same clock. users: how many are in flight.
        """
        concurrency = self._concurrency or max(1, users)
        due = looks_at(self._looks, concurrency)
        there = len(measured) + len(waiting_s)
        if not self._indicators:
            return Judged("pass", None, due[0], "pass") if len(measured) >= due[0] else None
        if self._looked >= len(due) or there < due[self._looked]:
            return None
        rows = _with_waiting(measured, waiting_s, now_s)
        certain = any(not one.is_counted for one in self._indicators)
        seen = [(one, _seen(one, rows, is_seen_as_it_is=one.is_counted and certain)) for one in self._indicators]
        while self._looked < len(due):
            n = due[self._looked]
            judged, is_known = self._judge(seen, n, concurrency, is_last=self._looked + 1 == len(due))
            if judged is not None:
                return judged
            if not is_known:
                return None
            self._looked += 1
        return None

    def _judge(
        self, seen: Sequence[tuple[Indicator, _Seen]], n: int, concurrency: int, *, is_last: bool
    ) -> tuple[Judged | None, bool]:
        """What the first n rows come to, None where that is nothing yet; and whether they are all known."""
        found: list[tuple[Outcome, float, Indicator]] = []
        certain = [one for one, _ in seen if not one.is_counted]
        is_known = True
        for one, its in seen:
            if its.known < n:
                is_known = False
                continue
            over, ranked = its.over[:n], its.ranked[:n]
            outcome: Outcome = verdict(over, ranked, concurrency, one.share, self._looks.alpha, is_open=self._is_open)
            share = float(np.mean(over))
            if outcome == "open" and one.is_counted and certain and share <= one.share:
                outcome = "pass"
            found.append((outcome, _of_limit(share, one.share), one))
        return _all_of(found, n, is_known=is_known, is_last=is_last), is_known


def _all_of(
    found: Sequence[tuple[Outcome, float, Indicator]], n: int, *, is_known: bool, is_last: bool
) -> Judged | None:
    """found: of each limit that is known so far its outcome, its share as one of what it may be, and itself. One that
    fails is enough; it passes where all do."""
    failing = [one for one in found if one[0] == "fail"]
    if failing:
        return Judged("fail", max(failing, key=_share)[2].expression, n, "fail")
    if not is_known:
        return None
    passes = all(outcome == "pass" for outcome, _, _ in found)
    if not passes and not is_last:
        return None
    _, share, nearest = max(found, key=_share)
    return Judged("pass" if passes else "open", nearest.expression, n, "pass" if share <= 1 else "fail")


def _share(one: tuple[Outcome, float, Indicator]) -> float:
    return one[1]


def _of_limit(share: float, limit: float) -> float:
    if limit:
        return share / limit
    return math.inf if share else 0.0


def _with_waiting(measured: Samples, waiting_s: Sequence[float], now_s: float) -> Samples:
    """The rows by intended start, those that have not ended among them, as if they were cut off now. What was cut off
    says nothing."""
    rows = blank(len(waiting_s))
    rows["phase"] = Phase.MEASURED
    rows["start_s"] = waiting_s
    rows["done_s"] = now_s
    rows["error_kind"] = CUT
    over = measured.where(~measured.unfinished)
    return Samples(np.concatenate((over.rows, rows)), over.texts).in_order()


def _seen(one: Indicator, rows: Samples, *, is_seen_as_it_is: bool) -> _Seen:
    """Of rows that have not ended, none has failed yet: where that is to be seen only, it is known."""
    over, ranked = one.seen(rows)
    known = len(rows)
    if not is_seen_as_it_is:
        on = rows.unfinished
        if one.over_after_s is not None:
            on &= rows.response_s <= one.over_after_s
        known = int(np.argmax(on)) if on.any() else known
    return _Seen(over, ranked, known)

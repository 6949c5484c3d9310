"""What of each request tells whether a limit holds: whether it is over, so that a share of them is all there is to
test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stt_load.samples.rounding import DECIMALS
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import BoolArray, FloatArray, Samples
from stt_load.slo.model import Each, Field, Limit, Number, Slo
from stt_load.stats.goodput import good
from stt_load.stats.row_values import BLOCKS

BY_COUNT = ("error_rate", "shed_rate")
"""Shares that are too small to be below their limit for certain, in so few rows: they pass as they are."""
OF_EACH = ("response_time_s", "service_time_s", "rtf", "ttft_s")
"""What every request has that was answered well."""
_SIGNS = ("<", "<=")


class Indicator(Protocol):
    """A limit, as a share of requests."""

    @property
    def expression(self) -> str:
        """Of the limit, as it was written."""

    @property
    def share(self) -> float:
        """How many of them may be over it at most."""

    @property
    def is_counted(self) -> bool:
        """Whether the share is to be seen, and no more: it passes as it is, fails where that is certain."""

    @property
    def over_after_s(self) -> float | None:
        """A request is known to be over when it has lasted longer than so many seconds; None: when it has ended."""

    def seen(self, rows: Samples) -> tuple[BoolArray, FloatArray]:
        """Which of `rows` are over, and the figure that tells it, failed ones on top."""


@dataclass(frozen=True, slots=True)
class OfQuantile:
    """p95(response_time_s) < 2: at most 5 of 100 are over. Failed ones are, unless it is of ok ones alone."""

    limit: Limit
    share: float
    is_counted: bool = False

    @property
    def expression(self) -> str:
        return self.limit.expression

    @property
    def over_after_s(self) -> float | None:
        of_response = self.limit.term.path == "response_time_s" and not self.limit.of_ok
        return self.limit.value if of_response else None

    def seen(self, rows: Samples) -> tuple[BoolArray, FloatArray]:
        values = np.round(BLOCKS[self.limit.term.path](rows), DECIMALS)
        known = np.isfinite(values)
        missing = np.inf if rows.ok.any() and not known[rows.ok].any() else -np.inf  # no data is never a pass
        values = np.where(rows.failed, -np.inf if self.limit.of_ok else np.inf, np.where(known, values, missing))
        below = values < self.limit.value if self.limit.operator == "<" else values <= self.limit.value
        return np.asarray(~below), np.asarray(values)


@dataclass(frozen=True, slots=True)
class OfFailures:
    """error_rate < 1%, shed_rate < 1%."""

    limit: Limit
    is_counted: bool = True

    @property
    def expression(self) -> str:
        return self.limit.expression

    @property
    def share(self) -> float:
        return self.limit.value

    @property
    def over_after_s(self) -> float | None:
        return None

    def seen(self, rows: Samples) -> tuple[BoolArray, FloatArray]:
        over = rows.of_kind(ErrorKind.SHED) if self.limit.term.path == "shed_rate" else rows.failed
        return over, over.astype(float)  # a time tells nothing of it


@dataclass(frozen=True, slots=True)
class OfGoodput:
    """goodput_ratio > 95%: at most 5 of 100 are not good, as `each` says."""

    limit: Limit
    each: Each
    is_counted: bool = False

    @property
    def expression(self) -> str:
        return self.limit.expression

    @property
    def share(self) -> float:
        return 1 - self.limit.value

    @property
    def over_after_s(self) -> float | None:
        """The least that a response time has to be below."""
        found = [
            one.right.value
            for one in self.each.conditions
            if one.left == Field("response_time_s") and one.operator in _SIGNS and isinstance(one.right, Number)
        ]
        return min(found, default=None)

    def seen(self, rows: Samples) -> tuple[BoolArray, FloatArray]:
        found = good(rows, self.each)
        over = np.ones(len(rows), bool) if found is None else ~found
        return over, np.where(rows.failed, np.inf, rows.response_s)


def indicators(slos: Sequence[Slo]) -> tuple[Indicator, ...]:
    """Of those that can be told from request to request."""
    each = next((one for one in slos if isinstance(one, Each)), None)
    found = (_of(one, each) for one in slos if isinstance(one, Limit))
    return tuple(one for one in found if one is not None)


def others(slos: Sequence[Slo]) -> tuple[Limit, ...]:
    """The limits that a level can be held against when it is over: means, rates, words."""
    told = {one.expression for one in indicators(slos)}
    return tuple(one for one in slos if isinstance(one, Limit) and one.expression not in told)


def rarest(slos: Sequence[Slo]) -> float:
    """The smallest share that may be over a limit, of those that have to be tested."""
    return min((one.share for one in indicators(slos) if not one.is_counted), default=1.0)


def _of(limit: Limit, each: Each | None) -> Indicator | None:
    path = limit.term.path
    if path in BY_COUNT and limit.operator in _SIGNS:
        return OfFailures(limit)
    if path == "goodput_ratio" and each is not None and limit.operator != "==" and not each.fields & {"wer", "cer"}:
        return OfGoodput(limit, each)
    p = limit.p if path in OF_EACH else None
    if not p or limit.operator not in _SIGNS:
        return None
    return OfQuantile(limit, round(1 - p, 6), is_counted=p == 1)

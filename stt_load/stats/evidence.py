"""What the checks of a measurement go by, and what each of them comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from stt_load.samples.generator import Generator
from stt_load.samples.run_info import Load
from stt_load.samples.table import Samples
from stt_load.stats.model import Check, Verdict
from stt_load.stats.quantiles import quantile

Limit: TypeAlias = tuple[float | None, float | None]
"""Above the first of two the measurement is DEGRADED, above the second INVALID; None: never for this reason."""


@dataclass(frozen=True, slots=True)
class Limits:
    """They are shares (0.05 = 5%), and numbers from `slo_samples` on.

    stalls_s, busy_loop_s, schedule_lag_s: so many seconds are none, whatever share of a short response time they are.
    """

    stalls: Limit = (0.03, 0.10)
    stalls_s: Limit = (0.002, 0.005)
    busy_loop: Limit = (0.04, 0.20)
    busy_loop_s: Limit = (0.0008, 0.004)
    stalled_share: Limit = (0.02, 0.10)
    cpu: Limit = (0.80, 0.95)
    closed_loop_share: Limit = (0.05, 0.20)
    achieved_rate: Limit = (0.01, 0.05)
    schedule_lag: Limit = (0.02, 0.10)
    schedule_lag_s: Limit = (0.005, 0.020)
    dropped: Limit = (0, 0.01)
    in_flight: Limit = (None, 0.05)
    slo_samples: Limit = (0, None)
    load_changed: Limit = (0, None)
    listener_errors: Limit = (None, 0)
    rows_lost: Limit = (None, 0)
    local_limits: Limit = (None, 0)
    stalled_timeouts: Limit = (None, 0)


@dataclass(frozen=True)
class Evidence:
    """What the checks go by.

    samples: the whole run, measured: its measured samples in start order; tested: it is a level of a search; the rest
    as for `summarise`.
    """

    samples: Samples
    measured: Samples
    users: int
    load: Load
    generator: Generator
    limits: Limits = Limits()
    tested: bool = False

    @cached_property
    def ok(self) -> Samples:
        """The measured answers that figures are made of."""
        return self.measured.where(self.measured.ok)

    @cached_property
    def median_s(self) -> float | None:
        """Of their response times."""
        return quantile(self.ok.response_s, 0.5)

    @cached_property
    def as_asked(self) -> Samples:
        """The measured rows that were due while the load was as it had been asked for: how much was left out while
        some worker was missing, `load_changed` judges."""
        due_s = self.measured["start_s"]
        changed = np.zeros(len(self.measured), dtype=bool)
        for from_s, to_s in self.generator.load_changes:
            changed |= (due_s >= from_s) & (due_s <= to_s)
        return self.measured.where(~changed)


def at_least(shares: Limit, seconds: Limit, of_s: float) -> Limit:
    """The shares, none of them less than that of as many seconds in `of_s`."""
    degraded, invalid = (
        None if share is None else max(share, (least_s or 0) / of_s)
        for share, least_s in zip(shares, seconds, strict=True)
    )
    return degraded, invalid


def counted(name: str, count: int | None, evidence: Evidence) -> Check:
    """A zero is good news only where something was measured."""
    known = None if count == 0 and not len(evidence.measured) else count
    return check_of(name, None if known is None else float(known), getattr(evidence.limits, name))


def check_of(name: str, value: float | None, limit: Limit) -> Check:
    degraded, invalid = limit
    verdict: Verdict | None = "VALID"
    if value is None:
        verdict = None
    elif invalid is not None and value > invalid:
        verdict = "INVALID"
    elif degraded is not None and value > degraded:
        verdict = "DEGRADED"
    return Check(name, value, degraded, invalid, verdict)


def most(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)

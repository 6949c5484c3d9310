"""How precisely a quantile is known, and when a run is asked that: a run may end as soon as it is precise enough."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stt_load.samples.run_info import Load, OpenLoop
from stt_load.samples.table import FloatArray, Samples
from stt_load.slo.limits import figure
from stt_load.slo.terms import QUANTILES
from stt_load.slo.tokens import SloError
from stt_load.stats.open_loop import concurrency
from stt_load.stats.quantiles import interval, quantile
from stt_load.stats.saturation import of_load
from stt_load.stats.slo_verdicts import intents

FEWEST = 400
FEWEST_WAVES = 100  # requests of each user
GROWTH = 1.5
EXAMPLE_METRIC = "p95(response_time_s)"


@dataclass(frozen=True, slots=True)
class StopWhen:
    """A run ends when half the interval of the quantile `p` of a figure, over every intent, is at most the share
    `within` of it. path: of the block of figures."""

    path: str
    p: float
    within: float

    @property
    def name(self) -> str:
        """As a limit of it would be called."""
        return f"{next(name for name, p in QUANTILES.items() if p == self.p)}({self.path})"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: half the interval as a share of the quantile, None where there is no interval; and at how many
    measured requests it is time for the next look."""

    share: float | None
    next: int


def asked(metric: str, within: float) -> StopWhen:
    """The rule that asks for `metric`, such as p95(response_time_s). Raises `SloError`."""
    function, term = figure(metric)
    if function is None or function not in QUANTILES or term.population != "ok":
        raise SloError(f"is no quantile of what each request has; choose one such as {EXAMPLE_METRIC}")
    return StopWhen(term.path, QUANTILES[function], within)


def first_look(users: int) -> int:
    """At so many measured requests. Looked at sooner, an interval that happens to be short ends too many runs."""
    return max(FEWEST, FEWEST_WAVES * users)


def look(rule: StopWhen, measured: Samples, load: Load) -> Look:
    """How precisely the figure of `rule` is known from `measured`, in start order, under `load`.

    It is the interval that the report has: where a service does not keep up with its load there is none, and there is
    none before the first look is due for as many as are in flight.
    """
    n = len(measured)
    if isinstance(load, OpenLoop):
        users = concurrency(measured, measured)
        found = of_load(load, measured, measured)
        grows = found is not None and found.named
    else:
        users, grows = max(load.users, int(measured["users"].max(initial=0))), False
    if n < first_look(users):
        return Look(None, first_look(users))
    share = None if grows else precision(intents(measured, rule.path)[0], rule.p, users)
    return Look(share, math.ceil(GROWTH * n))


def precision(values_in_start_order: FloatArray, p: float, users: int) -> float | None:
    """Half the interval of the quantile `p` as a share of it; None where there is no interval, or an end of it lies
    beyond all values."""
    found, value = interval(values_in_start_order, p, users), quantile(values_in_start_order, p)
    if found is None or not value or not math.isfinite(found.high):
        return None
    return (found.high - found.low) / 2 / value

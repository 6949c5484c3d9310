"""What became of the limits that were set: each held against all measured requests of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import numpy as np

from stt_load.samples.rounding import DECIMALS
from stt_load.samples.table import BoolArray, FloatArray, Samples
from stt_load.slo.model import Each, Limit, Slo
from stt_load.slo.terms import QUANTILES
from stt_load.stats.batch_means import mean_interval, share_interval
from stt_load.stats.blocks import Bounds
from stt_load.stats.goodput import good
from stt_load.stats.metrics import Metrics
from stt_load.stats.model import SloInterval, SloVerdict, TooFew
from stt_load.stats.quantiles import FEWEST_FOR_P999, interval, rank, shortage
from stt_load.stats.row_values import BLOCKS


@dataclass(frozen=True, slots=True)
class Gate:
    """What a run is to fulfil. lost: it was ended as a limit could not be met any more. strict: a limit that is not
    certain to be met is missed. tested: a level of a search, whose own test says how many requests it takes."""

    slos: tuple[Slo, ...] = ()
    lost: bool = False
    strict: bool = False
    tested: bool = False

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Each has a verdict."""
        return tuple(one for one in self.slos if isinstance(one, Limit))

    @property
    def each(self) -> Each | None:
        """What makes a request good."""
        return next((one for one in self.slos if isinstance(one, Each)), None)


@dataclass(frozen=True, slots=True)
class Run:
    """What limits are held against.

    measured: in start order. metrics: its figures. users: the concurrency. steady: a figure can be told to within an
    interval; not where the service did not keep up.
    """

    measured: Samples
    metrics: Metrics
    users: int
    steady: bool = True


@dataclass(frozen=True, slots=True)
class _Observed:
    """value: None without data. n: requests that it is of. at_least: it may be more."""

    value: float | None
    n: int
    interval: tuple[float, float] | None = None
    at_least: bool = False


NO_GATE = Gate()


def verdicts(gate: Gate, run: Run) -> tuple[SloVerdict, ...]:
    """Of each limit, in their order."""
    return tuple(_verdict(one, _observed(one, run, gate.each), run, gate) for one in gate.limits)


def too_few(gate: Gate, run: Run) -> tuple[TooFew, ...] | None:
    """Quantiles in its limits that have no interval, as it takes more requests; one that there is no data of is
    missed, and no doubt. None where there is no quantile."""
    limits = [one for one in gate.limits if one.function in QUANTILES and one.term.population == "ok"]
    found: dict[str, TooFew] = {}
    for one in limits:
        values, _ = intents(_rows(one, run), one.term.path)
        name = f"{one.function}({one.term.path}){' of ok' if one.of_ok else ''}"
        shortage = too_few_for(name, values, QUANTILES[one.function or ""], run.users)
        if len(values) and shortage is not None:
            found[name] = shortage
    return tuple(found.values()) if limits else None


def too_few_for(figure: str, values_in_start_order: FloatArray, p: float, users: int) -> TooFew | None:
    """What there is to say of the quantile p, which is called `figure`; None where it has an interval."""
    found = shortage(values_in_start_order, p, users)
    if found is None:
        return None
    reason: Literal["rows", "users", "dependent"] = "users" if found.for_users else "rows"
    reason = reason if found.worth is None else "dependent"
    return TooFew(figure, len(values_in_start_order), found.needed, reason, found.worth)


def _verdict(limit: Limit, seen: _Observed, run: Run, gate: Gate) -> SloVerdict:
    value = round(seen.value, DECIMALS) if seen.n and seen.value is not None else None  # as the result has it
    ends = seen.interval if run.steady and value is not None else None
    certain = value is None or _certain(limit, value, ends, at_least=seen.at_least)
    verdict: Literal["met", "missed", "uncertain"] = "uncertain"
    holds = value is not None and limit.holds(value)
    if certain or gate.strict or (gate.lost and limit.abort and not holds):
        verdict = "met" if certain and holds else "missed"
    return SloVerdict(
        expression=limit.expression,
        metric=limit.term.path,
        unit=limit.term.unit,
        limit=limit.value,
        observed=_finite(value),
        interval=None if ends is None else SloInterval(*map(_finite, ends)),
        n=seen.n,
        at_least=seen.at_least,
        beyond=value is not None and math.isinf(value),
        certain=certain,
        verdict=verdict,
    )


def _certain(limit: Limit, value: float, ends: tuple[float, float] | None, *, at_least: bool) -> bool:
    """Whether all that it may be is on the same side of the limit as what was seen."""
    holds = limit.holds(value)
    if at_least and holds:
        return False
    return ends is None or all(limit.holds(end) is holds for end in ends)


def _observed(limit: Limit, run: Run, each: Each | None) -> _Observed:
    if limit.function is not None and limit.term.population == "ok":
        return _mean(limit, run) if limit.p is None else _ranked(limit, limit.p, run)
    value = _at(run.metrics, limit.term.path)
    if limit.function is not None:
        return _Observed(getattr(value, limit.function), value.n)
    block = _at(run.metrics, limit.term.path.rpartition(".")[0])
    n = getattr(block, "n", None)
    if n is None:
        requests = run.metrics.requests
        judged = requests.judged if limit.term.unit == "share" else requests.total
        n = requests.succeeded if limit.term.population == "ok" else judged
    return _Observed(value, n, _ends(limit, run, block, each))


def _ends(limit: Limit, run: Run, block: Any, each: Each | None) -> tuple[float, float] | None:
    """The interval of a figure, where there is one: of rates of errors of words, and of the share of good requests. A
    share of failures is counted, and how many there may be is counted, too."""
    found = getattr(block, f"{limit.term.path.rpartition('.')[2]}_interval", None)
    if isinstance(found, Bounds):
        return found.low, found.high
    if limit.term.path != "goodput_ratio" or each is None:
        return None
    rows = run.measured.where(~run.measured.unfinished)
    goods = good(rows, each)
    return None if goods is None else share_interval(goods, run.users)


def _ranked(limit: Limit, p: float, run: Run) -> _Observed:
    """A quantile, the smallest or the largest, over every measured intent or the ok ones."""
    values, cut = intents(_rows(limit, run), limit.term.path)
    n = len(values)
    if not n or (limit.function == "p999" and n < FEWEST_FOR_P999):
        return _Observed(None, n)
    place = rank(n, p)
    value = float(np.partition(values, place - 1)[place - 1])
    # Of two that are alike, the one that may be more is the slower one.
    at_least = place > int((values[cut] < value).sum() + (values[~cut] <= value).sum())
    found = interval(values, p, run.users) if limit.function in QUANTILES else None
    return _Observed(value, n, None if found is None else (found.low, found.high), at_least)


def _rows(limit: Limit, run: Run) -> Samples:
    """What it ranks."""
    return run.measured.where(run.measured.ok) if limit.of_ok else run.measured


def intents(rows: Samples, name: str) -> tuple[FloatArray, BoolArray]:
    """What each of `rows` has of the figure `name`, failed ones beyond all; and which may be more, as they were cut
    off.

    Answers without it (no stream, no new connection) are left out, and so are those cut off before there was any of
    it. Where no answer has it there is none of it: failures alone say nothing of what a service never told.
    """
    values, cut = BLOCKS[name](rows), rows.unfinished
    if name == "ttft_s":  # no text had come by then
        values = np.where(cut & np.isnan(values), rows.service_s, values)
    known = np.isfinite(values)
    if rows.ok.any() and not known[rows.ok].any():
        known = np.zeros(len(rows), bool)
    elif rows.failed.any():
        known = known | rows.failed
        values = np.where(rows.failed, np.inf, values)
    return values[known], cut[known]


def _mean(limit: Limit, run: Run) -> _Observed:
    """Of the ok ones. That of real-time factors is their overall one: a clip counts as much as it is long."""
    rows = run.measured.where(run.measured.ok)
    values = BLOCKS[limit.term.path](rows)
    values = values[np.isfinite(values)]
    block = _at(run.metrics, limit.term.path)
    if limit.term.path == "rtf":
        return _Observed(block.overall, len(values))
    return _Observed(block.mean, block.n, mean_interval(values, run.users))


def _at(metrics: Metrics, path: str) -> Any:
    """What stands at `path` below `metrics`."""
    return reduce(lambda block, name: getattr(block, name), filter(None, path.split(".")), metrics) if path else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None

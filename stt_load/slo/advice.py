"""How many requests a limit needs before it can be told for certain whether it is met."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stt_load.slo.model import Limit, Slo, is_counted
from stt_load.slo.parse import parse
from stt_load.slo.terms import QUANTILES

FEWEST_BEYOND = 10
"""Independent requests beyond a quantile, below which it has no interval (`stats/quantiles.py`, which says why)."""
FEWEST_WAVES = 30
"""Requests of each user, likewise."""
DEPENDENT = 2.5
"""So many requests that wait in one queue know as much as one that doesn't."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A limit that can't be told for certain. name: P95 or the like. needed: measured requests without which there is
    no interval. advised: with which there mostly is one. planned: how many there are to be."""

    expression: str
    name: str
    needed: int
    advised: int
    planned: int

    def __str__(self) -> str:
        return (
            f"{self.name} needs {self.needed:,} measured rows, {self.advised:,} advised; {self.planned:,} are planned"
        )


def rows_needed(p: float, concurrency: int) -> int:
    """Measured requests without which the quantile p has no interval, with so many in flight."""
    return max(math.ceil(round(FEWEST_BEYOND / min(p, 1 - p), 6)), FEWEST_WAVES * concurrency)


def shortages(slos: Iterable[Slo], *, planned: int, concurrency: int = 1) -> tuple[Shortage, ...]:
    """Of which quantiles too few requests are planned: `planned` measured ones. concurrency: users of a closed loop;
    of an open loop the mean in flight, which nobody knows before it (1)."""
    found = {}
    for one in slos:
        if not isinstance(one, Limit) or one.function is None or one.function not in QUANTILES:
            continue
        p = QUANTILES[one.function]
        needed = rows_needed(p, concurrency)
        if planned < needed:
            advised = max(math.ceil(DEPENDENT * rows_needed(p, 1)), needed)
            found[one.function] = Shortage(one.expression, _called(one.function), needed, advised, planned)
    return tuple(found.values())


def _called(function: str) -> str:
    return {"median": "The median", "p999": "P99.9"}.get(function, function.upper())


def sentences(entries: Iterable[object], *, planned: int | None, concurrency: int = 1) -> Iterator[str]:
    """What there is to say before the run of a list of SLOs as a configuration has it, all of it right, a sentence
    each: quantiles that too few requests are planned for; limits that can't end it, though they are to (abort)."""
    slos = [parse(entry) for entry in entries]
    if planned is not None:
        yield from map(str, shortages(slos, planned=planned, concurrency=concurrency))
    for one in slos:
        if not isinstance(one, Limit) or not one.abort:
            continue
        if not is_counted(one):
            yield f"{one.expression} is known when the run is over, so it can't end it (abort)"
        elif planned is None and not _allows_nothing(one):
            yield f"{one.expression} can end the run only where it is known how many requests there are to be"


def _allows_nothing(limit: Limit) -> bool:
    """One request is enough to miss it, or as many as it says, however many there are."""
    of_all = limit.term.better == "higher" and limit.value == 1
    return limit.value == 0 or of_all or limit.term.unit == "count" or limit.p == 1

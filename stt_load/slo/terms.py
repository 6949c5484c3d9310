"""What an SLO can be of: the functions, and the figures, which are those of the one table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stt_load.stats.blocks import Better, Population, Unit
from stt_load.stats.metrics import METRICS

QUANTILES: Mapping[str, float] = {"median": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
RANKS: Mapping[str, float] = {**QUANTILES, "min": 0.0, "max": 1.0}
"""Functions that rank, and where."""
FUNCTIONS = (*RANKS, "mean")
OTHER_NAMES = {"p50": "median"}
"""Of functions."""


@dataclass(frozen=True, slots=True)
class Term:
    """A figure that there can be an SLO of.

    path: in the result below `metrics`, of a number, or of the block that functions take one of. functions: which;
    none where it is a number already.
    """

    path: str
    unit: Unit
    population: Population
    better: Better
    functions: tuple[str, ...] = ()


SHORT = {"wer": "accuracy.wer", "cer": "accuracy.cer"}
"""Figures in a block that are known by their own name alone, too."""


def _terms() -> Iterator[Term]:
    """Figures that have no better direction are left out: there is nothing to keep them from.

    Of a block of quantiles there are functions: of what each ok request has, any, as it can be taken over the rows;
    of another block, those that stand in it.
    """
    paths = {metric.path for metric in METRICS}
    for metric in METRICS:
        block, _, last = metric.path.rpartition(".")
        if metric.better is None or block.startswith("all.") or metric.path == "failures":
            continue
        if f"{block}.median" not in paths:
            yield Term(metric.path, metric.unit, metric.population, metric.better)
        elif last == "median":
            stand = tuple(name for name in FUNCTIONS if f"{block}.{name}" in paths)
            functions = FUNCTIONS if metric.population == "ok" else stand
            yield Term(block, metric.unit, metric.population, metric.better, functions)


TERMS: Mapping[str, Term] = {term.path: term for term in _terms()}
"""By their paths."""


def term(name: str) -> Term | None:
    """The one of this name or path."""
    return TERMS.get(SHORT.get(name, name))


def names(*, with_functions: bool) -> tuple[str, ...]:
    """Of all figures that are, or are not, taken a function of, as a person writes them."""
    short = {path: name for name, path in SHORT.items()}
    return tuple(short.get(path, path) for path, one in TERMS.items() if bool(one.functions) is with_functions)

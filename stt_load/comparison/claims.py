"""What can be claimed of each metric, where a side has more than one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stt_load.comparison.change import change_of
from stt_load.comparison.figures import Figures
from stt_load.comparison.holm import adjusted
from stt_load.comparison.model import ALPHA, LEAST_CHANGE, Claim
from stt_load.comparison.permutation import ps_of
from stt_load.comparison.power import can_tell, is_sharp


@dataclass(frozen=True, slots=True)
class Told:
    """The claim on one metric. p, p_adjusted: of "it is no worse", alone and after Holm; None where nothing could be
    tested."""

    claim: Claim
    p: float | None = None
    p_adjusted: float | None = None


def claims(found: Sequence[Figures], least_change: float = LEAST_CHANGE, alpha: float = ALPHA) -> tuple[Told, ...]:
    """One for each of `found`. Worse and better are asked for apart, each by permutation, with Holm over all metrics
    that there is something to tell of: `alpha` is the probability that any is called worse where none is, and that of
    being called better."""
    worse, better = zip(*map(_ps, found), strict=True)
    tested = with_data(found)
    return tuple(
        Told(_claim(one, p_worse, p_better, tested, least_change, alpha), p, p_worse)
        for one, p, p_worse, p_better in zip(found, worse, adjusted(worse), adjusted(better), strict=True)
    )


def with_data(found: Sequence[Figures]) -> int:
    """How many metrics there is something to tell of: both sides have some."""
    return sum(all(map(len, one.sides)) for one in found)


def _claim(
    found: Figures,
    p_worse: float | None,
    p_better: float | None,
    tested: int,
    least_change: float,
    alpha: float,
) -> Claim:
    if p_worse is None or p_better is None:
        return "cant_tell"
    worsening = change_of(found).worsening(found.metric.better)
    if p_worse < alpha and worsening > least_change:
        return "worse"
    if p_better < alpha and -worsening > least_change:
        return "better"
    baseline, candidate = found.sides
    if worsening > least_change or not can_tell(len(baseline), len(candidate), tested, alpha):
        return "cant_tell"
    return "no_difference" if _all_same(found) or is_sharp(found, tested, least_change, alpha) else "cant_tell"


def _all_same(found: Figures) -> bool:
    """Whether all runs have the same number, such as no failures. Those beyond all that succeeded have none."""
    values = np.concatenate(found.sides)
    return bool(np.all(np.isfinite(values)) and np.all(values == values[0]))


def _ps(found: Figures) -> tuple[float | None, float | None]:
    """One-sided p of "it is no worse", and of "it is no better"; None where a side has no data."""
    baseline, candidate = found.scaled
    if not len(baseline) or not len(candidate):
        return None, None
    above, below = ps_of(baseline, candidate)
    return (above, below) if found.metric.better == "lower" else (below, above)

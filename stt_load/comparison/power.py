"""What so many runs could find: the least worsening, and how many runs it takes to tell anything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from stt_load.comparison.figures import Figures
from stt_load.comparison.model import ALPHA, FINDS_AT_MOST, FINDS_POINTS_AT_MOST
from stt_load.comparison.permutation import SEED, smallest_p, splits
from stt_load.samples.table import FloatArray

POWER = 0.8
"""Found in 4 of 5 tries."""
DRAWS = 2_000
FEWEST_DRAWS = 400
"""Of runs that can be split in many ways."""
MANY_SPLITS = 20_000
MOST_RUNS = 1_000


def can_tell(baseline: int, candidate: int, metrics: int, alpha: float = ALPHA) -> bool:
    """Whether so many runs against so many can call one of so many metrics worse."""
    return baseline > 0 and candidate > 0 and metrics * smallest_p(baseline, candidate) < alpha


def runs_needed(metrics: int, alpha: float = ALPHA) -> int:
    """Runs a side that can tell of so many metrics: the least k with metrics / C(2k, k) < alpha. At one in a hundred
    6 for five metrics, 5 for one or two."""
    for k in range(1, MOST_RUNS):
        if metrics / math.comb(2 * k, k) < alpha:
            return k
    raise ValueError(f"alpha: {alpha!r} is too small for any number of runs; choose one such as {ALPHA:g}")


@dataclass(frozen=True, slots=True)
class Found:
    """The least worsening that is called one in 4 of 5 tries. share: of the baseline; None where that is 0. points:
    the difference of the means; None of what is compared by logarithms. mean: the candidate's from which on it is."""

    share: float | None
    points: float | None
    mean: float


def least_found(figures: Figures, metrics: int, least_change: float, alpha: float = ALPHA) -> Found | None:
    """What is found by so many runs, as far apart as these are: by the permutation test of that many metrics at
    `alpha`, and by more than `least_change`.

    None where so few runs can't tell of any, where the runs' spread is not known, and where all are 0. Values are
    taken to be normal about their means (logarithms, of what is compared by logarithms), with one spread on both
    sides.
    """
    baseline, candidate = figures.scaled
    n, m = len(baseline), len(candidate)
    if not can_tell(n, m, metrics, alpha) or not all(np.all(np.isfinite(side)) for side in figures.sides):
        return None
    if figures.is_logarithmic and not all(np.all(side > 0) for side in figures.sides):
        return None
    spread = math.sqrt(((n - 1) * _variance(baseline) + (m - 1) * _variance(candidate)) / (n + m - 2))
    sign = -1 if figures.metric.better == "higher" else 1
    mean = float(np.mean(baseline))
    if figures.is_logarithmic:
        # What is better when it is higher is worse by the share x at a factor of 1 - x.
        shift = _shift(n, m, alpha / metrics, spread, abs(math.log1p(sign * least_change)))
        share = sign * _grown(sign * shift)
        return Found(share, None, math.exp(mean) * (1 + sign * share)) if math.isfinite(share) else None
    if not spread and not mean:
        return None
    shift = _shift(n, m, alpha / metrics, spread, least_change * abs(mean))
    return Found(shift / abs(mean) if mean else None, shift, mean + sign * shift)


def is_sharp(figures: Figures, metrics: int, least_change: float, alpha: float = ALPHA) -> bool:
    """Whether these runs would have told a worsening of `FINDS_AT_MOST`, or of `least_change` where that is more.
    Else it says nothing that they told none."""
    found = least_found(figures, metrics, 0.0, alpha)
    if found is None:
        return False
    by_points = figures.is_share and found.points is not None and found.points <= FINDS_POINTS_AT_MOST
    return by_points or (found.share is not None and found.share <= max(FINDS_AT_MOST, least_change))


def _shift(baseline: int, candidate: int, level: float, spread: float, least: float) -> float:
    """How far the candidate's mean has to be from the baseline's for both: p below `level`, more than `least`."""
    needed, noise = _needed(baseline, candidate, level)
    return float(np.quantile(np.maximum(needed * spread, least - noise * spread), POWER))


@lru_cache(maxsize=32)
def _needed(baseline: int, candidate: int, level: float) -> tuple[FloatArray, FloatArray]:
    """Of so many runs, normal with a spread of 1, in many tries: how far the candidate has to be shifted for p to be
    below `level`; and how far above the baseline its mean is without that.

    A split that has v of the candidate's runs in their place moves by v of m shifts: so it stays at least as high as
    the one that came about up to a shift of its own, and p is below the level from that one on which only so few
    splits stay above.
    """
    places = splits(baseline, candidate, MANY_SPLITS)
    overlap = (places >= baseline).sum(axis=1)
    others, moved = places[overlap < candidate], candidate - overlap[overlap < candidate]
    allowed = math.ceil(level * (len(others) + 1)) - 1  # splits at least as high, the one that came about included
    if allowed < 1:
        return np.full(1, math.inf), np.zeros(1)
    random = np.random.default_rng(SEED)
    values = random.standard_normal((DRAWS if len(others) < DRAWS else FEWEST_DRAWS, baseline + candidate))
    member = np.zeros((len(others), baseline + candidate))
    np.put_along_axis(member, others, 1.0, axis=1)
    own = values[:, baseline:].sum(axis=1)
    kept = (values @ member.T - own[:, None]) / moved
    needed = -np.partition(-kept, allowed - 1, axis=1)[:, allowed - 1]
    return needed, own / candidate - values[:, :baseline].mean(axis=1)


def _variance(values: FloatArray) -> float:
    return float(np.var(values, ddof=1)) if len(values) > 1 else 0.0


def _grown(shift: float) -> float:
    try:
        return math.expm1(shift)
    except OverflowError:
        return math.inf

"""Runs of the same service, and of one that is slower, in numbers alone: their figures differ from run to run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stt_load.comparison.claims import claims
from stt_load.comparison.figures import Figures
from stt_load.comparison.model import DEFAULT_METRICS, Claim
from stt_load.comparison.names import COMPARABLE
from stt_load.samples.table import FloatArray

Tails = Literal["normal", "t5"]
SPREADS = (0.02, 0.05, 0.01, 0.07)
"""Of P95, P99, throughput and WER, from run to run; the last one as a share of itself."""
TYPICAL = (1.2, 2.0, 8.0, 0.05)
REQUESTS, ERRORS = 500, 0.01


@dataclass(frozen=True, kw_only=True)
class Service:
    """tails: of what differs from run to run, by its logarithm; t5: Student's t of 5 degrees, with the same spread.
    correlation: of the metrics in a run. metrics: how many of the default ones. slower: a shift of P95 and P99."""

    tails: Tails = "normal"
    correlation: float = 0.0
    metrics: int = 5
    slower: float = 0.0

    def pairs(self, count: int, baseline: int, candidate: int, seed: int) -> Iterator[tuple[Figures, ...]]:
        """`count` times the figures of so many runs against so many."""
        random = np.random.default_rng(seed)
        runs = baseline + candidate
        factors = np.exp(self._noise(random, (count, runs, len(SPREADS))) * SPREADS)
        factors[:, baseline:, :2] *= 1 + self.slower
        values = np.concatenate(
            (factors * TYPICAL, random.binomial(REQUESTS, ERRORS, (count, runs, 1)) / REQUESTS), axis=2
        )
        metrics = [COMPARABLE[path] for path in DEFAULT_METRICS[: self.metrics]]
        for one in values.tolist():
            sides = [list(zip(*side, strict=True)) for side in (one[:baseline], one[baseline:])]
            yield tuple(Figures(metric, sides[0][i], sides[1][i]) for i, metric in enumerate(metrics))

    def _noise(self, random: np.random.Generator, shape: tuple[int, int, int]) -> FloatArray:
        """With a spread of 1. What the metrics of a run have in common makes them correlated."""
        own, common = (self._drawn(random, one) for one in (shape, (*shape[:2], 1)))
        return math.sqrt(1 - self.correlation) * own + math.sqrt(self.correlation) * common

    def _drawn(self, random: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
        if self.tails == "normal":
            return random.standard_normal(shape)
        return random.standard_t(5, shape) / math.sqrt(5 / 3)


def claimed(service: Service, claim: Claim, count: int, runs: tuple[int, int], seed: int, least: float) -> int:
    """How many pairs have a metric of which `claim` is said."""
    found = (claims(one, least) for one in service.pairs(count, *runs, seed))
    return sum(any(told.claim == claim for told in one) for one in found)

"""Runs of services that don't change, and of such as got worse, drawn at random: what gates are to be held against.

What a run has is drawn, not queued: the logarithms of its times and rates, with normal tails or those of Student's t
of 5 degrees, and which of its requests fail and of its words are wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stt_load.gates.counts import count_limit
from stt_load.gates.prediction import prediction_limit
from stt_load.samples.gate import GateLimit
from stt_load.samples.table import FloatArray
from stt_load.stats.counts import Counts
from stt_load.stats.gate_verdicts import held
from stt_load.stats.metrics import METRICS, Metric

BY_PATH = {one.path: one for one in METRICS}
P95 = BY_PATH["all.response_time_s.p95"]
P99 = BY_PATH["all.response_time_s.p99"]
THROUGHPUT = BY_PATH["throughput_rps"]
WER = BY_PATH["accuracy.wer"]
ERROR_RATE = BY_PATH["error_rate"]


def between_runs(random: np.random.Generator, shape: tuple[int, ...], *, heavy: bool) -> FloatArray:
    """By how many standard deviations each of so many runs is off."""
    if heavy:
        return random.standard_t(5, shape) / np.sqrt(5 / 3)
    return random.standard_normal(shape)


@dataclass(frozen=True)
class Words:
    """Answers of 9 to 29 words, and how they are misheard.

    rate: WER. alike: the higher, the less answers differ in it (a beta distribution's a + b); None: an answer is
    either right, or wrong in 9 words of 10. varies: standard deviation of the rate's logarithm from run to run.
    """

    rate: float
    answers: int = 200
    alike: float | None = 4.0
    varies: float = 0.0

    def counts(
        self, random: np.random.Generator, runs: int, worse: float = 1.0, *, heavy: bool = False
    ) -> list[Counts]:
        """Of so many runs, at `worse` times the rate."""
        off = between_runs(random, (runs,), heavy=heavy)
        rates = np.clip(worse * self.rate * np.exp(self.varies * off - self.varies**2 / 2), 0, 0.9)[:, None]
        shape = (runs, self.answers)
        words = random.integers(9, 30, shape)
        if self.rate == 0:
            each = np.zeros(shape)
        elif self.alike is None:
            each = np.where(random.random(shape) < rates / 0.9, 0.9, 0.0)
        else:
            each = random.beta(rates * self.alike, (1 - rates) * self.alike, shape)
        wrong = random.binomial(words, each)
        errors, total = wrong.sum(1), words.sum(1)
        apart = wrong - (errors / total)[:, None] * words
        clustering = np.where(errors > 0, np.maximum(1, np.square(apart).sum(1) / np.maximum(errors, 1)), 1.0)
        return [Counts(int(e), int(t), float(c)) for e, t, c in zip(errors, total, clustering, strict=True)]


@dataclass(frozen=True)
class Failures:
    """Requests of which a share fails. varies: as of `Words`."""

    rate: float
    requests: int = 500
    varies: float = 0.0

    def counts(
        self, random: np.random.Generator, runs: int, worse: float = 1.0, *, heavy: bool = False
    ) -> list[Counts]:
        """Of so many runs, at `worse` times the rate."""
        off = between_runs(random, (runs,), heavy=heavy)
        rates = np.clip(worse * self.rate * np.exp(self.varies * off - self.varies**2 / 2), 0, 1)
        return [Counts(int(one), self.requests) for one in random.binomial(self.requests, rates)]


def limit_of(kind: Words | Failures, baseline: Sequence[Counts], level: float) -> GateLimit:
    """What is learnt of so many runs."""
    metric, method = (WER, "words") if isinstance(kind, Words) else (ERROR_RATE, "errors")
    return count_limit(metric, [one.rate for one in baseline], baseline, method, level)


def both_over(limit: GateLimit, level: float, two: Sequence[Counts]) -> bool:
    """Whether each of two runs is over a limit of counts."""
    return all(held(limit, level, one.rate, one).is_over for one in two)


def twice_by_counts(
    kind: Words | Failures, runs: int, level: float, pairs: int, seed: int, *, heavy: bool = False
) -> float:
    """How often two good runs are over what was learnt of so many before them."""
    random = np.random.default_rng(seed)
    over = 0
    for _ in range(pairs):
        counts = kind.counts(random, runs + 2, heavy=heavy)
        over += both_over(limit_of(kind, counts[:runs], level), level, counts[runs:])
    return over / pairs


def found_by_counts(kind: Words | Failures, runs: int, level: float, pairs: int, seed: int) -> tuple[float, float]:
    """How often both of two runs are over that are worse by what the limit says to find; and how much that is, as the
    median. Baselines without an error, of which nothing is said, are left out."""
    random = np.random.default_rng(seed)
    over, said = 0, []
    while len(said) < pairs:
        limit = limit_of(kind, kind.counts(random, runs), level)
        if limit.finds is not None:
            said.append(limit.finds)
            over += both_over(limit, level, kind.counts(random, 2, 1 + limit.finds))
    return over / pairs, float(np.median(said))


def twice_by_prediction(
    metrics: Sequence[Metric],
    runs: int,
    level: float,
    pairs: int,
    seed: int,
    *,
    spread: float = 0.04,
    heavy: bool = False,
    alike: float = 0.0,
) -> float:
    """How often two good runs are both over one of the limits that were learnt of `metrics`.

    spread: of logarithms, from run to run. alike: correlation of the metrics in a run.
    """
    random = np.random.default_rng(seed)
    common = between_runs(random, (pairs, 1, runs + 2), heavy=heavy)
    own = between_runs(random, (pairs, len(metrics), runs + 2), heavy=heavy)
    values = np.exp(spread * (np.sqrt(alike) * common + np.sqrt(1 - alike) * own))
    return float(np.mean([_any_twice(metrics, one, level) for one in values]))


def found_by_prediction(metric: Metric, runs: int, level: float, pairs: int, seed: int, spread: float) -> float:
    """How often both of two runs are over that are worse by what the limit says to find."""
    random = np.random.default_rng(seed)
    over = 0
    for values in np.exp(spread * random.standard_normal((pairs, runs + 2))):
        limit = prediction_limit(metric, list(values[:runs]), level)
        worse = 1 - (limit.finds or 0) if metric.better == "higher" else 1 + (limit.finds or 0)
        over += all(held(limit, level, value * worse).is_over for value in values[runs:])
    return over / pairs


def _any_twice(metrics: Sequence[Metric], values: FloatArray, level: float) -> bool:
    for metric, of_it in zip(metrics, values, strict=True):
        limit = prediction_limit(metric, list(of_it[:-2]), level)
        if all(held(limit, level, value).is_over for value in of_it[-2:]):
            return True
    return False

"""How long clips are: all alike, or each drawn from a distribution. Plain numbers, no sample is looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Protocol, TypeAlias

from stt_load.audio.draws import permutation, unit
from stt_load.audio.length_table import SHORTEST_S, lengths_in
from stt_load.audio.names import DEFAULT_DURATION_S, FEWEST_SAMPLES, frames_of

Duration: TypeAlias = float | str | Mapping[str, Any] | None
"""As a configuration and a result have it: seconds, "A..B", {"lognormal": {"median", "sigma", "max"}}, {"empirical":
path}, or None for the usual length."""

OUTERMOST = 0.001
"""Of a lognormal distribution so much is left out at the lower end, and where no `max` is given at the upper one."""

_LENGTHS = 0x6C656E67746873
"""What tells these draws from all others of a seed: "lengths" in ASCII."""


class Length(Protocol):
    """How long clips are, in seconds: a function of the seed and of the iteration."""

    @property
    def shortest_s(self) -> float: ...

    @property
    def longest_s(self) -> float: ...

    def at(self, seed: int, seq: int) -> float:
        """That of the clip of an iteration, whatever its attempt."""


@dataclass(frozen=True, slots=True)
class Even:
    """From the shortest to the longest, spread evenly; or all alike, where these are."""

    shortest_s: float
    longest_s: float

    def at(self, seed: int, seq: int) -> float:
        return self.shortest_s + (self.longest_s - self.shortest_s) * unit(seed, seq)


class Lognormal:
    """Lengths whose logarithms are normal: most are short and a few are long, as is what people say.

    median_s: half of them are below it, but for what `longest_s` leaves out. sigma: standard deviation of the natural
    logarithm.

    The quantile function is exp(ln(median) + sigma * z(p)), where z is that of the standard normal distribution (N.
    Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1, 1994, chapter 14), here by Wichura's
    algorithm AS 241. It is asked for p spread evenly between the shares of the two ends: the inversion of a truncated
    distribution (L. Devroye, Non-Uniform Random Variate Generation, 1986, II.2).
    """

    def __init__(self, median_s: float, sigma: float, longest_s: float | None) -> None:
        self._median_s, self._sigma, self._normal = median_s, sigma, NormalDist()
        self.shortest_s = max(SHORTEST_S, self._quantile(OUTERMOST))
        self.longest_s = self._quantile(1 - OUTERMOST) if longest_s is None else longest_s
        self._from, to = self._share(self.shortest_s), self._share(self.longest_s)
        self._width = min(to, 1 - 2.0**-40) - self._from  # of the share 1 there is no quantile

    def at(self, seed: int, seq: int) -> float:
        found_s = self._quantile(self._from + self._width * unit(seed, seq))
        return min(max(found_s, self.shortest_s), self.longest_s)

    def _quantile(self, share: float) -> float:
        return self._median_s * math.exp(self._sigma * self._normal.inv_cdf(share))

    def _share(self, length_s: float) -> float:
        return self._normal.cdf(math.log(length_s / self._median_s) / self._sigma)


@dataclass(frozen=True, slots=True)
class Empirical:
    """Lengths that are known, in random order: each comes once before any comes again."""

    lengths_s: tuple[float, ...]

    @property
    def shortest_s(self) -> float:
        return min(self.lengths_s)

    @property
    def longest_s(self) -> float:
        return max(self.lengths_s)

    def at(self, seed: int, seq: int) -> float:
        count = len(self.lengths_s)
        return self.lengths_s[permutation(count, seed)[seq % count]]


class Lengths:
    """Samples of each clip of a run: a function of the seed and of the iteration alone, so the same for each of its
    attempts and on any worker.

    seed: 0 to 2^64 - 1. longest: samples of the longest clip. same: of each, where all are alike.
    """

    def __init__(self, length: Length, rate_hz: int, seed: int) -> None:
        fewest = frames_of(length.shortest_s, rate_hz)
        if fewest < FEWEST_SAMPLES:
            raise ValueError(f"a clip of {fewest} samples: at least {FEWEST_SAMPLES} are needed to make it unique")
        self.rate_hz = rate_hz
        self.longest = frames_of(length.longest_s, rate_hz)
        self.same = fewest if fewest == self.longest else None
        self._length, self._seed = length, seed ^ _LENGTHS
        if self.same is None:
            length.at(self._seed, 0)  # a file of many lengths takes its time to be put in order: not in the run

    def frames(self, seq: int) -> int:
        """Of the clip of an iteration."""
        return self.same or frames_of(self._length.at(self._seed, seq), self.rate_hz)

    def seconds(self, seq: int) -> float:
        """How long that is."""
        return self.frames(seq) / self.rate_hz


def length_of(duration: Duration) -> Length:
    """What `duration` says, in its normal form. Raises ValueError for lengths that clips can't have: a sentence, and
    for a file of them one a line."""
    match duration:
        case None:
            return Even(DEFAULT_DURATION_S, DEFAULT_DURATION_S)
        case int() | float():
            return Even(duration, duration)
        case str():
            low_s, high_s = map(float, duration.split(".."))
            if low_s < SHORTEST_S:
                raise ValueError(f"{duration} begins below {SHORTEST_S} s; choose a range above that, such as 3..20")
            return Even(low_s, high_s)
    if "empirical" in duration:
        return Empirical(lengths_in(duration["empirical"]))
    shape = duration["lognormal"]
    if shape["median"] < SHORTEST_S:
        raise ValueError(f"lognormal.median is {shape['median']:g}, below {SHORTEST_S} s; choose one above that")
    return Lognormal(shape["median"], shape["sigma"], shape.get("max"))

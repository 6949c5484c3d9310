"""Random numbers by their place: a function of a seed and a number, the same in any process and with any version."""

from __future__ import annotations

import functools

from stt_load.audio.nonce import WORD, scramble

_STEP = 0x9E3779B97F4A7C15
"""Of SplitMix64: 2^64 over the golden ratio, made odd."""


def bits(seed: int, number: int) -> int:
    """64 bits, the `number`-th that SplitMix64 gives from a seed that is scrambled first: without that, seeds a step
    apart would have the same sequence, one place further on.

    G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014, figure 16.
    """
    return scramble(_begin(seed) + (number + 1) * _STEP & WORD)


def unit(seed: int, number: int) -> float:
    """Spread evenly between 0 and 1, neither of them ever: the middle of one of 2^52 steps."""
    return ((bits(seed, number) >> 12) + 0.5) * 2.0**-52


@functools.lru_cache(maxsize=64)
def _begin(seed: int) -> int:
    return scramble(seed & WORD)


@functools.lru_cache(maxsize=4)
def permutation(count: int, seed: int) -> tuple[int, ...]:
    """The numbers from 0 to count - 1 in random order: that of random keys, of which no two are equal, as `bits` of
    one seed are one to one."""
    return tuple(sorted(range(count), key=lambda number: bits(seed, number)))

"""Random numbers by their place: even, unlike each other, the same everywhere."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.draws import bits, permutation, unit

SEEDS = st.integers(0, 2**64 - 1)


def test_they_are_the_same_on_any_machine() -> None:
    """These are what SplitMix64 gives: its output for state 0, which `scramble` maps to 0, is published with it."""
    assert [bits(0, number) for number in range(3)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert permutation(8, 5) == permutation(8, 5)


@given(SEEDS)
def test_no_two_of_a_seed_are_alike(seed: int) -> None:
    assert len({bits(seed, number) for number in range(1_000)}) == 1_000


def test_seeds_that_are_a_step_apart_have_other_sequences() -> None:
    """What the scrambling of the seed is for: else one would have the other's numbers, a place further on."""
    one, other = ({bits(seed, number) for number in range(1_000)} for seed in (7, 7 + 0x9E3779B97F4A7C15))
    assert not one & other


@given(SEEDS, st.integers(0, 2**48))
def test_a_share_is_neither_nothing_nor_all(seed: int, number: int) -> None:
    assert 0 < unit(seed, number) < 1


def test_shares_are_spread_evenly() -> None:
    """Pearson's chi-squared of 100,000 in 100 cells, whose 99.99% point for 99 degrees of freedom is 161."""
    cells = Counter(int(unit(11, number) * 100) for number in range(100_000))
    assert sum((cells[cell] - 1_000) ** 2 / 1_000 for cell in range(100)) < 161


@given(st.integers(0, 300), SEEDS)
def test_a_permutation_has_each_number_once(count: int, seed: int) -> None:
    assert sorted(permutation(count, seed)) == list(range(count))


def test_seeds_have_other_orders() -> None:
    assert len({permutation(20, seed) for seed in range(1_000)}) == 1_000
    assert len({permutation(3, seed) for seed in range(100)}) == 6

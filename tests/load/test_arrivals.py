"""How arrivals are spread."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.load.arrivals import BLOCK, DrawnArrivals, EvenArrivals, arrivals_of
from tests.load.timetables import open_loop

N = 200_000


def gaps_of(shape: float, seed: int = 5, count: int = N) -> np.ndarray:
    arrivals = DrawnArrivals(seed, shape)
    places = np.array([arrivals.place(number) for number in range(count)])
    return np.diff(places, prepend=0.0)


@pytest.mark.parametrize("shape", [1.0, 0.25, 4.0])
def test_gaps_have_a_mean_of_one_and_the_spread_of_their_shape(shape: float) -> None:
    gaps = gaps_of(shape)
    # Of gamma with a mean of 1: variance 1 / shape; that of the mean 1 / (shape n): four standard errors.
    assert gaps.mean() == pytest.approx(1.0, abs=4 / math.sqrt(shape * N))
    kurtosis = 3 + 6 / shape
    assert gaps.var() == pytest.approx(1 / shape, rel=4 * math.sqrt((kurtosis - 1) / N))
    following = np.corrcoef(gaps[:-1], gaps[1:])[0, 1]
    assert abs(following) < 4 / math.sqrt(N), "none knows of the one before"


def test_gaps_of_poisson_arrivals_are_exponential() -> None:
    gaps = np.sort(gaps_of(1.0))
    distance = np.abs(1 - np.exp(-gaps) - (np.arange(N) + 0.5) / N).max()
    assert distance < 1.95 / math.sqrt(N)  # Kolmogorov's limit at p = 0.001


def test_counts_of_poisson_arrivals_vary_as_much_as_they_are() -> None:
    arrivals = DrawnArrivals(9, 1.0)
    counts = np.diff([arrivals.before(place) for place in range(0, 20_001, 20)])
    assert counts.mean() == pytest.approx(20, abs=4 * math.sqrt(20 / len(counts)))
    assert counts.var() / counts.mean() == pytest.approx(1, abs=4 * math.sqrt(2 / len(counts)))


@given(st.lists(st.integers(0, 20 * BLOCK), min_size=1, max_size=8), st.integers(0, 2**53))
def test_each_is_the_same_whoever_asks_and_whatever_was_asked_before(numbers: list[int], seed: int) -> None:
    asked = DrawnArrivals(seed, 1.0)
    found = [asked.place(number) for number in numbers]
    assert found == [DrawnArrivals(seed, 1.0).place(number) for number in numbers]
    assert sorted(found) == [asked.place(number) for number in sorted(numbers)]


def test_another_seed_gives_others() -> None:
    assert DrawnArrivals(1, 1.0).place(0) != DrawnArrivals(2, 1.0).place(0)


@given(st.integers(0, 3 * BLOCK) | st.integers(2 * BLOCK - 4, 2 * BLOCK + 4))
def test_how_many_come_before_a_place(number: int) -> None:
    for arrivals in (EvenArrivals(), DrawnArrivals(3, 1.0)):
        place = arrivals.place(number)
        assert arrivals.before(place) == number
        assert arrivals.before(math.nextafter(place, math.inf)) == number + 1


def test_what_a_load_asks_for() -> None:
    assert isinstance(arrivals_of(open_loop((1, 1, None)), 1), EvenArrivals)
    poisson = arrivals_of(open_loop((1, 1, None), arrivals="poisson", burstiness=0.2), 1)
    assert poisson.place(7) == DrawnArrivals(1, 1.0).place(7)
    gamma = arrivals_of(open_loop((1, 1, None), arrivals="gamma", burstiness=0.2), 1)
    assert gamma.place(7) == DrawnArrivals(1, 0.2).place(7)

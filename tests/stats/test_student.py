"""Student's t, against printed tables and what is known of it without them."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from stt_load.stats.student import t_above, t_point

TABLE = [
    # Abramowitz and Stegun, table 26.10
    (0.95, 1, 6.314),
    (0.975, 1, 12.706),
    (0.995, 1, 63.657),
    (0.95, 4, 2.132),
    (0.99, 4, 3.747),
    (0.9995, 4, 8.610),
    (0.975, 5, 2.571),
    (0.99, 10, 2.764),
    (0.975, 30, 2.042),
    (0.9995, 120, 3.373),
]


@pytest.mark.parametrize(("level", "degrees", "printed"), TABLE)
def test_it_is_what_tables_print(level: float, degrees: int, printed: float) -> None:
    assert t_point(level, degrees) == pytest.approx(printed, abs=6e-4)


@pytest.mark.parametrize("t", [-3.0, -0.5, 0.0, 1.0, 40.0])
def test_of_one_and_of_two_degrees_the_tail_has_a_formula(t: float) -> None:
    assert t_above(t, 1) == pytest.approx(0.5 - math.atan(t) / math.pi)
    assert t_above(t, 2) == pytest.approx(0.5 - t / (2 * math.sqrt(2 + t * t)))


def test_with_many_degrees_it_is_the_normal_distribution() -> None:
    assert t_point(0.99, 1_000_000) == pytest.approx(NormalDist().inv_cdf(0.99), rel=1e-5)


def test_it_is_as_often_above_as_it_says() -> None:
    values = np.random.default_rng(5).standard_t(4, 200_000)
    assert np.mean(values > t_point(0.95, 4)) == pytest.approx(0.05, abs=0.002)


def test_it_is_even_and_the_median_is_0() -> None:
    assert t_point(0.01, 7) == -t_point(0.99, 7)
    assert t_point(0.5, 3) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1.5, math.nan])
def test_what_is_no_probability_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match=r"level: .* is no probability"):
        t_point(level, 4)


@pytest.mark.parametrize("degrees", [0, -1, math.nan])
def test_what_is_no_number_of_degrees_is_refused(degrees: float) -> None:
    with pytest.raises(ValueError, match=r"degrees: .* is not above 0"):
        t_point(0.9, degrees)

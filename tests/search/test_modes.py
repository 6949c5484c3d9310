"""How much a search does to be right."""

from __future__ import annotations

import pytest

from stt_load.samples.levels import Mode
from stt_load.search.modes import DEFAULT, P99, RATE, chosen, looks_at, resolution, tiers


def test_looks_come_at_more_and_more_rows() -> None:
    assert looks_at(DEFAULT.screen, 1) == (8, 16, 32, 40)
    assert looks_at(DEFAULT.confirm, 1) == (60, 90, 135, 203, 305, 458, 600)


def test_more_in_flight_take_more_rows() -> None:
    assert looks_at(DEFAULT.screen, 100) == (200, 400)
    assert looks_at(DEFAULT.confirm, 100)[-1] == 4_000


@pytest.mark.parametrize(("service_s", "mode"), [(1.0, "default"), (2.0, "quick"), (5.0, "coarse")])
def test_what_fits_into_ten_minutes_is_done(service_s: float, mode: Mode) -> None:
    assert chosen("users", 0.05, service_s, 600) == mode


def test_a_p99_and_a_rate_have_their_own() -> None:
    assert tiers("default", "users", 0.01).confirm.last == P99.confirm.last
    assert tiers("default", "rate", 0.05).confirm == RATE.confirm
    both = tiers("default", "rate", 0.01).confirm
    assert (both.first, both.last, both.alpha) == (P99.confirm.first, RATE.confirm.last, RATE.confirm.alpha)


def test_they_have_no_quick_mode() -> None:
    assert chosen("rate", 0.05, 0.5, 600) == "coarse"
    assert chosen("users", 0.01, 0.5, 600) == "coarse"


def test_a_p999_takes_ten_times_as_many() -> None:
    assert tiers("default", "users", 0.001).confirm.last == 10 * P99.confirm.last


def test_coarse_has_a_resolution_of_its_own() -> None:
    assert resolution("coarse", 0.1) == 1.0
    assert resolution("quick", 0.1) == 0.1

"""What levels tell of rates."""

from __future__ import annotations

import pytest

from stt_load.search.rates import concurrency_of, first_rate, steady_rps
from tests.search.trying import summary, tried


def test_a_rate_begins_well_below_what_users_carried() -> None:
    carried = tried(6, "pass", found=summary(1.5, users=6))
    assert steady_rps(carried) == pytest.approx(4)
    assert first_rate(carried, "rate") == 1.6
    assert first_rate(carried, "audio_rate") == pytest.approx(16)


def test_in_flight_without_a_queue_is_by_the_shortest_service() -> None:
    some = [tried(1, "pass", found=summary(0.5)), tried(8, "pass", found=summary(2.0))]
    assert concurrency_of(7, "rate", some) == 3
    assert concurrency_of(0.1, "rate", some) == 1
    assert concurrency_of(70, "audio_rate", some) == 3
    assert concurrency_of(7, "rate", []) is None

"""Service times and failures as the settings describe them."""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from stt_load.server.settings import ServerSettings
from stt_load.server.workload import Work, Workload


def draws(count: int, audio_s: float = 10.0, **settings: Any) -> list[Work]:
    workload = Workload(ServerSettings(**{"cold_requests": 0, **settings}))
    return [workload.draw(audio_s) for _ in range(count)]


def test_without_jitter_the_service_is_overhead_and_rtf() -> None:
    works = draws(3, audio_s=10.0, overhead_s=0.25, rtf=0.5, jitter="none")
    assert works == [Work(5.25, cold=False, fails=False, cut=False, misbehaviour=None)] * 3


def test_the_first_services_are_cold() -> None:
    works = draws(4, overhead_s=1, rtf=0, jitter="none", cold_requests=2, cold_extra_s=3)
    assert [(work.service_s, work.cold) for work in works] == [(4, True), (4, True), (1, False), (1, False)]


# Of 4,000 draws, the sample median is within 10% of the median: four standard errors of the widest, lognormal.
@pytest.mark.parametrize(
    ("jitter", "median_s"), [("uniform", 1.0), ("exponential", 2.0 * 0.693147), ("lognormal", 2.0)]
)
def test_the_scale_of_the_jitter(jitter: str, median_s: float) -> None:
    values = [work.service_s for work in draws(4_000, overhead_s=0, rtf=0, jitter=jitter, jitter_s=2.0, seed=1)]
    assert min(values) >= 0
    assert statistics.median(values) == pytest.approx(median_s, rel=0.1)
    if jitter == "uniform":
        assert max(values) < 2.0


def test_the_seed_decides() -> None:
    assert draws(50, error_rate=0.5, seed=7) == draws(50, error_rate=0.5, seed=7)
    assert draws(50, error_rate=0.5, seed=7) != draws(50, error_rate=0.5, seed=8)


def test_errors_do_not_move_the_jitters() -> None:
    assert [w.service_s for w in draws(50, error_rate=1)] == [w.service_s for w in draws(50, error_rate=0)]


@pytest.mark.parametrize(("rate", "low", "high"), [(0.0, 0, 0), (1.0, 4_000, 4_000), (0.25, 850, 1_150)])
def test_the_share_of_errors(rate: float, low: int, high: int) -> None:
    assert low <= sum(work.fails for work in draws(4_000, error_rate=rate)) <= high


def test_what_fails_is_not_cut_and_cuts_do_not_move_the_errors() -> None:
    works = draws(2_000, error_rate=0.5, cut_rate=0.5)
    assert 400 <= sum(work.cut for work in works) <= 600
    assert not any(work.cut and work.fails for work in works)
    assert [work.fails for work in works] == [work.fails for work in draws(2_000, error_rate=0.5)]

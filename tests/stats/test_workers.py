"""What each worker has sent and how it fared."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.samples.generator import WorkerHealth
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.workers import by_worker
from tests.factory import table


def of_workers(*workers: int) -> Samples:
    """A request of each, the n-th of which takes n seconds; that of worker 1 fails."""
    kinds = [ErrorKind.HTTP_5XX if worker == 1 else None for worker in workers]
    samples = table(np.arange(len(workers)), np.arange(1.0, len(workers) + 1), kind=kinds)
    samples.rows["worker"] = workers
    return samples


def test_each_has_its_own_requests_and_one_without_any_is_there_too() -> None:
    health = WorkerHealth(worker=2, loop_lag_p99_s=0.001, cpu_share=0.5)
    found = by_worker(of_workers(0, 1, 0, 0), 3, [health])
    assert [one.worker for one in found] == [0, 1, 2]
    assert [one.figures.requests.total for one in found] == [3, 1, 0]
    assert [one.figures.requests.failed for one in found] == [0, 1, 0]
    assert found[0].figures.mean_s == pytest.approx((1 + 3 + 4) / 3)
    assert [one.figures.mean_s for one in found[1:]] == [None, None], "no data is None"
    assert [one.health for one in found] == [None, None, health]
    assert {one.figures.throughput_rps for one in found} == {None}


@pytest.mark.parametrize("count", [0, 1])
def test_a_single_one_is_the_whole_run(count: int) -> None:
    assert by_worker(of_workers(0, 0), count, []) == ()

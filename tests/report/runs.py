"""Runs to make reports of, from tables of samples."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from stt_load.config import Config, masked
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.rows import as_saved
from stt_load.samples.run_info import ClosedLoop, RunInfo
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples
from stt_load.storage import result_file, series
from stt_load.storage.run_record import RunRecord
from tests.factory import joined, table

PROCESS = WorkerHealth(worker=0, loop_lag_p99_s=0.001, cpu_share=0.1, loop_lag_mean_s=0.0001, stalled_s=0.0)
HEALTHY = Generator(workers=(PROCESS,), rows_lost=0)


def run_of(
    samples: Samples,
    config: Config | None = None,
    *,
    path: Path | None = None,
    generator: Generator = HEALTHY,
    **info: Any,
) -> RunRecord:
    """A run that came to `samples`; `info` replaces what its metadata would be for one that went well."""
    metadata: dict[str, Any] = {
        "version": "0.1.0",
        "versions": {"python": "3.11.9", "locust": "2.47.0"},
        "host": {"name": "here", "platform": "Linux", "cpus": 2},
        "seed": 7,
        "seed_given": False,
        "config_file": "config.yaml",
        "target": "http://127.0.0.1:8000/v1/audio/transcriptions",
        "user_class": "SttUser",
        "users": 5,
        "workers": ("local",),
        "started_at": "2024-01-01T12:00:00.000+09:00",
        "ended_at": "2024-01-01T12:00:10.000+09:00",
        "barrier_s": 4711.0,
        "barrier_at": "2024-01-01T03:00:01.500000+00:00",
        "complete": True,
        "end_reason": "finished",
        "generator": generator,
        "load": ClosedLoop(users=5, request_delay_s=0.0),
    }
    return RunRecord(RunInfo(**metadata | info), masked(config or Config()), as_saved(samples), path)


def steady(n: int = 90, users: int = 5, response_s: float = 0.5, warmup: int = 10) -> Samples:
    """`users` users that are answered after `response_s`, always; the warm-up took twice as long."""
    wave = [number // users for number in range(n)]
    measured = table([one * response_s for one in wave], response_s, users=users, first_seq=warmup)
    if not warmup:
        return measured
    waves = -(-warmup // users)
    cold = [(number // users - waves) * 2 * response_s for number in range(warmup)]
    return joined(table(cold, 2 * response_s, phase=Phase.WARMUP, users=users), measured)


def series_of(path: Path, count: int, response_s: float = 0.5) -> Path:
    """The results of `count` runs as `repeat` writes them where `path` was asked for, and the summary, which is
    returned. Each run is up to 1% quicker or slower than `response_s`, and has a seed of its own."""
    runs, first_seed = [], sum(map(ord, path.name))
    for number in range(1, count + 1):
        seed = first_seed + number
        run = run_of(
            steady(response_s=response_s * (1 + 0.01 * math.sin(seed))), path=series.run_path(path, number), seed=seed
        )
        result_file.write(series.run_path(path, number), run)
        runs.append(series.one_run(number, run, 0))
    return series.write(path, series.SeriesRecord(count, run.info.target, tuple(runs), 0))

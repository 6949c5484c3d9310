"""The end of a run: from its last answer to the report, and the report of it made again.

    python -m benchmarks.ending [ROWS ...]

For each number of rows (200,000 and 1,000,000) a process of its own makes the table, concludes it as a run does, and
prints seconds and the most memory that it had; another one reads the result (`stt-load report`).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.million import LOAD, samples
from stt_load.config import Config, masked
from stt_load.report.console import result
from stt_load.report.messages import Messages
from stt_load.samples.generator import Generator
from stt_load.samples.rows import as_saved
from stt_load.samples.run_info import RunInfo
from stt_load.samples.table import SampleTable
from stt_load.storage import result_file
from stt_load.storage.run_record import RunRecord

ROWS = (200_000, 1_000_000)


def table(count: int) -> SampleTable:
    """What a run of `count` requests has in memory at its end."""
    random = np.random.default_rng(2)
    made = SampleTable()
    whole = samples(count)
    whole.rows["first_byte_s"] = whole.rows["done_s"] - 0.001
    whole.rows["upload_bytes"], whole.rows["connection"] = 320_409, whole.rows["seq"] % 100 + 1
    whole.rows["slot"] = whole.rows["seq"] % 100
    whole.rows["download_bytes"] = random.integers(150, 250, count)
    whole.rows["text_length"] = random.integers(100, 200, count)
    made.extend(whole.rows, ())
    return made


def conclude(count: int, path: Path) -> None:
    made = table(count)
    began_s = time.perf_counter()
    info = RunInfo(
        version="0",
        versions={},
        host={},
        seed=1,
        seed_given=False,
        config_file=None,
        target="http://127.0.0.1/",
        user_class="SttUser",
        users=100,
        workers=("local",),
        started_at="2024-01-01T12:00:00+00:00",
        barrier_s=0.0,
        complete=True,
        end_reason="finished",
        generator=Generator(),
        load=LOAD,
    )
    run = RunRecord(info, masked(Config()), as_saved(made.release().in_order().since(0.0)), None)
    assert run.summary.metrics.requests.total == count
    summarised_s = time.perf_counter()
    result_file.write(path, run)
    written_s = time.perf_counter()
    assert list(result(Messages("en"), run))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{count:,} rows: figures {summarised_s - began_s:.2f} s, file {written_s - summarised_s:.2f} s, "
        f"in all {time.perf_counter() - began_s:.2f} s, at most {peak / 1e6:.0f} MB"
    )


def main(counts: tuple[int, ...]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "result.json"
            words = [sys.executable, "-m", "benchmarks.ending", "--one", str(count), str(path)]
            subprocess.run(words, check=True)
            began_s = time.perf_counter()
            words = [sys.executable, "-m", "stt_load.cli", "report", str(path)]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
            print(f"{count:,} rows: `stt-load report` {time.perf_counter() - began_s:.2f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        conclude(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(tuple(map(int, sys.argv[1:])) or ROWS)

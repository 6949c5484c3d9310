"""A million samples: what the master needs to take them in, and to make all figures of them.

    python -m benchmarks.million

Prints seconds and bytes a sample. The summary is to take less than 2 s, the columns less than 160 bytes a sample; the
exit code is 1 where they don't.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import psutil

from stt_load.cluster import protocol
from stt_load.load.iteration import Iteration
from stt_load.load.ledger import Ledger
from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.run_info import ClosedLoop
from stt_load.samples.sample import Phase
from stt_load.samples.table import Samples, SampleTable, blank
from stt_load.stats.summary import summarise

SAMPLES = 1_000_000
USERS = 100
BATCH = 100
LOAD = ClosedLoop(users=USERS, request_delay_s=0.0)
REPEATS = 5
MOST_SECONDS = 2.0
MOST_BYTES = 160


def samples(count: int = SAMPLES) -> Samples:
    """A closed loop of `USERS` users, in the order in which the answers come in."""
    random = np.random.default_rng(1)
    rows = blank(count)
    response_s = 0.5 + random.exponential(0.1, count)
    rows["start_s"] = np.concatenate([np.cumsum(one) - one for one in np.split(response_s, USERS)])
    rows["sent_s"] = rows["start_s"]
    rows["done_s"] = rows["start_s"] + response_s
    rows["audio_s"], rows["users"], rows["status"] = 10.0, USERS, 200
    rows["phase"], rows["text_length"] = Phase.MEASURED, 40
    rows = rows[np.argsort(rows["done_s"])]
    rows["seq"] = np.arange(count)
    return Samples(rows)


def taken_in(whole: Samples) -> tuple[float, float]:
    """Seconds, and bytes a sample, of what the master does with each: unpack, look into the ledger, keep."""
    batches = [protocol.pack_rows(whole.where(slice(n, n + BATCH))) for n in range(0, SAMPLES, BATCH)]
    process = psutil.Process()
    before = process.memory_info().rss
    ledger, table = Ledger(SAMPLES, 0, 0), SampleTable()
    ledger.report("a", USERS, USERS, 0)
    ledger.open = True
    taken = 0
    started_s = time.perf_counter()
    for packed in batches:
        while taken - ledger.measured_results < BATCH and (iterations := ledger.lease("a")):
            taken += len(iterations)
            ledger.report("a", USERS, USERS, taken)
        for sample in protocol.unpack_rows(packed, ()):
            iteration = Iteration(sample.seq, sample.attempt, sample.phase)
            assert ledger.accepts("a", iteration)
            ledger.finish(iteration)
            table.append(sample)
    seconds = time.perf_counter() - started_s
    assert ledger.done
    return seconds, (process.memory_info().rss - before) / SAMPLES


def summarised(whole: Samples) -> float:
    """Seconds."""
    generator = Generator(workers=(WorkerHealth(0, 0.001, 0.3),), in_flight_mean=float(USERS), in_flight_samples=9)
    started_s = time.perf_counter()
    summary = summarise(whole, users=USERS, load=LOAD, generator=generator)
    assert summary.metrics.requests.total == SAMPLES
    return time.perf_counter() - started_s


def main() -> int:
    whole = samples()
    seconds, per_sample = taken_in(whole)
    print(f"taken in: {seconds:.1f} s, {SAMPLES / seconds:,.0f} samples/s, {per_sample:.0f} bytes a sample")
    times = sorted(summarised(whole) for _ in range(REPEATS))
    print(f"summarised: {times[REPEATS // 2]:.2f} s (median of {REPEATS}; {times[0]:.2f} to {times[-1]:.2f})")
    return int(times[REPEATS // 2] >= MOST_SECONDS or per_sample > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())

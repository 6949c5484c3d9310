"""What a run costs in all: start, requests, spool, figures, result, report.

    python -m benchmarks.whole [--rounds N]

Runs of 300, 3,000 and 30,000 requests of 50 users against a server that answers at once, both user classes in turn.
CPU time is the operating system's account of the whole process, from its start to its end. What each request costs
with everything that follows from it is the slope between the two longer runs: what is left out of it is the start.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contest import CLIENTS, Client, Sink, running

SIZES = (300, 3_000, 30_000)
USERS = 50
DONE = (0, 4)
"""INVALID is right here: at full speed the generator is the bottleneck."""


@dataclass(frozen=True)
class Whole:
    cpu_s: float
    wall_s: float
    rss_bytes: int


def whole(client: Client, requests: int) -> Whole:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Sink(folder, 0.0) as sink:
            began_s = time.monotonic()
            with running(client, USERS, sink.url, folder, None, total_requests=requests) as process:
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            elapsed_s = time.monotonic() - began_s
        if process.returncode not in DONE:
            raise RuntimeError(f"{client.key} ended badly:\n{(folder / 'said.txt').read_text()}")
    return Whole(used.ru_utime + used.ru_stime, elapsed_s, used.ru_maxrss * 1_024)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.whole")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ours = [client for client in CLIENTS if client.ours]
    found: dict[tuple[str, int], list[Whole]] = {}
    for _ in range(rounds):
        for size in SIZES:
            for client in ours:
                found.setdefault((client.key, size), []).append(whole(client, size))
    print("| class | requests | CPU, s | wall, s | memory, MB | CPU per request, µs |")
    print("|---|--:|--:|--:|--:|--:|")
    for (key, size), runs in sorted(found.items()):
        cpu_s, wall_s, rss = (
            statistics.median(values)
            for values in zip(*((run.cpu_s, run.wall_s, run.rss_bytes) for run in runs), strict=True)
        )
        print(f"| {key} | {size:,} | {cpu_s:.2f} | {wall_s:.2f} | {rss / 1e6:.0f} | {cpu_s / size * 1e6:.0f} |")
    for client in ours:
        short, long = (found[client.key, size] for size in SIZES[1:])
        slopes = [(b.cpu_s - a.cpu_s) / (SIZES[2] - SIZES[1]) * 1e6 for a, b in zip(short, long, strict=True)]
        print(
            f"{client.key}: {statistics.median(slopes):.0f} µs a request, spool, figures and result included "
            f"({min(slopes):.0f} to {max(slopes):.0f})"
        )


if __name__ == "__main__":
    main()

"""A thousand users of one worker, each with a minute of audio in flight against a server that takes five seconds.

    python -m benchmarks.crowd [--users 1000] [--user-class SttUser]

Prints the memory of the process, the lag of its event loop and the failures. The exit code is 1 where anything
failed, the memory reached 400 MB or the P99 of the lag 20 ms.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.contest import CLIENTS, OURS, Sink, result_of, running

DELAY_S = 5.0
CLIP_S = 60.0
SECONDS = 30.0
USERS_PER_S = 200
MOST_BYTES = 400e6
MOST_LAG_S = 0.020


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd")
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--user-class", choices=("SttUser", "FastSttUser"), default="SttUser")
    args = parser.parse_args()
    client = next(one for one in CLIENTS if one.ours)
    # Without a warm-up nobody waits for the others, and they begin as far apart as they are spawned.
    client = replace(client, command=(*OURS, args.user_class, "-r", str(USERS_PER_S)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spread = {"audio_duration": CLIP_S, "warmup_requests": 0}
        with (
            Sink(folder, DELAY_S) as sink,
            running(client, args.users, sink.url, folder, SECONDS, **spread) as process,
        ):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        peak_bytes = usage.ru_maxrss * 1_024
        result = result_of(folder)
    metrics, (worker,) = result["metrics"], result["run"]["generator"]["workers"]
    lag_s, failed = worker["loop_lag_p99_s"], metrics["requests"]["failed"]
    print(
        f"{args.user_class}, {args.users} users, clips of {CLIP_S:g} s: {peak_bytes / 1e6:.0f} MB at most, "
        f"P99 of the event loop's lag {lag_s * 1e3:.1f} ms, {failed} of {metrics['requests']['total']} failed, "
        f"median {metrics['response_time_s']['median']:.3f} s, {result['validity']['verdict']}"
    )
    return int(failed > 0 or peak_bytes >= MOST_BYTES or lag_s >= MOST_LAG_S)


if __name__ == "__main__":
    sys.exit(main())

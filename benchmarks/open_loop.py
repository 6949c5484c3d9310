"""How far an open loop goes: the highest rate that is still sent on time, and what slots cost that only wait.

    python -m benchmarks.open_loop [--seconds 5] [--tries 1] [--idle 20] [--user-class FastSttUser ...]

Rates are doubled from 250/s until the P99 of the schedule lag reaches 5 ms, or more than 1% of the requests were not
sent in time; then the ends are halved, by their ratio, until they are within 10%. The server keeps each request for
20 ms. What a waiting slot costs is the CPU of a run of one request a second with 1,000 slots less that of one with
10, as a share of a core. On a machine that others use, too, a rate holds if one of several tries does. The exit code
is 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.contest import CLIENTS, INVALID, LIMIT_S, OURS, Client, Sink, cpu_s, result_of, running
from benchmarks.machine import described

USER_CLASSES = ("FastSttUser", "SttUser")
DELAY_S = 0.02
MOST_LAG_S = 0.005
LEAST_ACHIEVED = 0.99
FIRST_RPS, RESOLUTION = 250.0, 1.1
SLOTS, FEW = 1_000, 10
USERS = 5
"""Of the warm-up."""
GOAL_RPS = {"FastSttUser": 2_000.0}
MOST_IDLE = 0.01


@dataclass(frozen=True)
class Kept:
    """What a rate came to. achieved: of the requests that were due, the share that was sent in time. cpu_share: of
    a core."""

    rate_rps: float
    lag_p99_s: float
    achieved: float
    dropped: int
    cpu_share: float

    @property
    def holds(self) -> bool:
        return self.lag_p99_s < MOST_LAG_S and self.achieved >= LEAST_ACHIEVED and not self.dropped

    def __str__(self) -> str:
        return (
            f"{self.rate_rps:6.0f}/s: P99 of the schedule lag {self.lag_p99_s * 1e3:6.2f} ms, "
            f"{self.achieved:.1%} sent in time, {self.dropped} dropped, {self.cpu_share:.0%} of a core"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_loop")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each rate")
    parser.add_argument("--tries", type=int, default=1, help="of each rate, at most")
    parser.add_argument("--idle", type=float, default=20.0, help="seconds in which slots wait")
    parser.add_argument("--user-class", nargs="+", choices=USER_CLASSES, default=USER_CLASSES)
    args = parser.parse_args()
    print(described(), flush=True)
    held = []
    for name in args.user_class:
        client = replace(next(one for one in CLIENTS if one.ours), key=name, command=(*OURS, name))
        highest, lowest = search(client, args.seconds, args.tries)
        share = idle(client, args.idle)
        print(
            f"{name}: on time up to {highest.rate_rps:.0f}/s, not at {lowest.rate_rps:.0f}/s (to within 10%); "
            f"{SLOTS} waiting slots cost {share:.2%} of a core",
            flush=True,
        )
        held.append(highest.rate_rps >= GOAL_RPS.get(name, 0.0) and share < MOST_IDLE)
    return int(not all(held))


def search(client: Client, seconds: float, tries: int) -> tuple[Kept, Kept]:
    """The highest rate that was found to hold, and the lowest above it that was found not to."""
    low = high = tried(client, FIRST_RPS, seconds, tries)
    if not low.holds:
        return replace(low, rate_rps=0.0), low
    while high.holds:
        low, high = high, tried(client, 2 * high.rate_rps, seconds, tries)
    while high.rate_rps > RESOLUTION * low.rate_rps:
        middle = tried(client, (low.rate_rps * high.rate_rps) ** 0.5, seconds, tries)
        low, high = (middle, high) if middle.holds else (low, middle)
    return low, high


def tried(client: Client, rate_rps: float, seconds: float, tries: int) -> Kept:
    """The first try that holds, or the last one."""
    for _ in range(tries):
        found = measured(client, rate_rps, seconds)
        if found.holds:
            break
    return found


def measured(client: Client, rate_rps: float, seconds: float) -> Kept:
    load = {"rate": rate_rps, "max_in_flight": SLOTS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            Sink(folder, DELAY_S) as sink,
            running(client, USERS, sink.url, folder, seconds, load=load) as process,
        ):
            if process.wait(LIMIT_S + seconds) not in (0, 1, INVALID):
                raise RuntimeError(f"{client.key} ended badly:\n{(folder / 'said.txt').read_text()}")
        result = result_of(folder)
    metrics, (worker,) = result["metrics"], result["run"]["generator"]["workers"]
    achieved = metrics["achieved_rps"] / metrics["offered_rps"]
    found = Kept(rate_rps, metrics["schedule_lag_s"]["p99"], achieved, metrics["dropped"], worker["cpu_share"])
    print(f"{client.key:>12} {found}", flush=True)
    return found


def idle(client: Client, seconds: float) -> float:
    """Share of a core that waiting slots take: many against few."""
    shares = {slots: _share(client, slots, seconds) for slots in (FEW, SLOTS)}
    print(
        f"{client.key:>12} one request a second: "
        + ", ".join(f"{share:.2%} of a core with {slots} slots" for slots, share in shares.items()),
        flush=True,
    )
    return shares[SLOTS] - shares[FEW]


def _share(client: Client, slots: int, seconds: float) -> float:
    load = {"rate": 1.0, "arrivals": "constant", "max_in_flight": slots}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            Sink(folder, DELAY_S) as sink,
            running(client, USERS, sink.url, folder, None, load=load) as process,
        ):
            deadline = time.monotonic() + LIMIT_S
            while sink.count < 2 * USERS + 2:  # two requests after the warm-up: everybody is there, and waits
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{client.key} did not begin:\n{(folder / 'said.txt').read_text()}")
                time.sleep(0.05)
            cpu, begun_s = cpu_s(process.pid), time.monotonic()
            time.sleep(seconds)
            return (cpu_s(process.pid) - cpu) / (time.monotonic() - begun_s)


if __name__ == "__main__":
    sys.exit(main())

"""What a request with 10 s of speech costs, beside one with noise, for both user classes.

    python -m benchmarks.speech [--rounds N] [--users N] [--seconds S]

Each round has both sources of each class one after the other, the first one in turn; ratios are taken within a round.
The exit code is 1 where the median of the rounds is above the limit.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median

from benchmarks.contest import CLIENTS, Client, cost

MOST = 1.1
"""CPU of a request with speech by that of one with noise."""
SOURCES = ("speech", "noise")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--users", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    args = parser.parse_args()
    held = [_holds(client, args) for client in CLIENTS if client.ours]
    return int(not all(held))


def _holds(client: Client, args: argparse.Namespace) -> bool:
    ratios = []
    for number in range(args.rounds):
        found = {
            source: cost(client, args.users, args.seconds, audio={"source": source})
            for source in (SOURCES if number % 2 else SOURCES[::-1])
        }
        speech, noise = found["speech"], found["noise"]
        ratios.append(speech.cpu_s / noise.cpu_s)
        print(
            f"{client.key:>15}: speech {speech.cpu_s * 1e6:4.0f} µs/request, {speech.rss_bytes / 1e6:4.0f} MB at "
            f"most; noise {noise.cpu_s * 1e6:4.0f} µs, {noise.rss_bytes / 1e6:4.0f} MB: {ratios[-1]:.3f}",
            flush=True,
        )
    ratio = median(ratios)
    print(f"{client.key:>15}: {ratio:.3f} times noise ({min(ratios):.3f} to {max(ratios):.3f}), at most {MOST}")
    return ratio <= MOST


if __name__ == "__main__":
    sys.exit(main())

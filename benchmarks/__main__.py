"""The contest: every client, side by side, in rounds.

    python -m benchmarks [--rounds N] [--users 5 50] [--clients KEY ...] [--json FILE] [--markdown FILE]

Each round runs every client once as fast as it goes (cost), and once at half of the rate that it had just then
(error; the delay for that is learned, so the first round may be off). The order turns from round to round, and ratios
are taken within a round. The exit code is 1 when a claim does not hold.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import defaultdict
from dataclasses import asdict
from datetime import date
from pathlib import Path

from benchmarks.contest import CLIENTS, Client, Cost, Error, Pacing, cost, error
from benchmarks.machine import described
from benchmarks.table import CLAIMS, ERROR_CLAIMS, claims, error_claims, figures

COST_SECONDS = 2.0
ERROR_SECONDS = 3.0


def main() -> int:
    args = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left running
    chosen = [client for client in CLIENTS if args.clients is None or client.key in args.clients]
    costs: dict[tuple[str, int], list[Cost]] = defaultdict(list)
    errors: dict[tuple[str, int], list[Error]] = defaultdict(list)
    paces = {(client.key, users): Pacing(users) for client in chosen for users in args.users}
    begun_s = time.monotonic()
    for number in range(args.rounds):
        shift = number % len(chosen)
        for users in args.users:
            for client in chosen[shift:] + chosen[:shift]:
                costs[client.key, users].append(_costs(client, users))
                if not args.no_errors:
                    rate_rps = costs[client.key, users][-1].rate_rps / 2
                    errors[client.key, users].append(_errors(client, users, rate_rps, paces[client.key, users]))
    if len(chosen) < len(CLIENTS) or args.no_errors:
        return 0
    _write(args, costs, errors, time.monotonic() - begun_s)
    cheap = all(claim.holds(costs, users) for claim in CLAIMS for users in args.users)
    true = all(claim.holds(errors, users) for claim in ERROR_CLAIMS for users in args.users)
    return int(not (cheap and true))


def _costs(client: Client, users: int) -> Cost:
    found = cost(client, users, COST_SECONDS)
    print(
        f"{client.key:>15} {users:3} users: {found.cpu_s * 1e6:6.0f} µs/request, {found.rate_rps:6.0f} requests/s, "
        f"{found.rss_bytes / 1e6:4.0f} MB",
        flush=True,
    )
    return found


def _errors(client: Client, users: int, rate_rps: float, pacing: Pacing) -> Error:
    delay_s = pacing.delay_s(rate_rps)
    found = error(client, users, delay_s, ERROR_SECONDS)
    pacing.learn(delay_s, found.rate_rps)
    print(
        f"{'':15} error at {found.rate_rps:5.0f} requests/s: median {found.median_s * 1e3:5.2f} ms, "
        f"P99 {found.p99_s * 1e3:5.2f} ms",
        flush=True,
    )
    return found


def _write(
    args: argparse.Namespace,
    costs: dict[tuple[str, int], list[Cost]],
    errors: dict[tuple[str, int], list[Error]],
    elapsed_s: float,
) -> None:
    head = f"{described()}; {date.today()}; {args.rounds} rounds in {elapsed_s / 60:.0f} minutes."
    lines = [head, "", *claims(costs, args.users), "", *error_claims(errors, args.users)]
    for users in args.users:
        lines += ["", f"With {users} users:", "", *figures(costs, errors, users)]
    text = "\n".join(lines) + "\n"
    print("\n" + text)
    if args.markdown:
        args.markdown.write_text(text, encoding="utf-8")
    if args.json:
        rounds = [
            {"client": key, "users": users, "cost": asdict(one), "error": asdict(other)}
            for key, users in costs
            for one, other in zip(costs[key, users], errors[key, users], strict=True)
        ]
        text = json.dumps({"machine": described(), "rounds": rounds}, indent=1)
        args.json.write_text(text + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What the load generator costs.")
    parser.add_argument("--rounds", type=_count, default=5)
    parser.add_argument("--users", type=_count, nargs="+", default=[5, 50])
    parser.add_argument("--clients", nargs="+", choices=[client.key for client in CLIENTS])
    parser.add_argument("--no-errors", action="store_true", help="only the cost")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    args = parser.parse_args()
    if (args.clients or args.no_errors) and (args.json or args.markdown):
        parser.error("--json and --markdown are for the whole contest")
    for path in filter(None, (args.json, args.markdown)):
        if not path.absolute().parent.is_dir():
            parser.error(f"there is no folder for {path}")
    return args


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

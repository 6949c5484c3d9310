"""The contest's results as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from benchmarks.contest import CLIENTS, Cost, Error

Costs = Mapping[tuple[str, int], Sequence[Cost]]
Errors = Mapping[tuple[str, int], Sequence[Error]]


@dataclass(frozen=True)
class Claim:
    """CPU per request of one client by that of another is at most, or at least, so much; keys of CLIENTS."""

    first: str
    second: str
    rule: Literal["at most", "at least"]
    limit: float

    def ratios(self, costs: Costs, users: int) -> list[float]:
        """Each of a pair from the same round."""
        pairs = zip(costs[self.first, users], costs[self.second, users], strict=True)
        return [one.cpu_s / other.cpu_s for one, other in pairs]

    def holds(self, costs: Costs, users: int) -> bool:
        """By the median of the rounds."""
        ratio = median(self.ratios(costs, users))
        return ratio <= self.limit if self.rule == "at most" else ratio >= self.limit


CLAIMS = (
    Claim("stt_user", "http_user", "at most", 1.15),
    Claim("fast_stt_user", "fast_http_user", "at most", 1.15),
    Claim("naive", "stt_user", "at least", 3.0),
    Claim("naive", "fast_stt_user", "at least", 8.0),
)


@dataclass(frozen=True)
class ErrorClaim:
    """What a client says of response times is at most so much too long at half of its own rate."""

    client: str
    median_s: float
    p99_s: float

    def found(self, errors: Errors, users: int) -> tuple[float, float]:
        """Medians of the rounds: of the error of the median, and of the P99's."""
        chosen = errors[self.client, users]
        return median(one.median_s for one in chosen), median(one.p99_s for one in chosen)

    def holds(self, errors: Errors, users: int) -> bool:
        median_s, p99_s = self.found(errors, users)
        return median_s <= self.median_s and p99_s <= self.p99_s


ERROR_CLAIMS = (ErrorClaim("stt_user", 0.002, 0.010), ErrorClaim("fast_stt_user", 0.001, 0.005))
NAMES = {client.key: client.name.split(",")[0].strip("*") for client in CLIENTS}


def error_claims(errors: Errors, users: Sequence[int]) -> list[str]:
    """Each claim in a row, with what came out."""
    lines = ["| error, ms | users | median, at most | measured | P99, at most | measured | holds |"]
    lines += ["|---|--:|--:|--:|--:|--:|---|"]
    for claim in ERROR_CLAIMS:
        for number in users:
            median_s, p99_s = claim.found(errors, number)
            verdict = "yes" if claim.holds(errors, number) else "**no**"
            lines.append(
                f"| {NAMES[claim.client]} | {number} | {claim.median_s * 1e3:g} | {median_s * 1e3:.2f} "
                f"| {claim.p99_s * 1e3:g} | {p99_s * 1e3:.2f} | {verdict} |"
            )
    return lines


def claims(costs: Costs, users: Sequence[int]) -> list[str]:
    """Each claim in a row, with what came out."""
    lines = ["| CPU per request | users | claim | measured | spread | holds |", "|---|--:|--:|--:|--:|---|"]
    for claim in CLAIMS:
        for number in users:
            found = claim.ratios(costs, number)
            verdict = "yes" if claim.holds(costs, number) else "**no**"
            lines.append(
                f"| {NAMES[claim.first]} / {NAMES[claim.second]} | {number} | {claim.rule} {claim.limit:g} "
                f"| {median(found):.2f} | {min(found):.2f} to {max(found):.2f} | {verdict} |"
            )
    return lines


def figures(costs: Costs, errors: Errors, users: int) -> list[str]:
    """Every client in a row: medians of the rounds, the spread of the CPU time beside its median."""
    lines = [
        "| client | CPU per request, µs | requests/s | memory, MB | error at, requests/s | median, ms | P99, ms |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for client in CLIENTS:
        cost, error = costs[client.key, users], errors[client.key, users]
        cpu = [one.cpu_s * 1e6 for one in cost]
        lines.append(
            f"| {client.name} | {median(cpu):.0f} ({min(cpu):.0f} to {max(cpu):.0f}) "
            f"| {median(one.rate_rps for one in cost):,.0f} "
            f"| {median(one.rss_bytes for one in cost) / 1e6:.0f} "
            f"| {median(one.rate_rps for one in error):,.0f} "
            f"| {median(one.median_s for one in error) * 1e3:.2f} "
            f"| {median(one.p99_s for one in error) * 1e3:.2f} |"
        )
    return lines

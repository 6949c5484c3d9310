"""How much the embedded server carries, by arithmetic alone: where each service takes the same time.

Nothing here is measured, and nothing is shared with what searches for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stt_load.server.settings import ServerSettings

MOST_SLOTS = 20
"""With as many at the most, one of the slots has more than 5% of all requests, so that the P95 is at least its."""


@dataclass(frozen=True, slots=True)
class Edge:
    """carries: the highest load that keeps the limit. fails_at: the next one that does not; of a rate the same."""

    carries: float
    fails_at: float


def service_s(server: ServerSettings, audio_s: float) -> float:
    """What each request takes alone. ValueError where they differ."""
    if server.jitter != "none" or server.cold_requests:
        raise ValueError("arithmetic needs services that take the same time: jitter none, cold_requests 0")
    return server.overhead_s + server.rtf * audio_s


def users_edge(server: ServerSettings, audio_s: float, limit_s: float) -> Edge:
    """Of users who ask again as soon as they have their answer, for a P95 of the response time below `limit_s`.

    ValueError where it depends on when who began.

    k slots, N = m k + r users, r below k: between two services of a user, each of the others has one, in an order
    that never changes. With r = 0 each response takes m s. With r = 1 it takes m s and a gap between the ends of two
    neighbouring slots; the k gaps are s together, so the largest is s / k at least, and one request in k has it.
    Batches: who waits is served after the batch that is on, so that each answer takes the two batches that there are
    then. Their members are N together: 2 s + g (N - 2) s, however they are divided.
    """
    alone_s = service_s(server, audio_s)
    if server.model == "batch":
        return _batches(server, alone_s, limit_s)
    whole = math.ceil(limit_s / alone_s) - 1
    if whole < 1 or server.slots > MOST_SLOTS or limit_s > (whole + 1 / server.slots) * alone_s:
        raise ValueError(
            f"limit {limit_s:g} s: for an edge that holds whoever begins when, between m and m + 1 / slots services "
            f"of {alone_s:g} s, with at most {MOST_SLOTS} slots"
        )
    return Edge(whole * server.slots, whole * server.slots + 1)


def _batches(server: ServerSettings, alone_s: float, limit_s: float) -> Edge:
    growth = server.batch_growth
    if not growth or limit_s <= 2 * alone_s:
        raise ValueError(f"limit {limit_s:g} s: above two services of {alone_s:g} s each, which take longer together")
    users = math.ceil((limit_s / alone_s - 2) / growth) + 1
    if users >= server.slots:
        raise ValueError(f"slots {server.slots}: more than the {users} users who keep the limit")
    return Edge(users, users + 1)


def rate_edge(server: ServerSettings, audio_s: float) -> Edge:
    """Of arrivals at equal distances, for any limit of the response time that one alone keeps easily: what the slots
    can do. Below it nobody waits; above it each waits longer than the one before."""
    if server.model == "batch":
        raise ValueError("batches: how long one waits below the edge depends on when who came")
    rate_rps = server.slots / service_s(server, audio_s)
    return Edge(rate_rps, rate_rps)


def shed_edge(server: ServerSettings) -> Edge:
    """Of users, where nobody is to be refused: as many as have room in slots and queue."""
    if server.queue_limit is None:
        raise ValueError("queue_limit null: nobody is refused")
    return Edge(server.slots + server.queue_limit, server.slots + server.queue_limit + 1)

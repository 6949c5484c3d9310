"""Searches for how much a server carries whose edge is known, and their answers held against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stt_load.selftest.cases import Case
from stt_load.selftest.edges import Edge, rate_edge, service_s, shed_edge, users_edge
from stt_load.server.settings import ServerSettings

AUDIO_S = 1.0
NEAR = 0.1
"""Of the edge: both ends of the answer are as near as that, or the next user."""
LIMIT_S = 300.0
"""Of all of a search; what it is told to take at most is less."""
MOST_S = 270
ANSWERED = frozenset({0, 3, 4, 6})
"""Exit codes of a search that came to its end, whatever it found."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A search, the edge that it is to find, and why that is there. limit_s: of the P95 of the response time."""

    case: Case
    edge: Edge
    limit_s: float
    why: str

    @property
    def axis(self) -> str:
        return str(self.case.load["load"]["search"]["axis"])


def planted(name: str, server: ServerSettings, limit_s: float, edge: Edge, why: str, **search: Any) -> Planted:
    """search: keys of `load.search`, its axis among them."""
    by_rate = {"arrivals": "constant", "max_in_flight": 200} if search["axis"] == "rate" else {}
    load = {
        "load": {"search": {"max_time": MOST_S} | search, **by_rate},
        "slo": [f"p95(response_time_s) < {limit_s:g}"],
        "audio": {"duration": AUDIO_S, "source": "noise"},
        "api": {"on_shed": "continue"},
    }
    return Planted(Case(name, server, load), edge, limit_s, why)


def by_users(server: ServerSettings, limit_s: float, **search: Any) -> Planted:
    """Of a server of slots, or of one that batches."""
    edge, alone_s = users_edge(server, AUDIO_S, limit_s), service_s(server, AUDIO_S)
    if server.model == "batch":
        kind, told = (
            "batches",
            f"the two batches of N users take {alone_s:g} x (2 + {server.batch_growth:g} (N - 2)) s",
        )
    else:
        kind, told = "slots", f"N users on {server.slots} slots wait N x {alone_s:g} / {server.slots} s, or longer"
    name = f"users of {server.slots} {kind}, {alone_s:g} s each"
    return planted(name, server, limit_s, edge, told, axis="users", **search)


def by_rate(server: ServerSettings, limit_s: float, **search: Any) -> Planted:
    """Of a server of slots."""
    alone_s = service_s(server, AUDIO_S)
    name = f"arrivals at {server.slots} slots, {alone_s:g} s each"
    told = f"{server.slots} slots do {server.slots} / {alone_s:g} requests a second, and beyond the queue only grows"
    return planted(name, server, limit_s, rate_edge(server, AUDIO_S), told, axis="rate", **search)


def by_sheds(server: ServerSettings, **search: Any) -> Planted:
    """Users of a server that refuses who finds no room; the limit is one that nobody who is served misses."""
    edge, alone_s = shed_edge(server), service_s(server, AUDIO_S)
    limit_s = 2 * alone_s * (2 + (server.queue_limit or 0) / server.slots)
    name = f"users of {server.slots} slots and a queue of {server.queue_limit}"
    told = f"{server.slots} are served, {server.queue_limit} wait, and whoever comes then is refused"
    return planted(name, server, limit_s, edge, told, axis="users", **search)


def steady(**settings: Any) -> ServerSettings:
    """Whose services all take the same time."""
    quiet = {"rtf": 0.0, "jitter": "none", "cold_requests": 0, "hears": False}
    return ServerSettings.model_validate(quiet | settings)


USERS = by_users(steady(slots=2, overhead_s=0.1, rtf=0.1), limit_s=1.05)
"""That of `stt-load selftest --capacity`: 10 users at 1 s, 11 at 1.1 s or more."""


def wrong(of: Planted, capacity: Mapping[str, Any] | None) -> Iterator[str]:
    """What is wrong with an answer, or missing in it; nothing where it says where the edge is.

    One that the load generator has limited is not wrong where it does not say too much.
    """
    if capacity is None:
        yield "there is no answer"
        return
    carries, fails_at, edge = capacity["carries"], capacity["fails_at"], of.edge
    if capacity["axis"] != of.axis:
        yield f"it is of {capacity['axis']}, not of {of.axis}"
    if carries is not None and carries - edge.carries > _near(of, edge.carries):
        yield f"carries {carries:g}, more than {edge.carries:g}"
    if fails_at is not None and edge.fails_at - fails_at > _near(of, edge.fails_at):
        yield f"fails at {fails_at:g}, less than {edge.fails_at:g}"
    if capacity["limited"] != "generator":
        yield from _too_little(of, carries, fails_at)


def _too_little(of: Planted, carries: float | None, fails_at: float | None) -> Iterator[str]:
    edge = of.edge
    if carries is None:
        yield f"nothing is carried, not {edge.carries:g}"
    elif edge.carries - carries > _near(of, edge.carries):
        yield f"carries {carries:g}, less than {edge.carries:g}"
    if fails_at is None:
        yield f"it fails nowhere, not at {edge.fails_at:g}"
    elif fails_at - edge.fails_at > _near(of, edge.fails_at):
        yield f"fails at {fails_at:g}, more than {edge.fails_at:g}"


def _near(of: Planted, edge: float) -> float:
    """How far from it is near enough; a number of users is a whole one."""
    return max(NEAR * edge, 1.0 if of.axis == "users" else 0.0) + 1e-9

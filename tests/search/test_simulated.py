"""What searches find, and cost, against services in simulated time whose edges are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from tests.search.servers import (
    Made,
    Server,
    batching,
    fifo,
    of_rate,
    of_users,
    services,
    sharing,
    shedding,
)
from tests.search.simulated import Ran, searched

SEEDS = 60
RIGHT = 58
RIGHT_OF_RATES = 56
DEARER = 1.15


@dataclass(frozen=True)
class Known:
    """A service with its edges, found with 100,000 requests and more, and what a search costs at the median, in mean
    service times. start: of a rate, 0.4 of what the service does at most."""

    server: Server
    units: float
    rate_units: float | None = None
    start: float | None = None


ALL = (
    Known(Server("FIFO 2", fifo(2), 2.5, 2), 519),
    Known(Server("FIFO 4", fifo(4), 2.5, 6, 2.895), 401, 1_796, 1.6),
    Known(Server("FIFO 4, 4", fifo(4), 4, 11), 527),
    Known(Server("FIFO 16", fifo(16), 2.5, 25, 14.69), 292, 392, 6.4),
    Known(Server("FIFO 16, 4", fifo(16), 4, 49), 407),
    Known(Server("FIFO 64", fifo(64), 2.5, 103, 62.8), 266, 245, 25.6),
    Known(Server("PS 4", sharing(4), 3, 6, 2.815), 404, 1_800, 1.6),
    Known(Server("PS 16", sharing(16), 4, 34), 378),
    Known(Server("BATCH", batching, 5, 12, 3.485), 839, 2_227, 2.56),
    Known(Server("SHED", shedding, 4, 10, 2.975), 255, 1_018, 1.6),
    Known(Server("P99", fifo(4), 4, 9, p=99), 1_611),
)
OF_RATES = [one for one in ALL if one.rate_units is not None]
FEW = [one for one in ALL if one.server.name in ("FIFO 4", "FIFO 16", "BATCH", "SHED")]


def named(one: Known) -> str:
    return one.server.name


def is_right(found: Ran, edge: float, nearest: float = 0.0) -> bool:
    """Both ends to within 10%. One that was screened only has to be on its side of the edge; one that was not found
    is not wrong."""
    answer = found.answer
    highest = max(1.1 * edge, edge + nearest) if answer.confirmed.carries else edge
    lowest = min(edge / 1.1, edge) if answer.confirmed.fails_at else edge
    low, high = answer.carries, answer.fails_at
    return (low is None or low <= highest) and (high is None or high >= lowest)


def median_units(found: Sequence[Ran]) -> float:
    return float(np.median([one.units for one in found]))


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("one", ALL, ids=named)
def test_of_sixty_searches_over_users_two_are_wrong_at_most(one: Known) -> None:
    found = [searched(one.server, seed) for seed in range(SEEDS)]
    assert sum(is_right(ran, one.server.users, 1) for ran in found) >= RIGHT
    assert median_units(found) <= DEARER * one.units
    assert all(ran.answer.monotone for ran in found)
    assert max(ran.levels for ran in found) <= 16


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("one", OF_RATES, ids=named)
def test_of_sixty_searches_of_a_rate_four_are_wrong_at_most(one: Known) -> None:
    assert one.server.rate is not None
    assert one.rate_units is not None
    found = [searched(one.server, seed, axis="rate", start=one.start) for seed in range(SEEDS)]
    assert sum(is_right(ran, one.server.rate) for ran in found) >= RIGHT_OF_RATES
    assert median_units(found) <= DEARER * one.rate_units


@pytest.mark.simulation
@pytest.mark.parametrize("one", FEW, ids=named)
def test_few_searches_over_users_are_right(one: Known) -> None:
    found = [searched(one.server, seed) for seed in range(100, 104)]
    assert all(is_right(ran, one.server.users, 1) for ran in found)
    assert all(ran.units < 2 * one.units for ran in found)


@pytest.mark.simulation
@pytest.mark.parametrize("one", [one for one in FEW if one.rate_units], ids=named)
def test_a_search_of_a_rate_is_right(one: Known) -> None:
    assert one.server.rate is not None
    assert is_right(searched(one.server, 101, axis="rate", start=one.start), one.server.rate)


@pytest.mark.simulation
def test_a_rate_that_nobody_says_where_to_begin_comes_after_a_few_users() -> None:
    found = searched(Server("FIFO 4", fifo(4), 2.5, 6), 3, axis="rate")
    axes = [one.trial.axis for one in found.tried]
    users = axes.count("users")
    assert axes == ["users"] * users + ["rate"] * (len(axes) - users)
    assert users >= 3
    assert is_right(found, 2.895)


@pytest.mark.slow
@pytest.mark.simulation
@pytest.mark.parametrize("one", ALL, ids=named)
def test_the_edges_are_where_they_are_said_to_be(one: Known) -> None:
    server = one.server
    assert carries(server, server.made, users=max(1, int(server.users * 0.95)))
    assert not carries(server, server.made, users=max(server.users + 1, round(server.users * 1.05)))
    if server.rate is not None:
        assert carries(server, server.made, rate=0.98 * server.rate)
        assert not carries(server, server.made, rate=1.02 * server.rate)


def carries(server: Server, made: Made, *, users: int = 0, rate: float = 0.0, n: int = 200_000) -> bool:
    """By so many requests, after the first 2,000."""
    rng = np.random.default_rng(1)
    service = made(of_rate(rng, rate) if rate else of_users(users), services(rng))
    service.go_on(n)
    rows = service.rows
    times_s = np.array(rows.done_s[2_000:n]) - np.array(rows.start_s[2_000:n])
    refused = np.array(rows.refused[2_000:n])
    times_s[refused] = np.inf
    return bool(np.mean(times_s >= server.limit_s) <= 1 - server.p / 100 and refused.mean() < 0.01)

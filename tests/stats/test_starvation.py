"""Connections that are left waiting while others are served."""

import numpy as np
import pytest

from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import FloatArray, Samples
from stt_load.stats.findings import findings
from stt_load.stats.starvation import starved
from tests.factory import joined, table
from tests.stats.simulation import closed_loops


def noise(n: int, seed: int = 1) -> FloatArray:
    """n response times around 1 s, a few percent wide."""
    return np.random.default_rng(seed).gamma(400, 1 / 400, n)


def connections(served: int, starved: int, requests: int = 20, waits_s: float = 30.0) -> Samples:
    """`served` connections whose requests take 1 s, and `starved` ones with one request each that takes waits_s."""
    times = noise(served * requests)
    samples = table(
        np.concatenate([np.repeat(np.arange(requests), served), np.zeros(starved)]),
        np.concatenate([times, np.full(starved, waits_s)]),
        users=served + starved,
    )
    samples.rows["connection"] = [*(1 + np.arange(served * requests) % served), *range(100, 100 + starved)]
    return samples


def test_connections_that_are_left_waiting() -> None:
    found = starved(connections(8, 2))
    assert found is not None
    assert (found.values["starved"], found.values["connections"], found.values["waited_s"]) == (2, 10, 30.0)
    assert found.values["usual_s"] == pytest.approx(1, rel=0.05)
    assert found in findings(connections(8, 2), 10)


def test_nobody_is_starved_who_waits_a_little_longer_or_hangs_once() -> None:
    assert starved(connections(10, 0)) is None
    assert starved(connections(8, 2, waits_s=4.0)) is None
    assert starved(connections(4, 6)) is not None, "most of them, too"
    assert starved(connections(8, 2, requests=2)) is None, "too little to compare with"
    assert starved(connections(8, 1)) is None, "a single slow request is chance"
    each_its_own = connections(8, 2)
    each_its_own.rows["connection"] = np.arange(1, len(each_its_own) + 1)
    assert starved(each_its_own) is None


def behind_a_limit(kind: ErrorKind, served: int = 3, refused: int = 7) -> Samples:
    """`served` connections whose requests take 1 s, and others that are refused in a millisecond, again and again."""
    each = 200
    samples = table(
        np.concatenate([np.repeat(np.arange(20), served), np.repeat(np.arange(each) / 10, refused)]),
        np.concatenate([noise(20 * served), np.full(each * refused, 0.001)]),
        kind=[None] * (20 * served) + [kind] * (each * refused),
        users=served + refused,
    )
    samples.rows["connection"] = 1 + np.concatenate(
        [np.arange(20 * served) % served, served + np.arange(each * refused) % refused]
    )
    return samples


@pytest.mark.parametrize("kind", [ErrorKind.SHED, ErrorKind.HTTP_5XX])
def test_who_is_served_while_others_are_refused_is_not_starved(kind: ErrorKind) -> None:
    """The refused are many and quick: by the median of all, those that are served would wait for a thousand times."""
    assert starved(behind_a_limit(kind)) is None


@pytest.mark.parametrize("kind", [None, ErrorKind.TIMEOUT_FIRST_BYTE])
def test_who_is_left_waiting_while_others_are_refused_is_starved(kind: ErrorKind | None) -> None:
    waiting = table(np.zeros(2), 30.0, kind=kind, users=10)
    waiting.rows["connection"] = [100, 101]
    found = starved(joined(behind_a_limit(ErrorKind.SHED), waiting).in_order())
    assert found is not None
    assert (found.values["starved"], found.values["connections"], found.values["waited_s"]) == (2, 5, 30.0)
    assert found.values["usual_s"] == pytest.approx(1, rel=0.05)


def test_connections_that_all_fail_are_not_told_from_each_other() -> None:
    failing = connections(8, 2)
    failing.rows["error_kind"] = table(0, 1, kind=ErrorKind.TIMEOUT_READ).rows["error_kind"]
    assert starved(failing) is None


@pytest.mark.parametrize(("users", "slots"), [(4, 4), (16, 3), (32, 8)])
def test_a_steady_server_starves_nobody(users: int, slots: int) -> None:
    """In a queue that is served in its order no connection is special: service times are exponential here."""
    loops = closed_loops(np.random.default_rng(5), runs=100, users=users, slots=slots, requests=users * 20)
    for index in range(100):
        run = loops.run(index)
        run.rows["connection"] = by_user(run)
        assert starved(run) is None


def by_user(run: Samples) -> list[int]:
    """Whose request each is: a user's next one starts when its last one ends."""
    ends: dict[float, int] = {}
    found = []
    for start, done in zip(run["start_s"].tolist(), run["done_s"].tolist(), strict=True):
        user = ends.pop(start, max(found, default=0) + 1)
        ends[done] = user
        found.append(user)
    return found

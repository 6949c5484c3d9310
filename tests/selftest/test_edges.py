"""The arithmetic held against the server's own queues, in virtual time, whoever begins when."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.selftest.edges import Edge, rate_edge, shed_edge, users_edge
from stt_load.selftest.prediction import nearest_rank
from stt_load.server.batches import Batches
from stt_load.server.settings import ServerSettings
from stt_load.server.slots import Slots, Turn
from tests.server.test_slots import VirtualTime

ROUNDS = 30
"""Of each user; the first third is left out."""


def server(**settings: object) -> ServerSettings:
    return ServerSettings.model_validate({"jitter": "none", "cold_requests": 0, "rtf": 0.0} | settings)


def closed_loop_p95_s(of: ServerSettings, service_s: float, begins_s: list[float]) -> float:
    """Of users who begin at these instants and ask again at once."""
    clock = VirtualTime()
    station: Slots | Batches = (
        Batches(clock, of.slots, of.batch_growth) if of.model == "batch" else Slots(clock, of.slots)
    )
    responses: list[list[float]] = [[] for _ in begins_s]

    def ask(user: int) -> None:
        turn = Turn(clock.time(), service_s)
        turn.ended.set = lambda: clock.call_at(clock.time(), answered, user, turn)  # type: ignore[method-assign]
        station.submit(turn)

    def answered(user: int, turn: Turn) -> None:
        assert turn.end_s is not None
        responses[user].append(turn.end_s - turn.arrival_s)
        if len(responses[user]) < ROUNDS:
            ask(user)

    for user, begin_s in enumerate(begins_s):
        clock.call_at(begin_s, ask, user)
    clock.run()
    # While all of them are there: the first who is done leaves the others with less to wait for.
    return nearest_rank([one for of_user in responses for one in of_user[ROUNDS // 3 : -ROUNDS // 3]], 0.95)


@given(st.integers(1, 6), st.integers(1, 4), st.data())
def test_users_on_slots(slots: int, waves: int, data: st.DataObject) -> None:
    of, service_s = server(slots=slots, overhead_s=0.2), 0.2
    limit_s = (waves + 0.5 / slots) * service_s
    edge = users_edge(of, 10.0, limit_s)
    assert edge == Edge(waves * slots, waves * slots + 1)
    begins = [data.draw(st.floats(0, 1)) for _ in range(int(edge.fails_at))]
    assert closed_loop_p95_s(of, service_s, begins[:-1]) < limit_s < closed_loop_p95_s(of, service_s, begins)


@given(st.integers(2, 12), st.sampled_from([0.1, 0.5]), st.data())
def test_users_on_batches(users: int, growth: float, data: st.DataObject) -> None:
    of, service_s = server(model="batch", slots=16, batch_growth=growth, overhead_s=0.2), 0.2
    limit_s = (2 + growth * (users - 1.5)) * service_s
    edge = users_edge(of, 10.0, limit_s)
    assert edge == Edge(users, users + 1)
    begins = [data.draw(st.floats(0, 1)) for _ in range(users + 1)]
    assert closed_loop_p95_s(of, service_s, begins[:-1]) < limit_s < closed_loop_p95_s(of, service_s, begins)


@pytest.mark.parametrize("share", [0.9, 1.1])
def test_a_rate_on_slots(share: float) -> None:
    of = server(slots=4, overhead_s=0.1, rtf=0.01)
    edge = rate_edge(of, 10.0)
    assert edge.carries == edge.fails_at == pytest.approx(20.0)
    clock, turns = VirtualTime(), [Turn(number / (share * edge.carries), 0.2) for number in range(200)]
    station = Slots(clock, of.slots)
    for turn in turns:
        clock.call_at(turn.arrival_s, station.submit, turn)
    clock.run()
    waited_s = [turn.start_s - turn.arrival_s for turn in turns if turn.start_s is not None]
    assert (max(waited_s) == 0) == (share < 1)
    assert math.isclose(waited_s[-1], 0 if share < 1 else 199 * (0.05 - 0.05 / share), abs_tol=0.05)


def test_users_whom_a_queue_has_room_for() -> None:
    assert shed_edge(server(slots=2, queue_limit=6)) == Edge(8, 9)
    with pytest.raises(ValueError, match="nobody is refused"):
        shed_edge(server(slots=2))


@pytest.mark.parametrize(
    ("settings", "limit_s", "message"),
    [
        ({"slots": 4, "jitter": "uniform"}, 1.0, "take the same time"),
        ({"slots": 4, "cold_requests": 1}, 1.0, "take the same time"),
        ({"slots": 4, "overhead_s": 0.2}, 0.3, "between m and m"),
        ({"slots": 4, "overhead_s": 0.2}, 0.2, "between m and m"),
        ({"slots": 21, "overhead_s": 0.2}, 0.201, "at most 20 slots"),
        ({"model": "batch", "overhead_s": 0.2}, 0.4, "above two services"),
        ({"model": "batch", "overhead_s": 0.2, "slots": 4}, 1.0, "more than the"),
    ],
)
def test_where_arithmetic_has_no_answer(settings: dict[str, object], limit_s: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        users_edge(server(**settings), 10.0, limit_s)


def test_a_rate_on_batches_has_none() -> None:
    with pytest.raises(ValueError, match="batches"):
        rate_edge(server(model="batch"), 10.0)

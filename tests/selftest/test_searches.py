"""Planted edges, and what is an answer that is held against them."""

from __future__ import annotations

from typing import Any

import pytest

from stt_load.selftest.edges import Edge
from stt_load.selftest.searches import USERS, Planted, by_rate, by_sheds, by_users, steady, wrong

RATE = by_rate(steady(slots=4, overhead_s=0.2), limit_s=0.4)


def answer(axis: str = "users", /, **values: Any) -> dict[str, Any]:
    return {"axis": axis, "carries": 10, "fails_at": 11, "limited": None} | values


def test_edges_are_those_of_the_arithmetic() -> None:
    assert USERS.edge == Edge(10, 11)
    assert USERS.case.load["slo"] == ["p95(response_time_s) < 1.05"]
    assert RATE.edge == Edge(20.0, 20.0)
    assert RATE.case.load["load"]["arrivals"] == "constant", "the arithmetic is of arrivals at equal distances"
    batching = by_users(steady(model="batch", slots=16, batch_growth=0.5, overhead_s=0.2), limit_s=1.05)
    assert batching.edge == Edge(8, 9)
    assert by_sheds(steady(slots=2, queue_limit=6, overhead_s=0.2)).edge == Edge(8, 9)


@pytest.mark.parametrize(
    ("of", "found", "said"),
    [
        (USERS, answer(), []),
        (USERS, answer(carries=9, fails_at=12), []),
        (USERS, answer(carries=8), ["carries 8, less than 10"]),
        (USERS, answer(carries=12, fails_at=13), ["carries 12, more than 10", "fails at 13, more than 11"]),
        (USERS, answer(carries=8, fails_at=9), ["fails at 9, less than 11", "carries 8, less than 10"]),
        (USERS, answer(carries=None), ["nothing is carried, not 10"]),
        (USERS, answer(fails_at=None), ["it fails nowhere, not at 11"]),
        (USERS, answer("rate"), ["it is of rate, not of users"]),
        (USERS, None, ["there is no answer"]),
        (USERS, answer(carries=3, fails_at=None, limited="generator"), []),
        (USERS, answer(carries=None, fails_at=None, limited="generator"), []),
        (USERS, answer(carries=12, fails_at=None, limited="generator"), ["carries 12, more than 10"]),
        (USERS, answer(carries=3, fails_at=4, limited="generator"), ["fails at 4, less than 11"]),
        (
            USERS,
            answer(carries=3, fails_at=None, limited="max_time"),
            ["carries 3, less than 10", "it fails nowhere, not at 11"],
        ),
        (RATE, answer("rate", carries=18.1, fails_at=21.9), []),
        (RATE, answer("rate", carries=17.9, fails_at=20), ["carries 17.9, less than 20"]),
        (RATE, answer("rate", carries=19, fails_at=22.1), ["fails at 22.1, more than 20"]),
    ],
)
def test_what_is_wrong_with_an_answer(of: Planted, found: dict[str, Any] | None, said: list[str]) -> None:
    assert list(wrong(of, found)) == said
